/** The node and its plain reference on the same readings: the same verdicts, and the same reports to the byte. */
import * as ds from "@devicescript/core"
import { describe, expect, test } from "../suite"
import { PlainNode, seal } from "../../bench/plain/node"
import { Sensor, SensorError } from "../../src/drivers/sensor"
import { Inference } from "../../src/inference/inference"
import { Model, UNKNOWN } from "../../src/inference/model"
import { FEATURES } from "../../src/sensing/features"
import { Sampler } from "../../src/sensing/sampler"
import { Ccm } from "../../src/telemetry/ccm"
import { sealEncrypt0 } from "../../src/telemetry/cose"
import { SEALED_REPORT, sealNonce } from "../../src/telemetry/contract/sealing"
import { ReportPolicy } from "../../src/telemetry/policy"
import { ReportWriter } from "../../src/telemetry/report"
import { Reporter } from "../../src/telemetry/reporter"
import { SteadyVerdict } from "../../src/telemetry/steady-verdict"

const ROUNDS = 40
const EVERY_MS = 60000

/** Draws the same readings as any other that was made with its seed, with a fault now and then. */
class Drawn implements Sensor {
    readonly warmUpMs = 0
    constructor(
        readonly part: string,
        private readonly measurands: string[],
        private state: number
    ) {}
    async start(): Promise<void> {}
    async sample(): Promise<object> {
        if (this.draw(16) === 0) throw new SensorError(this.part, "crc", "drawn")
        const sample: any = {}
        for (const measurand of this.measurands) sample[measurand] = this.draw(4000) / 8 - 100
        return sample
    }
    /** 0..below - 1: Numerical Recipes' linear congruential generator, its upper bits. */
    private draw(below: number): number {
        this.state = (Math.imul(this.state, 1664525) + 1013904223) | 0
        return ((this.state >>> 8) & 0xffff) % below
    }
}

const CLIMATE = ["temperatureCelsius", "relativeHumidityPercent"]
const AIR = ["carbonDioxidePpm"]

function partsOf(seed: number) {
    return [
        { sensor: new Drawn("climate", CLIMATE, seed), measurands: CLIMATE },
        { sensor: new Drawn("air", AIR, seed + 1), measurands: AIR },
    ]
}

/** Every feature of every measurand, folded into one of three classes or none. */
function modelOf(windowSamples: number): Model {
    const inputs = FEATURES.map((feature, i) => ({
        measurand: i % 2 === 0 ? AIR[0] : CLIMATE[0],
        feature: windowSamples === 1 ? "last" : feature,
        offset: 0,
        step: 16,
    }))
    if (windowSamples > 1)
        inputs.push({ measurand: AIR[0], feature: "band:12.5", offset: 0, step: 16 })
    return {
        name: "folded",
        classes: ["one", "two", "three"],
        inputs,
        windowSamples,
        samplesPerSecond: 50,
        classify: ticks => {
            if (ticks[0] === -32768 && ticks[1] === -32768) return UNKNOWN
            return ticks.reduce((sum, tick) => sum + (tick & 0xff), 0) % 3
        },
    }
}

/** The node's own rooms, joined as src/node/node.ts joins them. */
class Rooms {
    readonly sampler: Sampler
    private readonly inference: Inference
    private readonly steady: SteadyVerdict
    readonly reporter: Reporter
    constructor(
        private readonly model: Model,
        policy: ReportPolicy,
        seed: number
    ) {
        this.sampler = new Sampler(partsOf(seed))
        this.inference = new Inference(model)
        this.steady = new SteadyVerdict(policy.verdictAfter === undefined ? 1 : policy.verdictAfter)
        const { name, classes } = model
        this.reporter = new Reporter(new ReportWriter(true), policy, this.sampler, name, classes)
    }
    classify(): string {
        const { inference, sampler, model } = this
        inference.measurands.forEach((measurand, i) =>
            inference.windows[i].push(sampler.values[sampler.measurands.indexOf(measurand)])
        )
        const index = inference.infer()
        return this.steady.push(index === UNKNOWN ? "unknown" : model.classes[index])
    }
}

const KEY = hex`000102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f`
const BOOT = hex`0011223344556677`

/** Reports in hex and verdicts of both, until they differ; how many reports there were. */
async function compare(model: Model, policy: ReportPolicy, seed: number): Promise<number> {
    const rooms = new Rooms(model, policy, seed)
    const plain = new PlainNode(partsOf(seed), model, policy)
    let reports = 0
    for (let round = 0; round < ROUNDS; ++round) {
        if (round === 10) {
            rooms.reporter.heard()
            plain.isHeard = true
        }
        const uptimeMs = 6000 + round * EVERY_MS
        // The time of day is learnt on the way.
        const epochMs = round < 20 ? undefined : 1767600000000 + uptimeMs
        await rooms.sampler.round()
        await plain.sample()
        const verdict = rooms.classify()
        expect(await plain.classify()).toBe(verdict)
        const { samples } = rooms.sampler
        const head = { boot: BOOT, sequence: reports, uptimeMs, samples, epochMs }
        const isDue = rooms.reporter.take(verdict, uptimeMs)
        const health = { lost: "", flashWrites: 0 }
        const draft = isDue ? rooms.reporter.report(head, verdict, health) : undefined
        const bytes = plain.report(verdict, uptimeMs, epochMs)
        expect(bytes === undefined).toBe(draft === undefined)
        if (draft === undefined) continue
        expect(bytes.toString("hex")).toBe(draft.bytes.toString("hex"))
        reports++
        await ds.sleep(0)
    }
    return reports
}

describe("plain reference", () => {
    test("features of windows, summaries, faults and a verdict that must hold", async () => {
        const policy: ReportPolicy = {
            everyMs: 5 * EVERY_MS,
            verdictAfter: 2,
            measurands: {
                temperatureCelsius: "summary",
                relativeHumidityPercent: "verdict",
                carbonDioxidePpm: "summary",
            },
        }
        expect((await compare(modelOf(6), policy, 1)) > 8).toBe(true)
    })

    test("newest samples, raw readings and a measurand that is not told", async () => {
        const policy: ReportPolicy = {
            everyMs: 5 * EVERY_MS,
            alarms: ["two"],
            measurands: { temperatureCelsius: "raw", carbonDioxidePpm: "off" },
        }
        expect(await compare(modelOf(1), policy, 7)).toBe(ROUNDS)
    })

    test("what is sealed", () => {
        const ccm = new Ccm(KEY)
        const topic = "mw/0011223344556677/up"
        const plaintext = Buffer.from("a report")
        const nonce = sealNonce(BOOT, SEALED_REPORT, 9)
        expect(seal(ccm, BOOT, 9, topic, plaintext).toString("hex")).toBe(
            sealEncrypt0(ccm, nonce, topic, plaintext).toString("hex")
        )
    })
})
