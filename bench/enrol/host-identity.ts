/** Who a node on the host is: keys made by the registrar's side of the code, and used as a node uses its own. */
import { generateKeyPairSync, sign, type KeyObject } from "node:crypto"
import { ALGORITHM_ES256, ALGORITHM_HSS_LMS } from "../../src/telemetry/contract/enrolment"
import { rolloverHead, rolloverStatement } from "../../src/telemetry/contract/rollover"
import { LmsTree } from "../../fleet/keys/lms-tree"
import { lmsType, type LmsType } from "../../fleet/keys/lms-types"

export interface HostIdentity {
    /** By COSE's registry. */
    readonly algorithm: number
    readonly generation: number
    publicKey(): Buffer
    sign(message: Uint8Array): Buffer
}

const IDENTIFIER_BYTES = 16

/** SHA-256/192, W=4, H=5: what a node makes for itself. */
const USUAL = lmsType(0x0a, 0x07) as LmsType

/** One-time keys are counted in memory: a copy of it, made with `copy`, is what a copied flash is. */
export class HostLms implements HostIdentity {
    readonly algorithm = ALGORITHM_HSS_LMS
    /** The next one-time key. */
    used = 0

    private constructor(
        private readonly tree: LmsTree,
        readonly generation: number
    ) {}

    /** 40 ms with the usual type. */
    static async make(
        random: (n: number) => Buffer,
        generation = 0,
        type = USUAL
    ): Promise<HostLms> {
        const [seed, identifier] = [random(type.hashBytes), random(IDENTIFIER_BYTES)]
        return new HostLms(await LmsTree.make(type, seed, identifier, () => {}), generation)
    }

    publicKey(): Buffer {
        return this.tree.publicKey()
    }

    /** @throws RangeError when all are used */
    sign(message: Uint8Array): Buffer {
        if (this.used >= this.tree.leafCount) throw new RangeError("all one-time keys are used")
        return this.tree.sign(this.used++, message)
    }

    copy(): HostLms {
        const copy = new HostLms(this.tree, this.generation)
        copy.used = this.used
        return copy
    }

    /** What makes the next key known (src/telemetry/contract/rollover.ts). @param nodeId 16 hex digits */
    rollover(nodeId: string, next: HostLms): Buffer {
        const { generation } = next
        const id = Buffer.from(nodeId, "hex")
        const signature = this.sign(rolloverStatement(id, generation, next.publicKey()))
        return Buffer.concat([rolloverHead(generation, next.publicKey()), signature])
    }
}

export class HostP256 implements HostIdentity {
    readonly algorithm = ALGORITHM_ES256
    readonly generation = 0
    private readonly key: KeyObject = generateKeyPairSync("ec", { namedCurve: "P-256" }).privateKey

    /** x and y */
    publicKey(): Buffer {
        const { x = "", y = "" } = this.key.export({ format: "jwk" })
        return Buffer.concat([Buffer.from(x, "base64url"), Buffer.from(y, "base64url")])
    }

    /** r and s */
    sign(message: Uint8Array): Buffer {
        return sign("sha256", message, { key: this.key, dsaEncoding: "ieee-p1363" })
    }
}
