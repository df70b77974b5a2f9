/** A greenhouse whose every reading can be worked out by hand, and the example that stands by in it, or stays awake. */
import { compileSources } from "../../image/compile"
import { leaveOutFeatures } from "../../image/features"
import { leaveOutMeasurands } from "../../image/measurands"
import { sourcesOf } from "../../image/sources"
import { checkWiring } from "../../image/wiring-check"
import { Rehearsal, type RehearsalOptions } from "../../rehearsal/rehearsal"
import { PART_NAMES } from "../../sim/breadboard"
import { parseFaults } from "../../sim/faults"
import type { World } from "../../sim/worlds/world"

const ENTRY = "examples/standby.ts"
/** Where the example names the option: the line, and all that it brings with it. */
const OPTION = /^.*standByBetweenRounds.*\n/gm

export const HOUR_S = 3600
const ROUND_MS = 600_000
const HOUR_MS = HOUR_S * 1000

/** Warmer by 0.4 degrees every ten minutes of an hour, from 20.0; from 05:10 to 06:20 it is 35. */
export const greenhouse: World = {
    name: "greenhouse",
    rowMs: ROUND_MS,
    rows: undefined,
    conditionsAt: (_place, timeMs) => ({
        temperatureCelsius: isWarm(timeMs)
            ? 35
            : 20 + 0.4 * Math.floor((timeMs % HOUR_MS) / ROUND_MS),
        relativeHumidityPercent: 50,
    }),
    truthAt: (_place, row) => (isWarm(row * ROUND_MS) ? "warm" : "fine"),
}

function isWarm(timeMs: number): boolean {
    return timeMs >= 31 * ROUND_MS && timeMs < 38 * ROUND_MS
}

/** The example, or the same without its option. */
export async function imageOf(isStandingBy: boolean): Promise<Uint8Array> {
    const sources = sourcesOf([ENTRY])
    if (!isStandingBy) sources.set(ENTRY, (sources.get(ENTRY) ?? "").replace(OPTION, ""))
    leaveOutFeatures(sources)
    leaveOutMeasurands(sources)
    const { bytes } = await compileSources(ENTRY, sources)
    return bytes
}

export interface Heard {
    second: number
    boot: string
    sequence: number
    verdict: string | undefined
    /** As the far end has it after this report. */
    celsius: number | undefined
    faults: string
}

export interface Run extends Partial<RehearsalOptions> {
    isStandingBy?: boolean
    spec?: string
    hours: number
}

export async function run({ isStandingBy = true, spec = "", hours, ...options }: Run) {
    const heard: Heard[] = []
    const lines: string[] = []
    /** Rounds, from power-on, in which a broker was looked for in vain. */
    const failedRounds = new Set<number>()
    const rehearsal: Rehearsal = await Rehearsal.create({
        image: await imageOf(isStandingBy),
        seats: checkWiring(ENTRY).parts,
        nodes: 1,
        world: greenhouse,
        seed: 1,
        virtual: true,
        speed: 1,
        seconds: hours * HOUR_S,
        faults: parseFaults(spec, PART_NAMES),
        exact: false,
        print: (_id, line) => {
            lines.push(line)
            if (line.includes("mqtt: offline"))
                failedRounds.add(Math.floor((rehearsal.virtualSeconds() * 1000) / ROUND_MS))
        },
        onHeard: (_id, { boot, sequence, verdict }) => {
            const [{ reported, faults }] = rehearsal.rows()
            heard.push({
                second: Math.round(rehearsal.virtualSeconds()),
                boot,
                sequence,
                verdict,
                celsius: reported.get("temperatureCelsius"),
                faults: [...faults].join(),
            })
        },
        ...options,
    })
    await rehearsal.run()
    const end = {
        heard,
        lines,
        failedRounds,
        result: rehearsal.result(),
        counters: rehearsal.counters(),
        panics: rehearsal.panics(),
        broken: rehearsal.brokenPromises(),
        unaccounted: rehearsal.unaccounted(),
        duplicates: rehearsal.duplicates(),
        enrolled: rehearsal.enrolled(),
        isOnline: rehearsal.rows()[0].online,
    }
    await rehearsal.close()
    return end
}

/** The reports at which the verdict became another, with the hour. */
export function changesOf(heard: Heard[]): string[] {
    const changes: string[] = []
    let last: string | undefined
    for (const { second, verdict } of heard) {
        if (verdict === undefined || verdict === last) continue
        if (last !== undefined) changes.push(`${(second / HOUR_S).toFixed(1)} h ${verdict}`)
        last = verdict
    }
    return changes
}
