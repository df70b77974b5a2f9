/** Voltage and state of charge of the cell on the console every 10 s, from a MAX17048 (address 0x36) on the I2C bus of the board. */
import { Max17048 } from "../src/drivers/max17048"
import { bus } from "../src/node/bus"
import { deviceClock } from "../src/node/clock"

const sensor = new Max17048(bus, deviceClock)

while (true) {
    try {
        await sensor.start()
        while (true) {
            const { cellVoltageVolts, stateOfChargePercent } = await sensor.sample()
            console.log(`${cellVoltageVolts} V, ${stateOfChargePercent} %`)
            await deviceClock.delay(10000)
        }
    } catch (e) {
        console.log((e as Error).message)
        await deviceClock.delay(10000)
    }
}
