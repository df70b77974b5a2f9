/** What an MLX90614 (address 0x5a) looks at, and its own temperature, on the console every 5 s, from the I2C bus of the board. */
import { Mlx90614 } from "../src/drivers/mlx90614"
import { bus } from "../src/node/bus"
import { deviceClock } from "../src/node/clock"

const sensor = new Mlx90614(bus, deviceClock)

while (true) {
    try {
        await sensor.start()
        while (true) {
            const { temperatureCelsius, objectTemperatureCelsius } = await sensor.sample()
            console.log(`object ${objectTemperatureCelsius} Cel, part ${temperatureCelsius} Cel`)
            await deviceClock.delay(5000)
        }
    } catch (e) {
        console.log((e as Error).message)
        await deviceClock.delay(5000)
    }
}
