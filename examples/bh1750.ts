/** Illuminance on the console every second, from a BH1750 (address 0x23: ADDR low) on the I2C bus of the board. */
import { Bh1750 } from "../src/drivers/bh1750"
import { bus } from "../src/node/bus"
import { deviceClock } from "../src/node/clock"

const sensor = new Bh1750(bus, deviceClock)

while (true) {
    try {
        await sensor.start()
        while (true) {
            const { illuminanceLuxes } = await sensor.sample()
            console.log(`${illuminanceLuxes} lx`)
            await deviceClock.delay(1000)
        }
    } catch (e) {
        console.log((e as Error).message)
        await deviceClock.delay(1000)
    }
}
