/** Light and UV index on the console every 5 s, from an LTR-390UV-01 (address 0x53) on the I2C bus of the board. */
import { Ltr390 } from "../src/drivers/ltr390"
import { bus } from "../src/node/bus"
import { deviceClock } from "../src/node/clock"

const sensor = new Ltr390(bus, deviceClock)

while (true) {
    try {
        await sensor.start()
        while (true) {
            const { illuminanceLuxes, uvIndex } = await sensor.sample()
            console.log(`${illuminanceLuxes} lx, UV index ${uvIndex}`)
            await deviceClock.delay(5000)
        }
    } catch (e) {
        console.log((e as Error).message)
        await deviceClock.delay(5000)
    }
}
