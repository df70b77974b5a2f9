/** Writes a setting every second: what the tests of power cuts run, for the real programs write seldom. */
import { settings } from "@devicescript/settings"

let count = 0

setInterval(async () => {
    count++
    await settings.set("count", Buffer.from(`"${count}"`))
}, 1000)
