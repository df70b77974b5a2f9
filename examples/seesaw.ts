/** Soil moisture and temperature on the console every 5 s, from an Adafruit STEMMA soil sensor (address 0x36) on the board's I2C bus. */
import { Seesaw } from "../src/drivers/seesaw"
import { bus } from "../src/node/bus"
import { deviceClock } from "../src/node/clock"

const sensor = new Seesaw(bus, deviceClock)

while (true) {
    try {
        await sensor.start()
        while (true) {
            const { soilMoistureTicks, soilTemperatureCelsius } = await sensor.sample()
            console.log(`${soilMoistureTicks} of 200 (dry) to 2000, ${soilTemperatureCelsius} Cel`)
            await deviceClock.delay(5000)
        }
    } catch (e) {
        console.log((e as Error).message)
        await deviceClock.delay(5000)
    }
}
