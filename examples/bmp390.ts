/** Pressure and temperature on the console every 5 s, from a BMP390 or BMP388 (address 0x77) on the I2C bus of the board. */
import { Bmp390 } from "../src/drivers/bmp390"
import { bus } from "../src/node/bus"
import { deviceClock } from "../src/node/clock"

const sensor = new Bmp390(bus, deviceClock)

while (true) {
    try {
        await sensor.start()
        while (true) {
            const { temperatureCelsius, pressurePascals } = await sensor.sample()
            console.log(`${pressurePascals} Pa, ${temperatureCelsius} Cel`)
            await deviceClock.delay(5000)
        }
    } catch (e) {
        console.log((e as Error).message)
        await deviceClock.delay(5000)
    }
}
