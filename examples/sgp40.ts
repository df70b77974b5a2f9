/** The raw VOC signal on the console every second, from an SGP40 (address 0x59) on the I2C bus of the board. */
import { Sgp40 } from "../src/drivers/sgp40"
import { bus } from "../src/node/bus"
import { deviceClock } from "../src/node/clock"

const sensor = new Sgp40(bus, deviceClock)

while (true) {
    try {
        await sensor.start()
        while (true) {
            // A node that also knows the air's temperature and humidity calls sensor.compensate with them before each sample.
            console.log(`${(await sensor.sample()).vocTicks} ticks`)
            await deviceClock.delay(1000)
        }
    } catch (e) {
        console.log((e as Error).message)
        await deviceClock.delay(5000)
    }
}
