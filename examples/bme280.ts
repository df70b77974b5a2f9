/** Temperature, humidity and pressure on the console every 5 s, from a BME280 (address 0x76) on the I2C bus of the board. */
import { Bme280 } from "../src/drivers/bme280"
import { bus } from "../src/node/bus"
import { deviceClock } from "../src/node/clock"

const sensor = new Bme280(bus, deviceClock)

while (true) {
    try {
        await sensor.start()
        while (true) {
            const { temperatureCelsius, relativeHumidityPercent, pressurePascals } =
                await sensor.sample()
            console.log(
                `${temperatureCelsius} Cel, ${relativeHumidityPercent} %RH, ${pressurePascals} Pa`
            )
            await deviceClock.delay(5000)
        }
    } catch (e) {
        console.log((e as Error).message)
        await deviceClock.delay(5000)
    }
}
