/** The key that pays for anchors and owns the contract. It can anchor and nothing else; it is not the fleet's signing key. */
import { randomBytes } from "node:crypto"
import { mkdirSync, readFileSync, statSync, writeFileSync } from "node:fs"
import { dirname } from "node:path"
import { InputError } from "../../table/input-error"

const PRIVATE_KEY = /^0x[0-9a-f]{64}$/
const OTHERS_MODE = 0o077

/** Made when there is none. Never printed: an error names the file. @throws InputError when others can read it, or it is none */
export function anchoringKey(path: string): `0x${string}` {
    mkdirSync(dirname(path), { recursive: true })
    try {
        // Any 32 bytes are a key, but for a share of 2^-128.
        writeFileSync(path, `0x${randomBytes(32).toString("hex")}\n`, { mode: 0o600, flag: "wx" })
    } catch (e) {
        if ((e as NodeJS.ErrnoException).code !== "EEXIST") throw e
    }
    if (process.platform !== "win32" && (statSync(path).mode & OTHERS_MODE) !== 0)
        throw new InputError(`${path}: others can read this key: chmod 600 it`)
    const text = readFileSync(path, "utf8").trim()
    if (!PRIVATE_KEY.test(text))
        throw new InputError(`${path}: a key is 0x and 64 hexadecimal digits in lower case`)
    return text as `0x${string}`
}
