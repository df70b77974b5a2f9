/** Recordings made up from a seed, whose answers are known because a rule wrote them. */
import { RandomStream } from "../../sim/random"

export interface MadeRecording {
    columns: string[]
    rows: { values: (number | undefined)[]; label: string }[]
}

const NAMES = ["off", "idle", "running", "jammed"]

/**
 * 24 columns of which three count. Above 50 in x3 the machine is off or idle by x7; below, jammed where x11 is above 90, else
 * running: about 15, 35, 45 and 5 rows in a hundred.
 * @param gaps share of rows without x3 @param noise share of rows whose label is drawn
 */
export function machineRecording(
    rows: number,
    { seed = 1, gaps = 0, noise = 0 }: { seed?: number; gaps?: number; noise?: number } = {}
): MadeRecording {
    const random = new RandomStream(`machine/${seed}`)
    const columns = Array.from({ length: 24 }, (_, i) => `x${i}`)
    const made: MadeRecording = { columns, rows: [] }
    for (let row = 0; row < rows; ++row) {
        const values: (number | undefined)[] = columns.map(
            () => Math.round(random.uniform() * 10000) / 100
        )
        const [power, speed, torque] = [3, 7, 11].map(i => values[i] ?? 0)
        const state = power > 50 ? (speed > 30 ? 1 : 0) : torque > 90 ? 3 : 2
        // x4 is nearly the power, so that it can stand in for it.
        values[4] = Math.round((power + random.uniform() * 4 - 2) * 100) / 100
        if (random.uniform() < gaps) values[3] = undefined
        const told = random.uniform() < noise ? Math.floor(random.uniform() * 4) : state
        made.rows.push({ values, label: NAMES[told] })
    }
    return made
}

export function csvOf({ columns, rows }: MadeRecording): string {
    const lines = rows.map(({ values, label }) => [...values.map(v => v ?? ""), label].join(","))
    return [[...columns, "state"].join(","), ...lines, ""].join("\n")
}
