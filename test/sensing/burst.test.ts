/** Windows of a signal, from the simulated LIS3DH's FIFO. */
import * as ds from "@devicescript/core"
import { beforeEach, describe, expect, test } from "../suite"
import { Lis3dh } from "../../src/drivers/lis3dh"
import { featureOf, parseFeature } from "../../src/sensing/features"
import { Burst } from "../../src/sensing/burst"
import { Conditions } from "../../sim/parts/part"
import { SimLis3dh } from "../../sim/parts/lis3dh"
import { expectFault, expectNear } from "../expect"
import { FakeClock, FakeI2C } from "../fakes"

const G = 9.80665
/** The FIFO's step at 2 g. */
const STEP = (4 * G) / 1000

/** x rises by a step of the FIFO every 20 ms, a sample's time at 50 Hz; it comes back to 0 after 400. */
function ramp(timeMs: number): Conditions {
    return {
        accelerationXMetresPerSecondSquared: (Math.round(timeMs / 20) % 400) * STEP,
        accelerationYMetresPerSecondSquared: -5 * STEP,
        accelerationZMetresPerSecondSquared: G,
    }
}

/** Each wait takes so much longer than it should. */
class SlowClock extends FakeClock {
    extraMs = 0
    override async delay(ms: number): Promise<void> {
        this.now += ms + this.extraMs
        await ds.sleep(0)
    }
}

let clock: SlowClock
let bus: FakeI2C
let burst: Burst

/** The samples that are there, oldest first, in steps. */
function steps(): number[] {
    const [window] = burst.windows
    const found: number[] = []
    for (let age = window.filled - 1; age >= 0; --age) found.push(Math.round(window.at(age) / STEP))
    return found
}

function expectEvenlySpaced(samples: number): void {
    const found = steps()
    expect(found.length).toBe(samples)
    for (let i = 1; i < samples; ++i) expect(found[i] - found[i - 1]).toBe(1)
}

describe("burst", () => {
    beforeEach(async () => {
        clock = new SlowClock()
        bus = new FakeI2C([new SimLis3dh(clock, ramp)])
        burst = new Burst(
            new Lis3dh(bus, clock, 0x18, { fifo: true, dataRateHertz: 50 }),
            clock,
            50
        )
        await burst.start()
    })

    test("a window of a second is 50 samples of the part's clock, in a second after start", async () => {
        const startedMs = clock.now
        await burst.sample()
        expectEvenlySpaced(50)
        expectNear(clock.now - startedMs, 1000, 20)
    })

    test("what the FIFO kept counts: a later window takes the missing 18 samples' time, and ends now", async () => {
        clock.now = 2000
        await burst.sample()
        expectEvenlySpaced(50)
        expectNear(clock.now, 2360, 20)
        expect(steps()[49]).toBe(Math.floor(clock.now / 20))
    })

    test("windows a second apart leave no sample out", async () => {
        clock.now = 2000
        await burst.sample()
        const last = steps()[49]
        clock.now = 3000
        await burst.sample()
        expectEvenlySpaced(50)
        expect(steps()[0] <= last + 1).toBe(true)
    })

    test("the sample itself is the window's mean", async () => {
        clock.now = 2000
        const sample: any = await burst.sample()
        const found = steps()
        expectNear(
            sample.accelerationXMetresPerSecondSquared,
            ((found[0] + found[49]) / 2) * STEP,
            1e-6
        )
        expectNear(sample.accelerationYMetresPerSecondSquared, -5 * STEP, 1e-6)
        expectNear(sample.accelerationZMetresPerSecondSquared, G, STEP)
        const slope = parseFeature("slope", 50)
        expectNear(featureOf(slope, burst.windows[0]), STEP, 1e-9)
    })

    test("samples lost within a window are a fault, and no features come of it", async () => {
        clock.now = 2000
        clock.extraMs = 700
        await expectFault("timeout", async () => await burst.sample())
        const mean = parseFeature("mean", 50)
        expect(featureOf(mean, burst.windows[0]) >= 0).toBe(false)
        clock.extraMs = 0
        clock.now += 1000
        await burst.sample()
        expectEvenlySpaced(50)
    })

    test("a part that is gone takes its last window with it, and is back after a start", async () => {
        clock.now = 2000
        await burst.sample()
        const parts = bus.parts
        bus.parts = []
        await expectFault("bus", async () => await burst.start())
        expect(steps().length).toBe(0)
        expect(burst.windows[0].at(0) >= 0).toBe(false)
        await expectFault("bus", async () => await burst.sample())
        bus.parts = parts
        await burst.start()
        await burst.sample()
        expectEvenlySpaced(50)
    })

    test("it is called as its part is, and warms up like it", () => {
        expect(burst.part).toBe("lis3dh")
        expect(burst.warmUpMs).toBe(20)
        expect(burst.samplesPerSecond).toBe(50)
        expect(burst.windows.length).toBe(burst.measurands.length)
    })
})
