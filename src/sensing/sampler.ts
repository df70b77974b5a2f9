/** Reads all parts round by round. One that fails is a gap in that round and is started again in the next; the others go on. */
import { Fault, Sensor, SensorError } from "../drivers/sensor"
import { FAULT_NONE } from "../telemetry/contract/senml"

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

    constructor(private readonly plans: PartPlan[]) {
        for (const plan of plans) {
            this.health.push({ part: plan.sensor.part, fault: FAULT_NONE, gaps: 0 })
            this.running.push(false)
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
                await this.plans[i].sensor.start()
                this.running[i] = true
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
                if (!this.running[i]) await sensor.start()
                this.running[i] = true
                sample = await sensor.sample()
            } catch (e) {
                this.running[i] = false
                fault = faultOf(e as Error)
                this.gaps++
                this.health[i].gaps++
            }
            if (fault !== this.health[i].fault)
                console.log(`${sensor.part}: ${fault === FAULT_NONE ? "back" : fault}`)
            this.health[i].fault = fault
            for (const measurand of measurands) {
                this.values[at] = sample === undefined ? NaN : sample[measurand]
                at++
            }
        }
    }

    /** Rounds that could not take place, because one took longer than the cadence: a gap of every part in each. */
    missed(rounds: number): void {
        this.samples += rounds
        this.gaps += rounds * this.plans.length
        for (const health of this.health) health.gaps += rounds
    }
}

function faultOf(error: Error): string {
    if (error instanceof SensorError) return error.fault
    // Not a driver's word: a bug in a driver must not stop the node, but may not hide either.
    console.error(`unexpected: ${error.message}`)
    const fault: Fault = "bus"
    return fault
}

/**
 * When the next round is due: on the grid `firstMs + k * everyMs`, never drifting. `late` counts the grid points that have passed.
 */
export function nextRound(
    firstMs: number,
    everyMs: number,
    nowMs: number,
    lastRound: number
): { round: number; waitMs: number; late: number } {
    let round = lastRound + 1
    let late = 0
    const behindMs = nowMs - (firstMs + round * everyMs)
    if (behindMs >= everyMs) {
        late = Math.floor(behindMs / everyMs)
        round += late
    }
    const waitMs = firstMs + round * everyMs - nowMs
    return { round, waitMs: waitMs > 0 ? waitMs : 0, late }
}
