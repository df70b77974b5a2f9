/** Temperature and humidity on the console every 5 s, from whatever serves them: a Jacdac module, a simulator of devtools, a node. */
import * as ds from "@devicescript/core"
import { deviceClock } from "../src/node/clock"
import { jacdacSource } from "../src/sensing/jacdac-source"
import { Sampler } from "../src/sensing/sampler"

const sampler = new Sampler([
    { sensor: jacdacSource(new ds.Temperature()), measurands: ["temperatureCelsius"] },
    { sensor: jacdacSource(new ds.Humidity()), measurands: ["relativeHumidityPercent"] },
])

await sampler.start()
while (true) {
    await sampler.round()
    for (let i = 0; i < sampler.measurands.length; ++i)
        // NaN is a gap, and the sampler has said why.
        if (!isNaN(sampler.values[i])) console.log(`${sampler.measurands[i]} ${sampler.values[i]}`)
    await deviceClock.delay(5000)
}
