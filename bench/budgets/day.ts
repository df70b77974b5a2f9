/**
 * A day of an app in the world it is made for: two nodes, one with a heap of 64 kB and one with an ESP32-S2's 40 kB, from their claims to
 * sealed reports. What comes each day is counted from when they are enrolled. Then their broker is away for three hours, in which reports
 * pile up, and their credentials become old, so that they enrol again: that is for the heap alone.
 */
import { compile } from "../../image/compile"
import { Rehearsal } from "../../rehearsal/rehearsal"
import { PART_NAMES } from "../../sim/breadboard"
import { parseFaults } from "../../sim/faults"
import { StepCount } from "../../sim/vm/step-count"
import { worldKind } from "../../sim/worlds/worlds"
import { StoreWear } from "./store-wear"
import { VmWatch } from "./vm-watch"

export const HEAP_BYTES = 64 * 1024
export const SMALL_HEAP_BYTES = 40 * 1024
const HEAPS = [HEAP_BYTES, SMALL_HEAP_BYTES]

const HOUR_S = 3600
const DAY_S = 24 * HOUR_S
/** Key, enrolment, the first reports. */
const ENROLLED_S = 600
const OUTAGE_HOURS = 3
/** The longest backoff, and what has piled up. */
const BACK_S = 600
const RENEWAL_S = 600
/** From here on what is alive at least is what it will be. */
const SETTLED_HOURS = 2

export interface DayOptions {
    /** Of the program, relative to the project's root. */
    entry: string
    world: string
    /** Of ordinary life, before the outage. */
    hours: number
}

/** What one node took. A day's figures are those of the hours, for a day. */
export interface NodeDay {
    /** Of its heap at most: with garbage, and what was alive when it was collected. */
    heapBytes: number
    aliveBytes: number
    /** What is alive more each day, whatever comes and goes: a leak. Undefined in a run of less than 4 hours. */
    growthBytesADay?: number
    fibers: number
    /** The longest stretch between two awaits, in steps of the VM. */
    stretchSteps: number
    panics: number
    flashWritesADay: number
    /** Until its flash is worn out; Infinity when nothing was written. */
    flashYears: number
    packetsADay: number
    bytesADay: number
    /** Of a report with topic and MQTT header, on average. */
    bytesAReport: number
}

/** By heap: 64 kB, then 40 kB. */
export async function measureDay(
    { entry, world, hours }: DayOptions,
    onProgress: (share: number) => void = () => {}
): Promise<NodeDay[]> {
    const { bytes, parts } = await compile(entry)
    const endS = hours * HOUR_S
    const backS = endS + OUTAGE_HOURS * HOUR_S
    const renewalS = backS + BACK_S
    const seconds = renewalS + RENEWAL_S
    const watches = HEAPS.map(heapBytes => new VmWatch(heapBytes))
    const steps = HEAPS.map(() => new StepCount())
    const wears = HEAPS.map(() => new StoreWear())
    const floors: number[][] = HEAPS.map(() => [])
    const rehearsal = await Rehearsal.create({
        image: bytes,
        seats: parts,
        nodes: HEAPS.length,
        world: worldKind(world).make(1, HEAPS.length),
        seed: 1,
        virtual: true,
        speed: 1,
        seconds,
        enrol: true,
        credentialLifeMs: renewalS * 1500,
        faults: parseFaults(`brokerKill:from=${endS}s,for=${backS - endS}s`, PART_NAMES),
        exact: false,
        print: () => {},
        stepCounts: steps,
        onVmLook: (place, vm) => watches[place].look(vm),
        onProgress: second => {
            onProgress(second / seconds)
            if (second === ENROLLED_S) before = rehearsal.traffic().map(traffic => ({ ...traffic }))
            if (second <= endS && second % HOUR_S === 0)
                floors.forEach((of, place) => of.push(watches[place].takeFloorBytes()))
            if (second >= ENROLLED_S && second <= endS)
                rehearsal.nodes().forEach((node, place) => wears[place].look(node.flashImage))
            if (second === endS) after = rehearsal.traffic().map(traffic => ({ ...traffic }))
        },
    })
    let before = rehearsal.traffic()
    let after = before
    await rehearsal.run()
    const panics = rehearsal.nodes().map(node => node.panics.length)
    await rehearsal.close()
    const days = (endS - ENROLLED_S) / DAY_S
    return HEAPS.map((_, place) => {
        const watch = watches[place]
        const wear = wears[place]
        const [from, to] = [before[place], after[place]]
        return {
            heapBytes: watch.heapBytesMax,
            aliveBytes: watch.aliveBytesMax,
            growthBytesADay: growthADay(floors[place]),
            fibers: watch.fibersMax,
            stretchSteps: steps[place].longestStretch,
            panics: panics[place],
            flashWritesADay: Math.round(wear.writes / days),
            flashYears: Math.round(wear.years(days)),
            packetsADay: Math.round((to.packets - from.packets) / days),
            bytesADay: Math.round((to.bytes - from.bytes) / days),
            bytesAReport: Math.round(
                (to.reportBytes - from.reportBytes) / (to.published - from.published)
            ),
        }
    })
}

/** @param floors the least that was alive in each hour */
function growthADay(floors: number[]): number | undefined {
    const settled = floors.slice(SETTLED_HOURS - 1)
    if (settled.length < 2) return undefined
    const growth = settled[settled.length - 1] - settled[0]
    return Math.round((growth / (settled.length - 1)) * 24)
}
