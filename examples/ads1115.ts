/** Four voltages on the console every second, from an ADS1115 (address 0x48: ADDR at ground) on the I2C bus of the board. */
import { Ads1115 } from "../src/drivers/ads1115"
import { bus } from "../src/node/bus"
import { deviceClock } from "../src/node/clock"

const sensor = new Ads1115(bus, deviceClock)

while (true) {
    try {
        await sensor.start()
        while (true) {
            const sample = await sensor.sample()
            console.log(`0: ${sample.voltage0Volts} V, 1: ${sample.voltage1Volts} V`)
            console.log(`2: ${sample.voltage2Volts} V, 3: ${sample.voltage3Volts} V`)
            await deviceClock.delay(1000)
        }
    } catch (e) {
        console.log((e as Error).message)
        await deviceClock.delay(1000)
    }
}
