/**
 * A board's store as it is flashed: settings, WiFi and program, written by the VM itself at the size that the board's runtime expects.
 *
 * The runtime's WiFi service reads the bare keys `wifi_ssid` and `wifi_psk` (runtime/devicescript/network/wifi.c); what the settings
 * service writes has a colon before its key (jacdac-c, services/settings.c), and the VM has no WiFi service to ask. So the VM writes keys
 * of the same length with the colon, and the colon alone is replaced.
 */
import { provision } from "../sim/provision"
import { ENTRY_BYTES, ERASED, halfAt, PAGE_BYTES, UNTOUCHED } from "../sim/store-layout"

export interface WifiNetwork {
    ssid: string
    /** Empty for an open network. */
    password: string
}

const HALVES_A_STORE = 16
const WIFI_KEYS = ["wifi_ssid", "wifi_psk"]

/**
 * @param settings texts by key
 * @param storeBytes of the whole store
 * @returns all of it, erased where there is nothing
 * @throws Error when the VM refuses the program, or it has no room
 */
export function storeImage(
    program: Uint8Array,
    settings: Record<string, string>,
    wifi: WifiNetwork | undefined,
    storeBytes: number
): Buffer {
    const all: Record<string, string | Buffer> = { ...settings }
    if (wifi !== undefined) {
        const values = [wifi.ssid, wifi.password]
        WIFI_KEYS.forEach((key, i) => void (all[key.slice(1)] = Buffer.from(values[i])))
    }
    const written = provision(program, all, storeBytes)
    const store = Buffer.alloc(storeBytes, ERASED)
    store.set(written)
    for (let page = 0; page < storeBytes; page += PAGE_BYTES) {
        const bytes = store.subarray(page, page + PAGE_BYTES)
        if (bytes.every(byte => byte === UNTOUCHED || byte === ERASED)) bytes.fill(ERASED)
    }
    if (wifi !== undefined) uncolonWifiKeys(store)
    return store
}

function uncolonWifiKeys(store: Buffer): void {
    const entries = halfAt(store, 0, store.length / HALVES_A_STORE)?.entries ?? []
    for (const key of WIFI_KEYS) {
        const entry = entries.find(entry => entry.key === `:${key.slice(1)}`)
        if (entry === undefined) throw new Error(`the VM wrote no setting for ${key}`)
        store.write(key, entry.at, ENTRY_BYTES, "latin1")
    }
}
