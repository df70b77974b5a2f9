/** Acceleration on the console every second, from an LIS3DH (address 0x18: SA0 low) on the I2C bus of the board. */
import { Lis3dh } from "../src/drivers/lis3dh"
import { bus } from "../src/node/bus"
import { deviceClock } from "../src/node/clock"

const sensor = new Lis3dh(bus, deviceClock)

while (true) {
    try {
        await sensor.start()
        while (true) {
            const sample = await sensor.sample()
            const x = sample.accelerationXMetresPerSecondSquared
            const y = sample.accelerationYMetresPerSecondSquared
            const z = sample.accelerationZMetresPerSecondSquared
            console.log(`${x} ${y} ${z} m/s2`)
            await deviceClock.delay(1000)
        }
    } catch (e) {
        console.log((e as Error).message)
        await deviceClock.delay(1000)
    }
}
