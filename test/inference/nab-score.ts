/**
 * The score of the Numenta Anomaly Benchmark for one recording, standard profile, as its paper (Lavin, Ahmad 2015) and its sweeper define
 * it: a window's first alarm counts from 1 at its start to 0 at its end, a false alarm costs up to 0.11, and less shortly after a
 * window; a missed window costs 1. Not scaled over recordings: as many as there are windows is perfect, and silence is minus that. Host only.
 */
const FALSE_ALARM_WEIGHT = 0.11
const MISSED_WEIGHT = 1
/** Rows at the beginning that are not scored: 15 % of the recording, at most of 5,000 rows. */
const PROBATION_SHARE = 0.15
const PROBATION_OF_ROWS_MAX = 5000

export interface NabScore {
    windowsHit: number
    falseAlarms: number
    score: number
}

/** @param alarms rows, rising @param windows first and last row of each, rising */
export function nabScore(rows: number, alarms: number[], windows: [number, number][]): NabScore {
    const probation = Math.floor(PROBATION_SHARE * Math.min(rows, PROBATION_OF_ROWS_MAX))
    const hit = new Set<number>()
    let falseAlarms = 0
    let score = 0
    for (const row of alarms) {
        if (row < probation) continue
        const inside = windows.findIndex(([from, to]) => row >= from && row <= to)
        if (inside >= 0) {
            if (hit.has(inside)) continue
            hit.add(inside)
            const [from, to] = windows[inside]
            score += sigmoid(-(to - row + 1) / (to - from + 1)) / sigmoid(-1)
            continue
        }
        falseAlarms++
        const before = windows.filter(([, to]) => to < row).at(-1)
        if (before === undefined) score -= FALSE_ALARM_WEIGHT
        else {
            const [from, to] = before
            score += FALSE_ALARM_WEIGHT * sigmoid((row - to) / (to - from))
        }
    }
    score -= MISSED_WEIGHT * (windows.length - hit.size)
    return { windowsHit: hit.size, falseAlarms, score }
}

/** Of where an alarm is: -1 the window's first row, 0 its end, then behind it in its widths. */
function sigmoid(position: number): number {
    return position > 3 ? -1 : 2 / (1 + Math.exp(5 * position)) - 1
}
