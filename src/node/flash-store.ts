/** The settings in flash as a Store. A full store swallows writes silently, so each is read back. */
import * as ds from "@devicescript/core"
import { settings } from "@devicescript/settings"
import { Store } from "../telemetry/store"

/** The role binds in about a second after boot; from then on an answer takes two ticks. */
const ANSWER_MS_MAX = 5000

export class FlashStore implements Store {
    /** Since boot: what wears the flash. */
    writes = 0
    /** Nothing is written any more. */
    isClosed = false

    async read(key: string): Promise<Buffer | undefined> {
        const value = await this.get(key)
        return value === undefined || value.length === 0 ? undefined : value
    }

    /** Empty when there is no such value; undefined when the store does not answer. */
    async get(key: string): Promise<Buffer | undefined> {
        let value: Buffer
        const caller = ds.Fiber.self()
        const get = async () => {
            const answer = await ds.actionReport(
                settings,
                "get",
                async () => await settings.get(key),
                packet => packet.decode()[0] === key
            )
            value = answer.decode()[1]
            if (caller.suspended) caller.resume(undefined)
        }
        const fiber = get.start()
        await ds.suspend(ANSWER_MS_MAX)
        if (value === undefined) fiber.terminate()
        return value
    }

    async write(key: string, value: Buffer): Promise<boolean> {
        if (this.isClosed) return false
        this.writes++
        await settings.set(key, value)
        const written = await this.read(key)
        return written !== undefined && written.toString("hex") === value.toString("hex")
    }
}
