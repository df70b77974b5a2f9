/**
 * What the stages of a sample's way cost in a VM that runs a whole, unchanged program: opcodes and host time of each call of the functions
 * that begin them, with all that these call, and without other fibers that run while they wait.
 */
import { Frames } from "../../sim/vm/frame"
import { StepCount } from "../../sim/vm/step-count"
import type { StepExports } from "../../sim/vm/counting-vm"

/** A part's answer to a value; windows, features and model; a round that tells nothing; one that makes a report; its sealing. */
export const STAGES = ["sample", "verdict", "silence", "report", "seal"] as const
export type Stage = (typeof STAGES)[number]

/** What begins a stage, by what the sources call it. The first is entered once and waits for its rounds. */
const ROUNDS = "sampleForEver"
const STAGE_OF: Record<string, Stage> = {
    [ROUNDS]: "sample",
    classify: "verdict",
    tell: "silence",
    seal: "seal",
}
/** A round in which this is called has made a report. */
const REPORT_MADE = "finish"
/** Called by this is what a chip does itself: the transaction on the bus, and its host. */
const BUS_CALLER = "xfer"
/** Alarms go to flash before they are told. */
const FLASH = "raise"

export interface Cost {
    steps: number
    nanoseconds: number
}

/** One call of what begins a stage; without a stage, of something that belongs to none of them. */
interface Call extends Cost {
    stage?: Stage
}

export class Profile extends StepCount {
    override readonly onFrame = (frame: number) => this.switched(frame)
    private readonly calls: Call[] = []
    private frames: Frames | undefined
    /** By activation, what its steps count for. */
    private readonly owners = new Map<number, Call | undefined>()
    private rounds: Call | undefined
    private running: Call | undefined
    private sinceSteps = 0
    private sinceNanoseconds = 0n

    /** @param functions of the image, by number: what the sources call them */
    constructor(private readonly functions: string[]) {
        super()
    }

    /** Of each call of a stage, in order. */
    costs(stage: Stage): Cost[] {
        return this.calls.filter(call => call.stage === stage)
    }

    override follow(vm: StepExports): void {
        super.follow(vm)
        this.frames = new Frames(vm.memory)
        this.owners.clear()
    }

    override left(): void {
        this.charge(undefined)
        if (this.vm !== undefined) this.vm.motewise_last_frame.value = 0
    }

    private switched(frame: number): void {
        const { frames, owners } = this
        if (frames === undefined) return
        if (frames.isEntered(frame)) owners.set(frame, this.ownerOf(frame, frames))
        const owner = owners.get(frame)
        if (owner !== this.running) this.charge(owner)
    }

    /** What an activation's steps count for: its own stage, or whatever its caller's do. */
    private ownerOf(frame: number, frames: Frames): Call | undefined {
        const name = this.functions[frames.functionOf(frame)]
        const caller = frames.callerOf(frame)
        const outer = this.owners.get(caller)
        if (name === FLASH) return undefined
        if (caller !== 0 && this.functions[frames.functionOf(caller)] === BUS_CALLER)
            return undefined
        if (name === REPORT_MADE && outer?.stage === "silence") outer.stage = "report"
        const stage = STAGE_OF[name]
        if (stage === undefined || stage === outer?.stage) return outer
        if (stage === "silence") this.roundIsOver()
        const call = { stage, steps: 0, nanoseconds: 0 }
        if (name === ROUNDS) this.rounds = call
        else this.calls.push(call)
        return call
    }

    /** A sample has been taken: the loop's one call has its costs so far told as that sample's. */
    private roundIsOver(): void {
        this.charge(undefined)
        const { rounds } = this
        if (rounds === undefined) return
        this.calls.push({ ...rounds })
        rounds.steps = 0
        rounds.nanoseconds = 0
    }

    /** What was run since the last time was run for `running`. */
    private charge(next: Call | undefined): void {
        const nanoseconds = process.hrtime.bigint()
        const { steps, running } = this
        if (running !== undefined) {
            running.steps += steps - this.sinceSteps
            running.nanoseconds += Number(nanoseconds - this.sinceNanoseconds)
        }
        this.running = next
        this.sinceSteps = steps
        this.sinceNanoseconds = process.hrtime.bigint()
    }
}
