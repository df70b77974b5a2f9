/** Particulate matter on the console every 5 s, from an SPS30 (address 0x69, SEL to ground) on the I2C bus of the board. */
import { Sps30 } from "../src/drivers/sps30"
import { bus } from "../src/node/bus"
import { deviceClock } from "../src/node/clock"

const sensor = new Sps30(bus, deviceClock)

while (true) {
    try {
        await sensor.start()
        await deviceClock.delay(sensor.warmUpMs)
        while (true) {
            const air = await sensor.sample()
            console.log(`PM2.5 ${air.pm25MicrogramsPerCubicMetre} ug/m3`)
            console.log(`PM10 ${air.pm10MicrogramsPerCubicMetre} ug/m3`)
            await deviceClock.delay(5000)
        }
    } catch (e) {
        console.log((e as Error).message)
        await deviceClock.delay(5000)
    }
}
