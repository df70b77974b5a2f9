/** The magnetic field on the console every 5 s, from an MMC5603NJ (address 0x30) on the I2C bus of the board. */
import { Mmc5603 } from "../src/drivers/mmc5603"
import { bus } from "../src/node/bus"
import { deviceClock } from "../src/node/clock"

const sensor = new Mmc5603(bus, deviceClock)

while (true) {
    try {
        await sensor.start()
        while (true) {
            const sample = await sensor.sample()
            const x = sample.magneticFluxDensityXMicroteslas
            const y = sample.magneticFluxDensityYMicroteslas
            const z = sample.magneticFluxDensityZMicroteslas
            console.log(`${x}, ${y}, ${z} uT`)
            await deviceClock.delay(5000)
        }
    } catch (e) {
        console.log((e as Error).message)
        await deviceClock.delay(5000)
    }
}
