/**
 * What a node is given before it is first switched on, from the file that `motewise fleet claim` writes: lines of KEY=value, each a
 * setting, CLAIM among them; or the bare claim. No value is in a message, for one of them is a secret.
 */
import { UsageError } from "../image/project"
import { SETTING_CLAIM } from "../src/telemetry/contract/settings"
import { readSecretFile } from "./secret-file"

/** Id and secret (src/telemetry/contract/settings.ts). */
const CLAIM = /^([0-9a-f]{16})-[0-9a-f]{64}$/
const KEY = /^[A-Za-z][A-Za-z0-9_]{0,12}$/
const VALUE_BYTES_MAX = 190
/** They are asked for, and lie elsewhere. */
const OF_WIFI = ["WIFI_SSID", "WIFI_PWD"]

/**
 * Settings by key, CLAIM among them.
 * @param warn hears what is no fault
 * @throws UsageError that names the file and the row
 */
export function settingsFrom(path: string, warn: (line: string) => void): Record<string, string> {
    const text = readSecretFile("--claim", path, warn)
    const settings: Record<string, string> = {}
    const rows = text.split(/\r?\n/)
    rows.forEach((row, i) => {
        if (row.trim() === "" || row.startsWith("#")) return
        const wrong = (what: string) => new UsageError(`--claim ${path}, row ${i + 1}: ${what}`)
        const [key, value] = CLAIM.test(row.trim()) ? [SETTING_CLAIM, row.trim()] : parted(row)
        if (value === undefined || !KEY.test(key))
            throw wrong("neither KEY=value, with a key of at most 13 letters, nor a claim")
        if (OF_WIFI.includes(key)) throw wrong(`${key} is given by --wifi`)
        if (key in settings) throw wrong(`${key} is there twice`)
        if (key === SETTING_CLAIM && !CLAIM.test(value))
            throw wrong("CLAIM is not 16 and 64 hex digits, in small letters, with - between")
        if (Buffer.byteLength(value) > VALUE_BYTES_MAX)
            throw wrong(`${key} is longer than ${VALUE_BYTES_MAX} B`)
        settings[key] = value
    })
    if (!(SETTING_CLAIM in settings))
        throw new UsageError(
            `--claim ${path}: no claim in it (CLAIM=...): give the file that motewise fleet claim wrote`
        )
    return settings
}

function parted(row: string): [string, string | undefined] {
    const at = row.indexOf("=")
    return at < 0 ? [row, undefined] : [row.slice(0, at).trim(), row.slice(at + 1).trim()]
}

/** The id a node with this claim goes by. */
export function idOfClaim(claim: string): string | undefined {
    return CLAIM.exec(claim)?.[1]
}
