/** Soil moisture on the console every 5 s, from a capacitive probe on channel 0 of an ADS1115 (address 0x48). */
import { Ads1115 } from "../src/drivers/ads1115"
import { SoilMoisture } from "../src/drivers/analogue"
import { bus } from "../src/node/bus"
import { deviceClock } from "../src/node/clock"

// The probe in dry air, and in water up to its line: measure yours.
const sensor = new SoilMoisture(new Ads1115(bus, deviceClock), { dryVolts: 2.54, wetVolts: 1.27 })

while (true) {
    try {
        await sensor.start()
        while (true) {
            const { soilMoisturePercent } = await sensor.sample()
            console.log(`${soilMoisturePercent} %`)
            await deviceClock.delay(5000)
        }
    } catch (e) {
        console.log((e as Error).message)
        await deviceClock.delay(5000)
    }
}
