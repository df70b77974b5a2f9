/** Streams made up from a seed: what is usual of many sorts, with events in known rows. */
import { RandomStream } from "../../sim/random"

export interface MadeStream {
    seed: string
    rows?: number
    channels?: number
    groups?: number
    /** The value about which it moves, and one standard deviation of its noise, in its unit. */
    level?: number
    noise?: number
    /** In standard deviations of the noise: half of a daily cycle of 288 rows; what a thousand rows drift. */
    dailyCycle?: number
    drift?: number
    /** Share of cells that are missing. */
    gaps?: number
    /** First row, rows and size in standard deviations; in the first channel of every group. */
    events?: { row: number; rows: number; size: number }[]
}

/** Columns group, c0, c1, ..., label. The label is text: "fine", or "leak" in events. */
export function streamCsv(made: MadeStream): string {
    const { seed, rows = 4000, channels = 1, groups = 1, level = 20, noise = 0.1 } = made
    const { dailyCycle = 0, drift = 0, gaps = 0, events = [] } = made
    const names = Array.from({ length: channels }, (_, i) => `c${i}`)
    const lines = [["group", ...names, "label"].join()]
    for (let group = 0; group < groups; ++group) {
        const random = new RandomStream(`streams/${seed}/${group}`)
        for (let row = 0; row < rows; ++row) {
            const event = events.find(e => row >= e.row && row < e.row + e.rows)
            const cells = names.map((_, channel) => {
                let deviations = random.normal()
                deviations += dailyCycle * Math.sin((2 * Math.PI * row) / 288 + channel)
                deviations += (drift * row) / 1000
                if (channel === 0) deviations += event?.size ?? 0
                const value = level + group * 10 * noise + noise * deviations
                return random.uniform() < gaps ? "" : Number(value.toPrecision(8)).toString()
            })
            lines.push([`g${group}`, ...cells, event === undefined ? "fine" : "leak"].join())
        }
    }
    return `${lines.join("\n")}\n`
}
