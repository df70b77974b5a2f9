/** What an app may take on its board, and why so much. Sizes of images have theirs in image/budget.ts, for `motewise build`. */
import { BUDGET } from "../../image/budget"
import { MAX_STEPS } from "../../sim/vm/counting-vm"
import { HEAP_BYTES, SMALL_HEAP_BYTES, type NodeDay } from "./day"

/** Days of 5-minute reports: what the most talkative of our policies says when nothing happens. */
const REPORTS_A_DAY = 288
/** design.md, chapter 8: sealed, of 4 measurands, topic and header included. */
const REPORT_BYTES = 120
/** Half of those are of its measurands. */
const BUDGETED_MEASURANDS = 4
const MEASURAND_BYTES = 15
const PUBACK_BYTES = 4
/** A ping a minute, and its answer. */
const PINGS_A_DAY = 1440
const PING_BYTES = 4
/** The time asked for and told once an hour, sealed and acknowledged, and a connection anew: no more than this. */
const OTHER_BYTES_A_DAY = 16 * 1024
const OTHER_PACKETS_A_DAY = 24 * 4
/** Each change of what is true is told, and a verdict may flicker once beside it. */
const ALARMS_A_CHANGE = 2
/** Of parts that fail and come back, of a credential. */
const OTHER_FLASH_WRITES_A_DAY = 24

export interface Limit {
    measure: string
    unit: string
    most?: number
    least?: number
}

/** What there is to tell. */
interface ToTell {
    changesADay: number
    /** Reported ones. */
    measurands: number
}

/** One that may depend on what there is to tell. */
interface DayLimit extends Omit<Limit, "most"> {
    most?: number | ((toTell: ToTell) => number)
    of: (nodes: NodeDay[]) => number | undefined
}

export const CODE: Limit = { measure: "code", unit: "B", most: BUDGET.codeBytes }
export const IMAGE: Limit = { measure: "image", unit: "B", most: BUDGET.imageBytes }

/** Nodes are by heap: 64 kB, 40 kB. */
const DAY_LIMITS: DayLimit[] = [
    {
        // design.md, chapter 8. A collection comes when a quarter of the heap was allocated: a third of it is garbage at most.
        measure: `heap of ${HEAP_BYTES / 1024} kB, with garbage`,
        unit: "B",
        most: 48 * 1024,
        of: ([large]) => large.heapBytes,
    },
    {
        // design.md, chapter 8, for an ESP32-S2. It collects when it is full, so what counts is what cannot be collected.
        measure: `heap of ${SMALL_HEAP_BYTES / 1024} kB, alive`,
        unit: "B",
        most: 32 * 1024,
        of: ([, small]) => small.aliveBytes,
    },
    {
        // A month of it is less than what is free on an ESP32-S2.
        measure: "heap growth a day",
        unit: "B",
        most: 256,
        of: nodes => worst(nodes.map(node => node.growthBytesADay)),
    },
    {
        // Of 60 B each, and 100 to 300 for what they are in the middle of.
        measure: "fibers",
        unit: "",
        most: 8,
        of: nodes => worst(nodes.map(node => node.fibers)),
    },
    {
        // A quarter: beyond all of it the VM ends the program, and a stretch may grow with what comes from outside.
        measure: "steps between awaits",
        unit: "",
        most: MAX_STEPS / 4,
        of: nodes => worst(nodes.map(node => node.stretchSteps)),
    },
    {
        measure: "panics",
        unit: "",
        most: 0,
        of: nodes => nodes.reduce((panics, node) => panics + node.panics, 0),
    },
    {
        // Each is a moment in which a power cut costs the store (DESIGN, alarms in flash).
        measure: "flash writes a day",
        unit: "",
        most: ({ changesADay }) => OTHER_FLASH_WRITES_A_DAY + ALARMS_A_CHANGE * changesADay,
        of: nodes => worst(nodes.map(node => node.flashWritesADay)),
    },
    {
        // As long as what it watches: a building's controls are written off in 15 to 20 years.
        measure: "flash lasts",
        unit: "years",
        least: 20,
        of: nodes => Math.min(...nodes.map(node => node.flashYears)),
    },
    {
        measure: "packets a day",
        unit: "",
        most: toTell => 2 * (reportsADay(toTell) + PINGS_A_DAY + OTHER_PACKETS_A_DAY),
        of: nodes => worst(nodes.map(node => node.packetsADay)),
    },
    {
        measure: "bytes a day",
        unit: "B",
        most: toTell =>
            reportsADay(toTell) * (reportBytes(toTell) + PUBACK_BYTES) +
            PINGS_A_DAY * PING_BYTES +
            OTHER_BYTES_A_DAY,
        of: nodes => worst(nodes.map(node => node.bytesADay)),
    },
    {
        measure: "bytes a report",
        unit: "B",
        most: reportBytes,
        of: nodes => worst(nodes.map(node => node.bytesAReport)),
    },
]

/** What a day's figures are held against; what was too short to be measured is not in it. */
export function measuredIn(nodes: NodeDay[]): { limit: Limit; value: number }[] {
    const toTell = {
        changesADay: Math.max(...nodes.map(node => node.changesADay)),
        measurands: Math.max(...nodes.map(node => node.measurands)),
    }
    return DAY_LIMITS.flatMap(({ measure, unit, most, least, of }) => {
        const value = of(nodes)
        if (value === undefined) return []
        const mostNow = typeof most === "function" ? most(toTell) : most
        return [{ limit: { measure, unit, most: mostNow, least }, value }]
    })
}

function reportBytes({ measurands }: ToTell): number {
    return REPORT_BYTES + MEASURAND_BYTES * Math.max(0, measurands - BUDGETED_MEASURANDS)
}

function reportsADay({ changesADay }: ToTell): number {
    return REPORTS_A_DAY + ALARMS_A_CHANGE * changesADay
}

/** Undefined unless all are known. */
function worst(values: (number | undefined)[]): number | undefined {
    return values.includes(undefined) ? undefined : Math.max(...(values as number[]))
}
