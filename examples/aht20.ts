/** Temperature and humidity on the console every 5 s, from an AHT20 (address 0x38) on the I2C bus of the board. */
import { Aht20 } from "../src/drivers/aht20"
import { bus } from "../src/node/bus"
import { deviceClock } from "../src/node/clock"

const sensor = new Aht20(bus, deviceClock)

while (true) {
    try {
        await sensor.start()
        while (true) {
            const { temperatureCelsius, relativeHumidityPercent } = await sensor.sample()
            console.log(`${temperatureCelsius} Cel, ${relativeHumidityPercent} %RH`)
            await deviceClock.delay(5000)
        }
    } catch (e) {
        console.log((e as Error).message)
        await deviceClock.delay(5000)
    }
}
