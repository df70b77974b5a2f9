import * as ds from "@devicescript/core"
import { beforeEach, describe, expect, test } from "../suite"
import { Sensor, SensorError } from "../../src/drivers/sensor"
import { Sampler, roundsPassed } from "../../src/sensing/sampler"

/** What a driver from another package throws: a class of its own, a fault that we know. */
class ForeignError extends Error {
    readonly fault = "timeout"
}

/** A part that counts, and fails as told. */
class Counter implements Sensor {
    warmUpMs = 0
    starts = 0
    value = 0
    failStart = false
    failSample = ""

    constructor(
        readonly part: string,
        readonly measurand: string
    ) {}

    async start(): Promise<void> {
        this.starts++
        if (this.failStart) throw new SensorError(this.part, "identity", "seeded")
    }

    async sample(): Promise<object> {
        if (this.failSample === "foreign") throw new ForeignError("seeded")
        if (this.failSample === "bug") throw new TypeError("seeded")
        if (this.failSample !== "") throw new SensorError(this.part, "crc", "seeded")
        this.value++
        const sample: any = {}
        sample[this.measurand] = this.value
        return sample
    }
}

let one: Counter
let other: Counter
let sampler: Sampler

describe("sampler", () => {
    beforeEach(() => {
        one = new Counter("one", "temperatureCelsius")
        other = new Counter("other", "carbonDioxidePpm")
        sampler = new Sampler([
            { sensor: one, measurands: ["temperatureCelsius"] },
            { sensor: other, measurands: ["carbonDioxidePpm"] },
        ])
    })

    test("a round reads every part once", async () => {
        await sampler.start()
        await sampler.round()
        await sampler.round()
        expect(sampler.values[0]).toBe(2)
        expect(sampler.values[1]).toBe(2)
        expect(sampler.samples).toBe(2)
        expect(sampler.gaps).toBe(0)
        expect(one.starts).toBe(1)
    })

    test("one part that fails is a gap, not an old value, and the other goes on", async () => {
        await sampler.start()
        await sampler.round()
        one.failSample = "crc"
        await sampler.round()
        expect(sampler.values[0] !== sampler.values[0]).toBe(true)
        expect(sampler.values[1]).toBe(2)
        expect(sampler.gaps).toBe(1)
        expect(sampler.health[0].fault).toBe("crc")
        expect(sampler.health[1].fault).toBe("none")
    })

    test("after a fault the part is started again, and its reading comes back", async () => {
        await sampler.start()
        one.failSample = "crc"
        await sampler.round()
        one.failSample = ""
        await sampler.round()
        expect(one.starts).toBe(2)
        expect(sampler.values[0]).toBe(1)
        expect(sampler.health[0].fault).toBe("none")
        expect(sampler.health[0].gaps).toBe(1)
    })

    test("a part that does not start at first is tried in every round", async () => {
        one.failStart = true
        await sampler.start()
        await sampler.round()
        expect(sampler.health[0].fault).toBe("identity")
        one.failStart = false
        await sampler.round()
        expect(sampler.values[0]).toBe(1)
    })

    test("a bug in a driver is a gap too: the node goes on", async () => {
        await sampler.start()
        one.failSample = "bug"
        await sampler.round()
        expect(sampler.gaps).toBe(1)
        expect(sampler.values[1]).toBe(1)
    })

    test("rounds that could not take place are gaps of every part", () => {
        sampler.missed(3)
        expect(sampler.samples).toBe(3)
        expect(sampler.gaps).toBe(6)
        expect(sampler.health[1].gaps).toBe(3)
    })

    test("a round that is late takes place, one whose successor is due does not", () => {
        // every 60 s, this one at 65 s
        expect(roundsPassed(65000, 60000, 5700)).toBe(0)
        expect(roundsPassed(65000, 60000, 65030)).toBe(0)
        expect(roundsPassed(65000, 60000, 124999)).toBe(0)
        expect(roundsPassed(65000, 60000, 125000)).toBe(1)
        // 65 s and 125 s are gone, the round of 185 s is late
        expect(roundsPassed(65000, 60000, 190000)).toBe(2)
    })

    test("a fault is known by its name, whichever class it is of", async () => {
        await sampler.start()
        one.failSample = "foreign"
        await sampler.round()
        expect(sampler.health[0].fault).toBe("timeout")
    })

    test("a part that was started again is sampled when it is warm, and keeps its fault until then", async () => {
        await sampler.start()
        one.failSample = "crc"
        await sampler.round()
        one.failSample = ""
        one.warmUpMs = 30000
        for (const gaps of [2, 3]) {
            await sampler.round()
            expect(one.starts).toBe(2)
            expect(one.value).toBe(0)
            expect(sampler.health[0].fault).toBe("crc")
            expect(sampler.health[0].gaps).toBe(gaps)
            expect(sampler.gaps).toBe(gaps)
        }
        // 6 s before it is warm its own sample may wait for it.
        await ds.sleep(23990)
        await sampler.round()
        expect(one.value).toBe(0)
        await ds.sleep(20)
        await sampler.round()
        expect(one.value).toBe(1)
        expect(sampler.health[0].fault).toBe("none")
        expect(sampler.health[0].gaps).toBe(4)
        expect(one.starts).toBe(2)
    })

    test("a part that warms up for no more than 6 s is sampled in the round that starts it", async () => {
        await sampler.start()
        one.failSample = "crc"
        await sampler.round()
        one.failSample = ""
        one.warmUpMs = 6000
        await sampler.round()
        expect(one.value).toBe(1)
    })
})
