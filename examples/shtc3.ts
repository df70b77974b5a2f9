/** Temperature and humidity on the console every 5 s, from an SHTC3 (address 0x70) on the I2C bus of the board. */
import { Shtc3 } from "../src/drivers/shtc3"
import { bus } from "../src/node/bus"
import { deviceClock } from "../src/node/clock"

const sensor = new Shtc3(bus, deviceClock)

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
