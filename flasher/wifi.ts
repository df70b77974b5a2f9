/**
 * A network's name and password, held to what IEEE 802.11 allows (a name of 1 to 32 B; a passphrase of 8 to 63 characters, or a key as 64
 * hex digits) and to what the chip's runtime keeps of it. A password is in no message.
 */
import { readFileSync } from "node:fs"
import { UsageError } from "../image/project"
import type { Chip } from "./chips"
import type { WifiNetwork } from "./store"

const PASSPHRASE_BYTES_MIN = 8
const PASSPHRASE_BYTES_MAX = 63
const HEX_KEY = /^[0-9a-f]{64}$/i
const CONTROL = /[\0-\x1f\x7f]/

/** @throws UsageError for a network that the board could not join */
export function checkNetwork({ ssid, password }: WifiNetwork, chip: Chip): void {
    const ssidBytes = Buffer.byteLength(ssid)
    if (ssidBytes === 0) throw new UsageError("--wifi: a network's name has at least a character")
    if (ssidBytes > chip.ssidBytesMax) {
        const why = ssidBytes <= 32 ? `, and DeviceScript on an ${chip.name} keeps no more` : ""
        throw new UsageError(
            `--wifi: "${ssid}" has ${ssidBytes} B in UTF-8; ${chip.ssidBytesMax} are the most${why}`
        )
    }
    if (CONTROL.test(ssid)) throw new UsageError("--wifi: a control character is in the name")
    const bytes = Buffer.byteLength(password)
    if (bytes === 0) return
    if (CONTROL.test(password)) throw new UsageError("a control character is in the WiFi password")
    if (HEX_KEY.test(password)) {
        if (chip.takesHexKey) return
        throw new UsageError(
            `the WiFi password is a key of 64 hex digits, of which DeviceScript on an ${chip.name} keeps 63: give the passphrase`
        )
    }
    if (bytes < PASSPHRASE_BYTES_MIN || bytes > PASSPHRASE_BYTES_MAX)
        throw new UsageError(
            `the WiFi password has ${bytes} B in UTF-8; it takes ${PASSPHRASE_BYTES_MIN} to ${PASSPHRASE_BYTES_MAX}, or none for an open network`
        )
}

/** The one line of a file, as it is but for its end: a `#`, quotes and spaces are the password's. @throws UsageError */
export function passwordFrom(path: string): string {
    let text: string
    try {
        text = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(readFileSync(path))
    } catch (e) {
        const why = (e as NodeJS.ErrnoException).code === "ENOENT" ? "no such file" : "not readable"
        throw new UsageError(`--wifi-password-file ${path}: ${why}`)
    }
    const lines = text.replace(/\r?\n$/, "").split("\n")
    if (lines.length > 1)
        throw new UsageError(
            `--wifi-password-file ${path}: ${lines.length} lines; the password is the only one`
        )
    return lines[0]
}
