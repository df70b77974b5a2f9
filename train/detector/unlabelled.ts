/**
 * A detector from a stream nobody labelled: what stands out by itself, within as many alarms as somebody wants to hear.
 *
 * First, EWMA z-scores of several time constants: over a ladder of thresholds the number of alarm episodes falls, and where it stays the
 * same over the longest stretch, a few things stand out from all the rest; the threshold goes into the middle of that stretch (on a
 * scale of ratios), as far from the noise as from the events, but no further above the noise than twice. Where no stretch is longer than a factor of two nothing stands out, and the
 * threshold is where the recording gives the stated number of alarms: of an EWMA z-score for a stream that is noise about a level,
 * of a fast against a slow mean for one that wanders, in which single values say little.
 */
import type { ModelInput } from "../../src/inference/model"
import { deviationFloors, ewmaParameters, fastSlowParameters, ladder } from "./candidates"
import { alarmStarts } from "./judging"
import { alarmRows, type Parameters } from "./parameters"
import { autocorrelation } from "./scale"
import type { Stream } from "./streams"

/** What is told of the choice. */
export interface UnlabelledChoice {
    parameters: Parameters
    /** "stands-out" or "budget". */
    by: "stands-out" | "budget"
    /** Thresholds over which the number of episodes stays, highest over lowest; 1 for none. */
    stretch: number
    /** Correlation of the stream with itself a fast time constant later, mean over the channels. */
    autocorrelation: number
    episodes: number
}

/** One in 2,500 rows: for readings every five minutes, one in nine days. */
export const ALARMS_PER_1000_ROWS = 0.4
const TIMES_ROWS = [8, 16, 32, 64, 128, 256]
/** Shares of the longest group: its mean is slow enough to keep out of an event, and settles twenty times over. */
const SLOW_SHARE = 1 / 20
const SLOW_ROWS_MIN = 40
const SLOW_PER_FAST = 20
/** Whatever the noise: below two deviations there is nothing but noise, and beyond 128 nothing more to tell. */
const THRESHOLDS = ladder(2, 128, 2 ** (1 / 8))
const STRETCH_MIN = 2.5
/** What stands out may come so many times as often as alarms are asked for: noise has no such stretch, however many there are. */
const STANDS_OUT_BUDGETS = 10
/** Not as far from the noise as from the events where these are huge: the next may be smaller, and twice the noise's worst is enough. */
const ABOVE_NOISE_MAX = 2
const WANDERS = 0.5
const BUDGET_THRESHOLDS = ladder(0.3, 128, 2 ** (1 / 16))

export function chooseUnlabelled(
    streams: Stream[],
    inputs: ModelInput[],
    alarmsPer1000Rows: number,
    progress: (share: number) => void
): UnlabelledChoice {
    const rows = streams.reduce((sum, { length }) => sum + length, 0)
    const longest = streams.reduce((most, { length }) => Math.max(most, length), 0)
    const budget = Math.max(1, Math.round((rows * alarmsPer1000Rows) / 1000))
    const slowRows = Math.max(SLOW_ROWS_MIN, Math.round(longest * SLOW_SHARE))
    const fastRows = slowRows / SLOW_PER_FAST
    const memory =
        inputs.reduce(
            (sum, _, i) =>
                sum +
                autocorrelation(
                    streams.map(({ channels }) => channels[i]),
                    Math.round(fastRows)
                ),
            0
        ) / inputs.length
    const times = TIMES_ROWS.filter(time => time <= longest / 8)
    let best: UnlabelledChoice | undefined
    times.forEach((time, i) => {
        progress(i / (times.length + 1))
        const floors = deviationFloors(streams, inputs, 1 / time)
        const at = (threshold: number) => ewmaParameters(1 / time, threshold, floors)
        const { from, to, episodes } = longestStretch(streams, at, budget * STANDS_OUT_BUDGETS)
        const stretch = THRESHOLDS[to] / THRESHOLDS[from]
        if (stretch < STRETCH_MIN || stretch <= (best?.stretch ?? 1)) return
        const threshold = Number(
            (THRESHOLDS[from] * Math.min(Math.sqrt(stretch), ABOVE_NOISE_MAX)).toPrecision(4)
        )
        const parameters = at(threshold)
        best = { parameters, by: "stands-out", stretch, autocorrelation: memory, episodes }
    })
    if (best !== undefined) return best
    const floorRows = memory > WANDERS ? slowRows : Math.min(64, slowRows)
    const floors = deviationFloors(streams, inputs, 1 / floorRows)
    const at = (threshold: number) =>
        memory > WANDERS
            ? fastSlowParameters(fastRows, slowRows, threshold, floors)
            : ewmaParameters(1 / floorRows, threshold, floors)
    const { parameters, episodes } = withinBudget(streams, at, budget)
    return { parameters, by: "budget", stretch: 1, autocorrelation: memory, episodes }
}

export function episodesIn(streams: Stream[], parameters: Parameters): number {
    return streams.reduce(
        (sum, stream) => sum + alarmStarts(alarmRows(parameters, stream)).length,
        0
    )
}

/** Indices of thresholds between which there are as many episodes, one at least and no more than the budget. */
function longestStretch(
    streams: Stream[],
    at: (threshold: number) => Parameters,
    budget: number
): { from: number; to: number; episodes: number } {
    let best = { from: 0, to: 0, episodes: 0 }
    let from = 0
    let episodes = -1
    for (let i = 0; i < THRESHOLDS.length; ++i) {
        const now = episodesIn(streams, at(THRESHOLDS[i]))
        if (now !== episodes) {
            from = i
            episodes = now
        }
        if (episodes >= 1 && episodes <= budget && i - from > best.to - best.from)
            best = { from, to: i, episodes }
        if (episodes === 0) break
    }
    return best
}

/** The lowest threshold from which on up there are no more episodes than wanted. */
function withinBudget(
    streams: Stream[],
    at: (threshold: number) => Parameters,
    budget: number
): { parameters: Parameters; episodes: number } {
    let parameters = at(BUDGET_THRESHOLDS[BUDGET_THRESHOLDS.length - 1])
    let episodes = 0
    for (let i = BUDGET_THRESHOLDS.length - 1; i >= 0; --i) {
        const lower = at(BUDGET_THRESHOLDS[i])
        const now = episodesIn(streams, lower)
        if (now > budget) break
        parameters = lower
        episodes = now
    }
    return { parameters, episodes }
}
