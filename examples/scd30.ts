/** CO2, temperature and humidity on the console every 2 s, from an SCD30 (address 0x61) on the I2C bus of the board. */
import { Scd30 } from "../src/drivers/scd30"
import { bus } from "../src/node/bus"
import { deviceClock } from "../src/node/clock"

const sensor = new Scd30(bus, deviceClock)

while (true) {
    try {
        await sensor.start()
        while (true) {
            // Waits for the next measurement: the part sets the pace.
            const air = await sensor.sample()
            console.log(`${air.carbonDioxidePpm} ppm CO2`)
            console.log(`${air.temperatureCelsius} Cel, ${air.relativeHumidityPercent} %RH`)
        }
    } catch (e) {
        console.log((e as Error).message)
        await deviceClock.delay(5000)
    }
}
