/** Distance on the console twice a second, from a TF-Luna (address 0x10, its pin 5 at ground) on the I2C bus of the board. */
import { Tfluna } from "../src/drivers/tfluna"
import { bus } from "../src/node/bus"
import { deviceClock } from "../src/node/clock"

const sensor = new Tfluna(bus, deviceClock)

while (true) {
    try {
        await sensor.start()
        while (true) {
            const { distanceMetres } = await sensor.sample()
            console.log(`${distanceMetres} m`)
            await deviceClock.delay(500)
        }
    } catch (e) {
        console.log((e as Error).message)
        await deviceClock.delay(500)
    }
}
