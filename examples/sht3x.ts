/** Temperature and humidity on the console every 5 s, from an SHT30, SHT31 or SHT35 (address 0x44) on the I2C bus of the board. */
import { Sht3x } from "../src/drivers/sht3x"
import { bus } from "../src/node/bus"
import { deviceClock } from "../src/node/clock"

const sensor = new Sht3x(bus, deviceClock)

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
