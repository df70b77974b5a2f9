/** Prints, every second, what Jacdac sources read: `temperatureCelsius=21.5`, or `fault <part> <fault>`. */
import { deviceClock } from "../../../src/node/clock"
import { Sampler } from "../../../src/sensing/sampler"
import { JacdacSource } from "../../../src/sensing/jacdac-source"

export async function tell(sources: JacdacSource[], measurands: string[]): Promise<void> {
    const sampler = new Sampler(
        sources.map((sensor, i) => ({ sensor, measurands: [measurands[i]] }))
    )
    await sampler.start()
    while (true) {
        await sampler.round()
        for (let i = 0; i < measurands.length; ++i) {
            const { part, fault } = sampler.health[i]
            if (fault === "none") console.log(`${measurands[i]}=${sampler.values[i]}`)
            else console.log(`fault ${part} ${fault}`)
        }
        await deviceClock.delay(1000)
    }
}
