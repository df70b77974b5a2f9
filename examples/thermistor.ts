/**
 * Temperature on the console every 5 s, from an NTC thermistor (10 kohm, Beta 3950 K) between channel 1 of an ADS1115 (address 0x48) and
 * ground, with 10 kohm from the channel to 3.3 V.
 */
import { Ads1115 } from "../src/drivers/ads1115"
import { Thermistor } from "../src/drivers/analogue"
import { bus } from "../src/node/bus"
import { deviceClock } from "../src/node/clock"

const sensor = new Thermistor(new Ads1115(bus, deviceClock), { channel: 1 })

while (true) {
    try {
        await sensor.start()
        while (true) {
            const { temperatureCelsius } = await sensor.sample()
            console.log(`${temperatureCelsius} Cel`)
            await deviceClock.delay(5000)
        }
    } catch (e) {
        console.log((e as Error).message)
        await deviceClock.delay(5000)
    }
}
