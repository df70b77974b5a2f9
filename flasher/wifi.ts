/**
 * A network's name and password, held to what IEEE 802.11 allows (a name of 1 to 32 B; a passphrase of 8 to 63 characters, or a key as 64
 * hex digits) and to what the chip's runtime keeps of it. A password is in no message.
 */
import { UsageError } from "../image/project"
import type { Chip } from "./chips"
import { readSecretFile } from "./secret-file"
import type { WifiNetwork } from "./store"

const PASSPHRASE_BYTES_MIN = 8
const PASSPHRASE_BYTES_MAX = 63
const HEX_KEY = /^[0-9a-f]{64}$/i
const CONTROL = /[\0-\x1f\x7f]/

export interface AskedNetwork {
    wifi?: string
    wifiPasswordFile?: string
}

/**
 * The network that was asked for; undefined for none.
 * @param ask for the password of the network of this name
 * @throws UsageError for one that the board could not join
 */
export async function networkOf(
    { wifi: ssid, wifiPasswordFile: file }: AskedNetwork,
    chip: Chip,
    ask: (ssid: string) => Promise<string>,
    warn: (line: string) => void
): Promise<WifiNetwork | undefined> {
    if (ssid === undefined) return undefined
    // Its name first: nobody should type a password for one that will be refused.
    checkSsid(ssid, chip)
    const password = file === undefined ? await ask(ssid) : passwordFrom(file, warn)
    checkPassword(password, chip)
    return { ssid, password }
}

/** @throws UsageError for a name that no network has, or that the chip's runtime does not keep whole */
export function checkSsid(ssid: string, chip: Chip): void {
    const ssidBytes = Buffer.byteLength(ssid)
    if (ssidBytes === 0) throw new UsageError("--wifi: a network's name has at least a character")
    if (ssidBytes > chip.ssidBytesMax) {
        const why = ssidBytes <= 32 ? `, and DeviceScript on an ${chip.name} keeps no more` : ""
        throw new UsageError(
            `--wifi: "${ssid}" has ${ssidBytes} B in UTF-8; ${chip.ssidBytesMax} are the most${why}`
        )
    }
    if (CONTROL.test(ssid)) throw new UsageError("--wifi: a control character is in the name")
}

/** @throws UsageError for a password that no network has, or that the chip's runtime does not keep whole; empty is an open network's */
export function checkPassword(password: string, chip: Chip): void {
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
export function passwordFrom(path: string, warn: (line: string) => void): string {
    const text = readSecretFile("--wifi-password-file", path, warn)
    const lines = text.replace(/\r?\n$/, "").split("\n")
    if (lines.length > 1)
        throw new UsageError(
            `--wifi-password-file ${path}: ${lines.length} lines; the password is the only one: delete the others`
        )
    return lines[0]
}
