/** The registrar's own secrets: what its nonces and its credentials are made with, both from one line in `keys/registrar.key`. */
import { hkdfSync } from "node:crypto"
import { existsSync, mkdirSync } from "node:fs"
import { join } from "node:path"
import { KeyFile, KeyFileError } from "../keys/key-file"

const FILE = "registrar.key"
const SECRET_BYTES = 32
const SECRET = /^[0-9a-f]{64}\n$/

export interface RegistrarKeys {
    nonce: Buffer
    credential: Buffer
}

/**
 * Makes the file when there is none: credentials made with another are worth nothing then, and their nodes enrol again by themselves.
 * @param folder of the fleet @throws KeyFileError when it is damaged, or another process reads it
 */
export function registrarKeys(folder: string, random: (n: number) => Buffer): RegistrarKeys {
    const keys = join(folder, "keys")
    mkdirSync(keys, { recursive: true, mode: 0o700 })
    const file = new KeyFile(join(keys, FILE))
    try {
        if (!existsSync(file.path)) file.replace(`${random(SECRET_BYTES).toString("hex")}\n`)
        const text = file.read()
        if (!SECRET.test(text))
            throw new KeyFileError(
                `${file.path}: is damaged. Remove it: a new one is made, and every node enrols again by itself`
            )
        const secret = Buffer.from(text.trim(), "hex")
        return { nonce: derived(secret, "nonce"), credential: derived(secret, "credential") }
    } finally {
        file.close()
    }
}

function derived(secret: Buffer, purpose: string): Buffer {
    const info = `motewise-registrar-${purpose}-1`
    return Buffer.from(hkdfSync("sha256", secret, "", info, SECRET_BYTES))
}
