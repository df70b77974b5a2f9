/**
 * The time, in seconds since 1970, and the crystal's temperature on the console every 5 s, from a DS3231 (address 0x68) on the board's I2C
 * bus. A clock that has stopped is set to the start of 2025.
 */
import { Ds3231 } from "../src/drivers/ds3231"
import { SensorError } from "../src/drivers/sensor"
import { bus } from "../src/node/bus"
import { deviceClock } from "../src/node/clock"

const clock = new Ds3231(bus, deviceClock)

let isStopped = false

while (true) {
    try {
        await clock.start()
        if (isStopped) await clock.setEpochSeconds(1735689600)
        while (true) {
            const { temperatureCelsius } = await clock.sample()
            console.log(`${await clock.epochSeconds()} s, ${temperatureCelsius} Cel`)
            await deviceClock.delay(5000)
        }
    } catch (e) {
        isStopped = (e as SensorError).fault === "stuck"
        console.log((e as Error).message)
        await deviceClock.delay(5000)
    }
}
