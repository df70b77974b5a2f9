/** What a node is told from outside: settings in flash, written with the program (`.env.local`, `motewise flash`, the simulator). */
import * as ds from "@devicescript/core"
import { readSetting } from "@devicescript/settings"
import { SETTING_CLAIM } from "../telemetry/contract/settings"
import { Claim, parseClaim } from "../trust/claim"
import { FlashStore } from "./flash-store"

/** `undefined` for none, which is another thing than one that cannot be used. */
export interface ClaimSetting {
    claim: Claim | undefined
    /** What it says is no claim, or nobody knows what it says: a node that speaks in the open now might give itself away. */
    isUnusable: boolean
}

/** The setting CLAIM, which is never printed. */
export async function readClaim(store: FlashStore): Promise<ClaimSetting> {
    const value = await store.get(SETTING_CLAIM)
    if (value !== undefined && value.length === 0) return { claim: undefined, isUnusable: false }
    let text: string
    try {
        text = JSON.parse(value.toString("utf-8"))
    } catch {
        text = ""
    }
    const claim = parseClaim(text)
    if (claim === undefined)
        console.error(
            `setting ${SETTING_CLAIM}: no claim (16 hex digits, "-", 64); staying offline`
        )
    return { claim, isUnusable: claim === undefined }
}

/** The role of the settings binds in about a second; without it a read would wait for ever. */
const SETTINGS_MS_MAX = 5000
const LOOK_MS = 50

/** A text setting; `missing` when there is none, or the store does not answer. */
export async function readText(key: string, missing: string): Promise<string> {
    let text: string
    const read = async () => {
        try {
            text = await readSetting<string>(key, missing)
        } catch {
            text = missing
        }
    }
    const fiber = read.start()
    for (let waitedMs = 0; text === undefined && waitedMs < SETTINGS_MS_MAX; waitedMs += LOOK_MS)
        await ds.sleep(LOOK_MS)
    if (text !== undefined) return text
    fiber.terminate()
    console.error(`settings: no answer, taking ${missing} for ${key}`)
    return missing
}
