/** Red and infrared light from a finger on the console, sample by sample, from a MAX30102 (address 0x57) on the I2C bus of the board. */
import { Max30102 } from "../src/drivers/max30102"
import { bus } from "../src/node/bus"
import { deviceClock } from "../src/node/clock"

const sensor = new Max30102(bus, deviceClock)
const red: number[] = []
const infrared: number[] = []

while (true) {
    try {
        await sensor.start()
        while (true) {
            const count = await sensor.readFifo(red, infrared)
            for (let i = 0; i < count; ++i) console.log(`${red[i]} ${infrared[i]} ticks`)
            await deviceClock.delay(500)
        }
    } catch (e) {
        console.log((e as Error).message)
        await deviceClock.delay(1000)
    }
}
