/**
 * A node in plain style, to read and to measure against: objects, closures, map and reduce, an encoder of anything. It samples, decides,
 * reports and seals as the node of src/ does, to the byte (test/bench/plain.test.ts), and sends nothing.
 *
 * Drivers, bursts, models and the cipher are those of src/: they are given. Functions that `bench node` measures are called what the
 * node's are called.
 */
import * as ds from "@devicescript/core"
import { FAULTS, SensorError } from "../../src/drivers/sensor"
import { Model, ticksFromValue } from "../../src/inference/model"
import { PartPlan, SignalSensor } from "../../src/sensing/sampler"
import { Ccm } from "../../src/telemetry/ccm"
import { SEALED_REPORT, sealNonce } from "../../src/telemetry/contract/sealing"
import { measurandByName } from "../../src/telemetry/contract/measurands"
import { ReportPolicy } from "../../src/telemetry/policy"
import { encode, Pairs } from "./cbor"
import { feature } from "./features"

const FULL_EVERY_MS = 3600000
const FULL_EVERY_SUMMARIES = 8
const FULL_EARLY_MS = 60000

export interface Reading {
    measurand: string
    /** NaN for a gap. */
    value: number
}

class Part {
    fault = "none"
    gaps = 0
    isRunning = false
    constructor(readonly plan: PartPlan) {}

    async readings(): Promise<Reading[]> {
        const { sensor, measurands } = this.plan
        let sample: any = {}
        try {
            if (!this.isRunning) await sensor.start()
            this.isRunning = true
            sample = await sensor.sample()
            this.fault = "none"
        } catch (e) {
            this.isRunning = false
            this.gaps++
            const { fault } = e as SensorError
            this.fault = FAULTS.includes(fault) ? fault : "bus"
        }
        return measurands.map(measurand => ({
            measurand,
            value: sample[measurand] === undefined ? NaN : sample[measurand],
        }))
    }
}

export class PlainNode {
    /** Whether the broker has acknowledged any report. */
    isHeard = false
    private samples = 0
    private readings: Reading[] = []
    private readonly parts: Part[]
    /** Of a summary: all readings since the last one. */
    private interval: Reading[] = []
    /** The newest of each measurand that comes one by one, as many as the model's window is long. */
    private readonly history: { [measurand: string]: number[] } = {}
    private readonly verdicts: string[] = []
    private held: string
    private told: { verdict: string; faults: string[]; gaps: number }
    private summaryDueMs: number
    private fullDueMs = 0
    private isTimeTold = false

    constructor(
        private readonly plans: PartPlan[],
        private readonly model: Model,
        private readonly policy: ReportPolicy
    ) {
        this.parts = plans.map(plan => new Part(plan))
        this.told = { verdict: undefined, faults: plans.map(() => "none"), gaps: 0 }
    }

    /** One round over all parts. */
    async sample(): Promise<void> {
        this.samples++
        this.readings = []
        for (const part of this.parts)
            for (const reading of await part.readings()) {
                this.readings.push(reading)
                const isSummed = this.policy.measurands[reading.measurand] === "summary"
                if (isSummed && reading.value === reading.value) this.interval.push(reading)
            }
    }

    /** The model's answer, once it has held as long as the policy wants. */
    async classify(): Promise<string> {
        const { model, plans, readings, history } = this
        const { windowSamples, samplesPerSecond } = model
        for (const reading of readings) {
            const { measurand, value } = reading
            if (history[measurand] === undefined) history[measurand] = []
            history[measurand].push(value)
            if (history[measurand].length > windowSamples) history[measurand].shift()
        }
        const samplesOf = (measurand: string) => {
            const signal = signalOf(plans, measurand)
            return signal === undefined ? history[measurand] : signal
        }
        const ticks: number[] = []
        for (const input of model.inputs) {
            const samples = samplesOf(input.measurand)
            const value = feature(input.feature, samples, windowSamples, samplesPerSecond)
            ticks.push(ticksFromValue(input, value))
            // All features of a long window take more steps than the VM allows between two awaits.
            await ds.sleep(0)
        }
        const index = model.classify(ticks)
        return this.steady(index < 0 ? "unknown" : model.classes[index])
    }

    /** The round's report, before it is sealed; undefined when the policy asks for none. */
    report(verdict: string, uptimeMs: number, epochMs: number | undefined): Buffer | undefined {
        const { parts, policy, readings, told, samples, interval, model } = this
        const isSummary = this.summaryDueMs === undefined || uptimeMs >= this.summaryDueMs
        const isChanged = told.verdict !== undefined && told.verdict !== verdict
        const faults = parts.map(part => part.fault)
        const isAlarm = policy.alarms === undefined || policy.alarms.includes(verdict)
        const isFaultNew = faults.some((fault, i) => fault !== told.faults[i])
        const asOf = (measurand: string) => policy.measurands[measurand]
        const isRaw = readings.some(reading => asOf(reading.measurand) === "raw")
        if (!isSummary && !isChanged && !isFaultNew && !isRaw) return undefined

        const isFull = this.isFull(uptimeMs, epochMs, (isChanged && isAlarm) || isFaultNew)
        const head: any[][] = []
        if (epochMs !== undefined) head.push([-3, Math.floor(epochMs / 1000)])
        head.push([0, "n"], [2, samples])
        if (isFull || epochMs === undefined) head.push(["up", uptimeMs])

        const records: Pairs[] = [{ pairs: head }]
        if (isFull || isChanged) records.push(text(model.name, verdict))
        const isLatest = isChanged || told.verdict === undefined
        readings
            .map(({ measurand, value }) => {
                const as = asOf(measurand)
                const isNow = as === "raw" || (as === "verdict" && isLatest)
                if (as === "summary" && isSummary)
                    return number(measurand, mean(interval, measurand))
                return number(measurand, isNow ? value : NaN)
            })
            .filter(record => record !== undefined)
            .forEach(record => {
                records.push(record)
            })
        parts
            .filter((part, i) => part.fault !== told.faults[i])
            .forEach(part => {
                records.push(text(`fault/${part.plan.sensor.part}`, part.fault))
            })
        const gaps = parts.reduce((sum, part) => sum + part.gaps, 0)
        if (gaps > 0 && (isFull || gaps !== told.gaps)) records.push(record("g", 2, gaps))

        this.told = { verdict, faults, gaps }
        if (isSummary) {
            const dueMs = this.summaryDueMs === undefined ? uptimeMs : this.summaryDueMs
            const intervals = Math.floor((uptimeMs - dueMs) / policy.everyMs) + 1
            this.summaryDueMs = dueMs + intervals * policy.everyMs
            this.interval = []
        }
        return this.finish(records)
    }

    private finish(records: any[]): Buffer {
        return encode(records)
    }

    private steady(verdict: string): string {
        const { verdictAfter } = this.policy
        const least = verdictAfter === undefined ? 1 : verdictAfter
        this.verdicts.push(verdict)
        if (this.verdicts.length > least) this.verdicts.shift()
        const isAtOnce = this.held === undefined || this.held === "unknown" || verdict === "unknown"
        const hasHeld =
            this.verdicts.length === least && this.verdicts.every(each => each === verdict)
        if (isAtOnce || hasHeld) this.held = verdict
        return this.held
    }

    private isFull(uptimeMs: number, epochMs: number | undefined, isNews: boolean): boolean {
        const knowsTime = epochMs !== undefined
        const isRepeat = this.isHeard && !isNews && !(knowsTime && !this.isTimeTold)
        if (isRepeat && uptimeMs < this.fullDueMs) return false
        const everyMs = Math.max(FULL_EVERY_MS, FULL_EVERY_SUMMARIES * this.policy.everyMs)
        this.fullDueMs = uptimeMs + everyMs - FULL_EARLY_MS
        this.isTimeTold = knowsTime
        return true
    }
}

/** NaN of none. */
function mean(readings: Reading[], measurand: string): number {
    const values = readings
        .filter(reading => reading.measurand === measurand)
        .map(reading => reading.value)
    return values.reduce((a, b) => a + b, 0) / values.length
}

/** A part that is a signal has its own windows; undefined for one that is none. */
function signalOf(plans: PartPlan[], measurand: string): number[] | undefined {
    const { sensor } = plans.find(plan => plan.measurands.includes(measurand))
    const { windows, measurands } = sensor as SignalSensor
    if (windows === undefined) return undefined
    const { samples, filled, capacity } = windows[measurands.indexOf(measurand)]
    return filled < capacity ? [] : samples
}

function record(name: string, label: number, value: any): Pairs {
    return {
        pairs: [
            [0, name],
            [label, value],
        ],
    }
}

function text(name: string, value: string): Pairs {
    return record(name, 3, value)
}

/** Undefined for NaN: there is nothing to say. */
function number(measurand: string, value: number): Pairs | undefined {
    if (value !== value) return undefined
    const { wire, decimals } = measurandByName(measurand)
    return record(wire, 2, { value, decimals })
}

/** COSE_Encrypt0, as src/telemetry/cose.ts has it. */
export function seal(
    ccm: Ccm,
    boot: Buffer,
    sequence: number,
    topic: string,
    plaintext: Buffer
): Buffer {
    const nonce = sealNonce(boot, SEALED_REPORT, sequence)
    const associated = encode(["Encrypt0", hex`a1010b`, Buffer.from(topic)])
    const ciphertext = ccm.seal(nonce, associated, plaintext)
    return encode([hex`a1010b`, { pairs: [[5, nonce]] }, ciphertext])
}
