/** Light on the console every 5 s, from a VEML7700 (address 0x10) on the I2C bus of the board. */
import { Veml7700 } from "../src/drivers/veml7700"
import { bus } from "../src/node/bus"
import { deviceClock } from "../src/node/clock"

const sensor = new Veml7700(bus, deviceClock)

while (true) {
    try {
        await sensor.start()
        while (true) {
            console.log(`${(await sensor.sample()).illuminanceLuxes} lx`)
            await deviceClock.delay(5000)
        }
    } catch (e) {
        console.log((e as Error).message)
        await deviceClock.delay(5000)
    }
}
