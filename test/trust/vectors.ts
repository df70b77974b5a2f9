/** The vectors of test/vectors/lms.json, as bytes. */
import { readFileSync } from "node:fs"
import { inProject } from "../../image/project"

export interface Signed {
    name: string
    publicKey: Buffer
    message: Buffer
    signature: Buffer
}

/** One that comes with its private key. */
export interface Signing extends Signed {
    lmsType: number
    otsType: number
    seed: Buffer
    identifier: Buffer
    q: number
}

type Texts<T> = { [K in keyof T]: T[K] extends Buffer ? string : T[K] }

const { verify, sign } = JSON.parse(readFileSync(inProject("test/vectors/lms.json"), "utf8")) as {
    verify: Texts<Signed>[]
    sign: Texts<Signing>[]
}

/** HSS keys. */
export const VERIFY_VECTORS: Signed[] = verify.map(signedFrom)

/** LMS keys. */
export const SIGN_VECTORS: Signing[] = sign.map(texts => ({
    ...texts,
    ...signedFrom(texts),
    seed: Buffer.from(texts.seed, "hex"),
    identifier: Buffer.from(texts.identifier, "hex"),
}))

function signedFrom({ name, publicKey, message, signature }: Texts<Signed>): Signed {
    return {
        name,
        publicKey: Buffer.from(publicKey, "hex"),
        message: Buffer.from(message, "hex"),
        signature: Buffer.from(signature, "hex"),
    }
}
