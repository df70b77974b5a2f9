/**
 * A detector from streams with labels: every candidate is run over them, and those are as good as any that hit the most events, then have
 * the fewest false episodes, then the least delay (within some rows of it). Of these the one in the middle is taken: the grid's good
 * places are worn away from their edges, round by round, and the last left is as far from failing as there is.
 *
 * Which kind is taken is judged by events it was not chosen by: the streams are cut midway between events into folds, the parameters of
 * a kind are chosen on the other folds and held against this one; equal kinds go to the simplest. One event alone leaves nothing to hold against, and is the judge itself.
 */
import type { ModelInput } from "../../src/inference/model"
import { labelledGrids } from "./candidates"
import { delayRows, alarmStarts, isOf } from "./judging"
import { alarmRows, type Kind, type Parameters } from "./parameters"
import type { Event, Stream } from "./streams"

export interface Outcome {
    events: number
    eventsHit: number
    falseEpisodes: number
    /** Undefined when none was hit. */
    maxDelayRows?: number
}

export interface LabelledChoice {
    parameters: Parameters
    by: "labels"
    folds: number
    /** By kind: on the folds it was not chosen by (with one fold: on that), and how many candidates are as good as the one taken. */
    kinds: { kind: Kind; unseen: Outcome; candidates: number; asGood: number }[]
}

/** What is cut from a stream for one event, or all of it without: rows from and before. */
interface Segment {
    stream: number
    fold: number
    from: number
    to: number
    event?: Event
}

const FOLDS_MAX = 5
/** Delays that differ by no more are alike: two rows, or a twentieth of the longest event. */
const DELAY_ROWS_ALIKE = 2
const DELAY_SHARE_ALIKE = 1 / 20
/** In events: what a false alarm costs in the standard profile of the Numenta Anomaly Benchmark (Lavin, Ahmad 2015). */
const FALSE_EPISODE_COST = 0.11
/** Steps of the threshold's ladder, whose ratio is the root of two: twice what no longer alarms falsely is enough. The next event may be smaller. */
const ABOVE_NOISE_STEPS_MAX = 2

export function chooseLabelled(
    streams: Stream[],
    inputs: ModelInput[],
    seed: number,
    progress: (share: number) => void
): LabelledChoice {
    const segments = segmentsOf(streams)
    const folds = segments.reduce((most, { fold }) => Math.max(most, fold), 0) + 1
    const alike = streams
        .flatMap(({ events }) => events)
        .reduce(
            (most, { start, end }) => Math.max(most, (end - start + 1) * DELAY_SHARE_ALIKE),
            DELAY_ROWS_ALIKE
        )
    const grids = labelledGrids(streams, inputs, seed)
    const tried = grids.map((grid, i) => {
        const outcomes = placesOf(grid.shape).map((place, j, all) => {
            progress((i + j / all.length) / grids.length)
            return outcomesIn(streams, segments, grid.at(place))
        })
        const choose = (chosenBy: (fold: number) => boolean) =>
            middleOfBest(
                grid.shape,
                outcomes.map(each => sumOf(each.filter((_, s) => chosenBy(segments[s].fold)))),
                alike
            )
        const whole = choose(() => true)
        const unseen = Array.from({ length: folds }, (_, fold) => {
            const { index } = folds === 1 ? whole : choose(other => other !== fold)
            return outcomes[index].filter((_, s) => segments[s].fold === fold)
        }).flat()
        return { grid, whole, unseen: sumOf(unseen) }
    })
    const best = tried.reduce((a, b) => (worth(b.unseen) > worth(a.unseen) ? b : a))
    return {
        parameters: best.grid.at(placesOf(best.grid.shape)[best.whole.index]),
        by: "labels",
        folds,
        kinds: tried.map(({ grid, whole, unseen }) => ({
            kind: grid.kind,
            unseen,
            candidates: grid.shape.reduce((product, length) => product * length, 1),
            asGood: whole.asGood,
        })),
    }
}

/** Events in the order of streams and rows make the folds; a stream without any goes to one in its turn. */
function segmentsOf(streams: Stream[]): Segment[] {
    const eventCount = streams.reduce((sum, { events }) => sum + events.length, 0)
    const folds = Math.min(FOLDS_MAX, eventCount)
    const segments: Segment[] = []
    let counted = 0
    streams.forEach(({ events, length }, stream) => {
        if (events.length === 0)
            segments.push({ stream, fold: stream % folds, from: 0, to: length })
        let from = 0
        events.forEach((event, i) => {
            const next = events.at(i + 1)
            const to = next === undefined ? length : (event.end + next.start + 1) >> 1
            const fold = Math.floor((counted++ * folds) / eventCount)
            segments.push({ stream, fold, from, to, event })
            from = to
        })
    })
    return segments
}

function outcomesIn(streams: Stream[], segments: Segment[], parameters: Parameters): Outcome[] {
    const alarms = streams.map(stream => alarmRows(parameters, stream))
    const starts = alarms.map(alarmStarts)
    return segments.map(({ stream, event, from, to }) => {
        const { events } = streams[stream]
        const delay = event && delayRows(event, alarms[stream])
        return {
            events: event === undefined ? 0 : 1,
            eventsHit: delay === undefined ? 0 : 1,
            maxDelayRows: delay,
            falseEpisodes: starts[stream].filter(
                row => row >= from && row < to && !events.some(each => isOf(each, row))
            ).length,
        }
    })
}

function sumOf(outcomes: Outcome[]): Outcome {
    const sum: Outcome = { events: 0, eventsHit: 0, falseEpisodes: 0 }
    for (const { events, eventsHit, falseEpisodes, maxDelayRows } of outcomes) {
        sum.events += events
        sum.eventsHit += eventsHit
        sum.falseEpisodes += falseEpisodes
        if (maxDelayRows !== undefined)
            sum.maxDelayRows = Math.max(sum.maxDelayRows ?? 0, maxDelayRows)
    }
    return sum
}

/** Of a kind on events it has not seen: not hits before all else, for who alarms all day hits everything. */
function worth({ eventsHit, falseEpisodes }: Outcome): number {
    return eventsHit - FALSE_EPISODE_COST * falseEpisodes
}

/** Below 0 when a is better. */
function compare(a: Outcome, b: Outcome, alike: number): number {
    if (a.eventsHit !== b.eventsHit) return b.eventsHit - a.eventsHit
    if (a.falseEpisodes !== b.falseEpisodes) return a.falseEpisodes - b.falseEpisodes
    const later = (a.maxDelayRows ?? 0) - (b.maxDelayRows ?? 0)
    return Math.abs(later) <= alike ? 0 : later
}

/** Of the places that are as good as the best, the one furthest inside them; among several the one nearest to their middle. */
export function middleOfBest(
    shape: number[],
    outcomes: Outcome[],
    alike: number
): { index: number; asGood: number } {
    // By exact delay: what is alike is alike to the best, not to one that is alike to it.
    const best = outcomes.reduce((a, b) => (compare(b, a, 0) < 0 ? b : a))
    const places = placesOf(shape)
    let left = places.map((_, i) => i).filter(i => compare(outcomes[i], best, alike) <= 0)
    const asGood = left.length
    for (;;) {
        const isLeft = new Set(left)
        const inner = left.filter(i => neighbours(shape, places[i]).every(n => isLeft.has(n)))
        if (inner.length === 0) break
        left = inner
    }
    const middle = shape.map(
        (_, axis) => left.reduce((sum, i) => sum + places[i][axis], 0) / left.length
    )
    const distance = (i: number) =>
        places[i].reduce((sum, at, axis) => sum + Math.abs(at - middle[axis]), 0)
    const index = left.reduce((a, b) => (distance(b) < distance(a) ? b : a))
    let lowest = index
    const isGood = (i: number) => compare(outcomes[i], best, alike) <= 0
    while (places[lowest].at(-1) !== 0 && isGood(lowest - 1)) --lowest
    return { index: Math.min(index, lowest + ABOVE_NOISE_STEPS_MAX), asGood }
}

/** Every place of a grid, its last axis fastest: at index i the one that `indexOf` gives i. */
function placesOf(shape: number[]): number[][] {
    let places: number[][] = [[]]
    for (const length of shape)
        places = places.flatMap(place => Array.from({ length }, (_, at) => [...place, at]))
    return places
}

/** Indices of the places a step away; -1 for one outside the grid, which nobody has tried. */
function neighbours(shape: number[], place: number[]): number[] {
    return place.flatMap((at, axis) =>
        [at - 1, at + 1].map(beside =>
            beside < 0 || beside >= shape[axis]
                ? -1
                : place.reduce((index, p, i) => index * shape[i] + (i === axis ? beside : p), 0)
        )
    )
}
