/** Reads all parts round by round. One that fails is a gap in that round and is started again in the next; the others go on. */
import * as ds from "@devicescript/core"
import { FAULTS, Fault, Sensor, SensorError } from "../drivers/sensor"
import { Window } from "./window"
import { FAULT_NONE } from "../telemetry/contract/senml"

/** Parts whose first sample is as near as this wait for it themselves; the round waits with them. */
const WAITED_FOR_MS = 6000

/** A part, and which of its sample's fields the node uses. */
export interface PartPlan {
    sensor: Sensor
    measurands: string[]
}

/** How one part is doing. */
export interface PartHealth {
    part: string
    /** FAULT_NONE, or the fault of the last round. */
    fault: string
    /** Rounds without a reading, since boot. */
    gaps: number
}

/** A part whose sample is a window of many, evenly spaced: see burst.ts. */
export interface SignalSensor extends Sensor {
    readonly samplesPerSecond: number
    /** And of each its window. */
    readonly measurands: string[]
    readonly windows: Window[]
}

export class Sampler {
    /** Rounds since boot. */
    samples = 0
    /** Readings that did not come, over all parts, since boot. */
    gaps = 0
    /** By measurand, in the order of the plans; NaN is a gap. Overwritten every round. */
    readonly values: number[] = []
    readonly measurands: string[] = []
    readonly health: PartHealth[] = []
    private readonly running: boolean[] = []
    /** By part: when, after its last start, its samples count. */
    private readonly warmMs: number[] = []

    constructor(private readonly plans: PartPlan[]) {
        for (const plan of plans) {
            this.health.push({ part: plan.sensor.part, fault: FAULT_NONE, gaps: 0 })
            this.running.push(false)
            this.warmMs.push(0)
            for (const measurand of plan.measurands) {
                this.measurands.push(measurand)
                this.values.push(NaN)
            }
        }
    }

    /** Milliseconds after `start` until every part can have a sample. */
    warmUpMs(): number {
        let longest = 0
        for (const plan of this.plans)
            if (plan.sensor.warmUpMs > longest) longest = plan.sensor.warmUpMs
        return longest
    }

    /** Starts the parts ahead of the first round; one that fails is tried again then. */
    async start(): Promise<void> {
        for (let i = 0; i < this.plans.length; ++i) {
            try {
                await this.startPart(i)
            } catch {
                this.running[i] = false
            }
        }
    }

    /** One round over all parts. Throws nothing. */
    async round(): Promise<void> {
        this.samples++
        let at = 0
        for (let i = 0; i < this.plans.length; ++i) {
            const { sensor, measurands } = this.plans[i]
            let sample: any
            let fault: string = FAULT_NONE
            try {
                if (!this.running[i]) await this.startPart(i)
                if (this.isWarm(i)) sample = await sensor.sample()
                // Until then it has the fault that it was started again for.
                else fault = this.health[i].fault
            } catch (e) {
                this.running[i] = false
                fault = faultOf(e as Error)
            }
            if (sample === undefined) {
                this.gaps++
                this.health[i].gaps++
            }
            if (fault !== this.health[i].fault)
                console.log(`${sensor.part}: ${fault === FAULT_NONE ? "back" : fault}`)
            this.health[i].fault = fault
            for (let k = 0; k < measurands.length; ++k) {
                this.values[at] = sample === undefined ? NaN : sample[measurands[k]]
                at++
            }
        }
    }

    /** The part that serves it as windows of its own; undefined when its samples come one by one. */
    signalOf(measurand: string): SignalSensor | undefined {
        for (const plan of this.plans) {
            const signal = plan.sensor as SignalSensor
            if (signal.windows === undefined) continue
            if (plan.measurands.indexOf(measurand) >= 0) return signal
        }
        return undefined
    }

    private async startPart(i: number): Promise<void> {
        const { sensor } = this.plans[i]
        await sensor.start()
        this.running[i] = true
        this.warmMs[i] = ds.millis() + sensor.warmUpMs
    }

    private isWarm(i: number): boolean {
        return this.warmMs[i] - ds.millis() <= WAITED_FOR_MS
    }

    /** Rounds that could not take place, because one took longer than the cadence: a gap of every part in each. */
    missed(rounds: number): void {
        this.samples += rounds
        this.gaps += rounds * this.plans.length
        for (const health of this.health) health.gaps += rounds
    }
}

function faultOf(error: Error): string {
    // By its shape: a driver from another package throws a class of its own.
    const named = (error as SensorError).fault
    if (FAULTS.includes(named)) return named
    // Not a driver's word: a bug in a driver must not stop the node, but may not hide either.
    console.error(`unexpected: ${error.message}`)
    const fault: Fault = "bus"
    return fault
}

/** Rounds that cannot take place any more, of those every so many milliseconds from `dueMs` on: one that is merely late still can. */
export function roundsPassed(dueMs: number, everyMs: number, nowMs: number): number {
    const behindMs = nowMs - dueMs
    return behindMs >= everyMs ? Math.floor(behindMs / everyMs) : 0
}
