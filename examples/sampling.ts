/** Two parts read round by round every 5 s. One that fails is a gap, told once and counted; the other goes on, and the failed one is tried again. */
import { Bh1750 } from "../src/drivers/bh1750"
import { Sht4x } from "../src/drivers/sht4x"
import { bus } from "../src/node/bus"
import { deviceClock } from "../src/node/clock"
import { Sampler } from "../src/sensing/sampler"

const sampler = new Sampler([
    { sensor: new Sht4x(bus, deviceClock), measurands: ["temperatureCelsius"] },
    { sensor: new Bh1750(bus, deviceClock), measurands: ["illuminanceLuxes"] },
])

await sampler.start()
while (true) {
    await sampler.round()
    // NaN is a gap.
    const [celsius, luxes] = sampler.values
    console.log(`${celsius} Cel, ${luxes} lx, ${sampler.gaps} gaps`)
    await deviceClock.delay(5000)
}
