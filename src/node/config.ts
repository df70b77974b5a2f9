/** What a node is told from outside: settings in flash, written with the program (`.env.local`, `motewise flash`, the simulator). */
import * as ds from "@devicescript/core"
import { readSetting } from "@devicescript/settings"

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
