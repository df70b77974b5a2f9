/** What signatures take: the node's four parameter sets in the VM, without GC stress, and the fleet's own key under Node. */
import { mkdtempSync, rmSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { HssKey } from "../../fleet/keys/hss"
import { verifyHss } from "../../fleet/keys/hss-verify"
import { verifyLms } from "../../fleet/keys/lms"
import {
    ASK_KEY,
    ASK_SIGN,
    ASK_VERIFY_HSS,
    ASK_VERIFY_LMS,
} from "../../test/trust/signing-contract"
import { ask, question, type Answer } from "../../test/trust/signing-host"

const MESSAGE = Buffer.from("motewise")
const IDENTIFIER_BYTES = 16
/** The quickest of so many counts: a machine has other things to do. */
const REPEATS = 5

const SETS = [
    { set: "SHA-256/192 W=4 H=5", types: [10, 7], hashBytes: 24 },
    { set: "SHA-256/192 W=8 H=5", types: [10, 8], hashBytes: 24 },
    { set: "SHA-256 W=4 H=5", types: [5, 3], hashBytes: 32 },
    { set: "SHA-256 W=8 H=5", types: [5, 4], hashBytes: 32 },
]

export interface SignatureFigures {
    set: string
    publicKeyBytes: number
    signatureBytes: number
    /** In the VM; the fleet's: under Node, its upper tree. */
    keyMs: number
    signMs: number
    verifyInVmMs: number
    verifyOnHostMs: number
}

/** @throws Error when a signature is not genuine */
export async function measureSignatures(
    onProgress: (share: number) => void
): Promise<SignatureFigures[]> {
    const figures: SignatureFigures[] = []
    for (const { set, types, hashBytes } of SETS) {
        figures.push(await measureSet(set, types, hashBytes))
        onProgress(figures.length / (SETS.length + 1))
    }
    return [...figures, await measureFleet()]
}

async function measureSet(
    set: string,
    types: number[],
    hashBytes: number
): Promise<SignatureFigures> {
    const seed = Buffer.alloc(hashBytes, 1)
    const identifier = Buffer.alloc(IDENTIFIER_BYTES, 2)
    const made = await ask(
        repeated(() => question(ASK_KEY, Buffer.from(types), seed, identifier)).concat(
            repeated(() => question(ASK_SIGN, Buffer.from([0]), MESSAGE))
        )
    )
    const publicKey = made[0].bytes
    const signature = made[REPEATS].bytes
    const verdicts = await ask(
        repeated(() => question(ASK_VERIFY_LMS, publicKey, MESSAGE, signature))
    )
    return {
        set,
        publicKeyBytes: publicKey.length,
        signatureBytes: signature.length,
        keyMs: quickest(made.slice(0, REPEATS)),
        signMs: quickest(made.slice(REPEATS)),
        verifyInVmMs: genuine(set, verdicts),
        verifyOnHostMs: timed(set, () => verifyLms(publicKey, MESSAGE, signature)),
    }
}

async function measureFleet(): Promise<SignatureFigures> {
    const set = "the fleet's HSS, SHA-256/192 W=4, two of H=10"
    const folder = mkdtempSync(join(tmpdir(), "motewise-bench-"))
    try {
        const startMs = performance.now()
        const key = await HssKey.create(join(folder, "fleet.key"))
        const keyMs = performance.now() - startMs
        // The first makes the lower tree.
        let signature = await key.sign(MESSAGE)
        let signMs = Infinity
        for (let i = 0; i < REPEATS; ++i) {
            const fromMs = performance.now()
            signature = await key.sign(MESSAGE)
            signMs = Math.min(signMs, performance.now() - fromMs)
        }
        await key.close()
        const publicKey = key.publicKey()
        const verdicts = await ask(
            repeated(() => question(ASK_VERIFY_HSS, publicKey, MESSAGE, signature))
        )
        return {
            set,
            publicKeyBytes: publicKey.length,
            signatureBytes: signature.length,
            keyMs: rounded(keyMs),
            signMs: rounded(signMs),
            verifyInVmMs: genuine(set, verdicts),
            verifyOnHostMs: timed(set, () => verifyHss(publicKey, MESSAGE, signature)),
        }
    } finally {
        rmSync(folder, { recursive: true, force: true })
    }
}

function repeated(make: () => Buffer): Buffer[] {
    return Array.from({ length: REPEATS }, make)
}

function quickest(answers: Answer[]): number {
    return rounded(Math.min(...answers.map(({ tookMs }) => tookMs)))
}

function genuine(set: string, verdicts: Answer[]): number {
    if (verdicts.some(({ bytes }) => bytes.toString() !== "genuine"))
        throw new Error(`${set}: the VM refuses a signature`)
    return quickest(verdicts)
}

function timed(set: string, isGenuine: () => boolean): number {
    let tookMs = Infinity
    for (let i = 0; i < REPEATS; ++i) {
        const startMs = performance.now()
        if (!isGenuine()) throw new Error(`${set}: the host refuses a signature`)
        tookMs = Math.min(tookMs, performance.now() - startMs)
    }
    return rounded(tookMs)
}

function rounded(ms: number): number {
    return Math.round(ms * 10) / 10
}
