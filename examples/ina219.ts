/** Voltage, current and power on the console every 5 s, from an INA219 (address 0x40, shunt 0.1 ohm) on the I2C bus of the board. */
import { Ina219 } from "../src/drivers/ina219"
import { bus } from "../src/node/bus"
import { deviceClock } from "../src/node/clock"

const sensor = new Ina219(bus, deviceClock)

while (true) {
    try {
        await sensor.start()
        while (true) {
            const { busVoltageVolts, currentAmperes, powerWatts } = await sensor.sample()
            console.log(`${busVoltageVolts} V, ${currentAmperes} A, ${powerWatts} W`)
            await deviceClock.delay(5000)
        }
    } catch (e) {
        console.log((e as Error).message)
        await deviceClock.delay(5000)
    }
}
