/** What one node takes of its board, read off from outside while it runs. */
import type { SimNode } from "../../sim/node"
import { StepCount } from "../../sim/vm/step-count"
import type { Vm } from "../../sim/vm/vm"
import { StoreWear } from "./store-wear"
import { VmWatch } from "./vm-watch"

const MINUTE_S = 60
const HOUR_S = 3600
const DAY_S = 24 * HOUR_S
/** From here on what is alive at least is what it will be. */
const SETTLED_S = 2 * HOUR_S

export interface OnBoard {
    /** Of its heap at most: with garbage, and what was alive when it was collected. */
    heapBytes: number
    aliveBytes: number
    /** What is alive more each day, whatever comes and goes: a leak. Undefined in a run of less than 3 hours. */
    growthBytesADay?: number
    fibers: number
    /** The longest stretch between two awaits, in steps of the VM. */
    stretchSteps: number
    panics: number
    flashWritesADay: number
    /** Until its flash is worn out; Infinity when nothing was written. */
    flashYears: number
}

export class NodeMeter {
    /** To be handed to the node before it starts. */
    readonly steps = new StepCount()
    private readonly watch: VmWatch
    private readonly wear = new StoreWear()
    private wearFromS: number | undefined
    private wearToS = 0
    /** The least that was alive in an hour, and when the hour ended. */
    private readonly floors: { atS: number; bytes: number }[] = []

    /** @param heapBytes what the chip has */
    constructor(heapBytes: number) {
        this.watch = new VmWatch(heapBytes)
    }

    /** Whenever the VM asks for the time. */
    look(vm: Vm): void {
        this.watch.look(vm)
    }

    /** Every minute of an ordinary day, when what happens once is over. */
    minute(second: number, node: SimNode): void {
        if (second % MINUTE_S !== 0) return
        this.wearFromS ??= second
        this.wearToS = second
        this.wear.look(node.flashImage)
        if (second % HOUR_S !== 0) return
        const bytes = this.watch.takeFloorBytes()
        // An hour without a collection tells nothing.
        if (Number.isFinite(bytes)) this.floors.push({ atS: second, bytes })
    }

    figures(node: SimNode): OnBoard {
        const { watch, wear } = this
        const days = (this.wearToS - (this.wearFromS ?? 0)) / DAY_S
        return {
            heapBytes: watch.heapBytesMax,
            aliveBytes: watch.aliveBytesMax,
            growthBytesADay: this.growthBytesADay(),
            fibers: watch.fibersMax,
            stretchSteps: this.steps.longestStretch,
            panics: node.panics.length,
            flashWritesADay: Math.round(wear.writes / days),
            flashYears: Math.round(wear.years(days)),
        }
    }

    private growthBytesADay(): number | undefined {
        const settled = this.floors.filter(({ atS }) => atS >= SETTLED_S)
        if (settled.length < 2) return undefined
        const [first, last] = [settled[0], settled[settled.length - 1]]
        return Math.round(((last.bytes - first.bytes) / (last.atS - first.atS)) * DAY_S)
    }
}
