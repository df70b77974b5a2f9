/** What a detector's alarms are worth: events noticed, how late, and how often it was called for nothing. */
import type { Event, Stream } from "./streams"

/** Alarm rows of one group closer than this are one episode. */
export const MERGED_ROWS = 60
/** An alarm so many rows before an event is of the event: who labels is seldom the first to see it. */
export const BEFORE_ROWS = 12
/** And so many rows behind its start, for what follows from it; to its end when that is later. */
export const AFTER_ROWS = 240

/** From the first alarm of each to its last. @param alarms rows, rising */
export function episodesOf(alarms: number[]): Event[] {
    const episodes: Event[] = []
    for (const row of alarms) {
        const last = episodes.at(-1)
        if (last !== undefined && row - last.end <= MERGED_ROWS) last.end = row
        else episodes.push({ start: row, end: row })
    }
    return episodes
}

/** First rows of the episodes, and again every so often while one lasts: else the best way to few episodes were an alarm without end. */
export function alarmStarts(alarms: number[]): number[] {
    const starts: number[] = []
    let last = -Infinity
    for (const row of alarms) {
        if (row - last > MERGED_ROWS || row - (starts.at(-1) ?? row) > AFTER_ROWS) starts.push(row)
        last = row
    }
    return starts
}

export function isOf({ start, end }: Event, row: number): boolean {
    return row >= start - BEFORE_ROWS && row <= Math.max(start + AFTER_ROWS, end)
}

/** Rows from an event's start to its first alarm, 0 for one before it; undefined when it was missed. */
export function delayRows(event: Event, alarms: number[]): number | undefined {
    const first = alarms.find(row => isOf(event, row))
    return first === undefined ? undefined : Math.max(0, first - event.start)
}

export interface StreamFigures {
    events: number
    eventsHit: number
    /** Undefined when none was hit. */
    maxDelayRows?: number
    alarmEpisodes: number
    falseEpisodes: number
    /** Alarm rows that are rows of an event, and rows of events. */
    rightRows: number
    eventRows: number
}

/** @param alarms by stream, rows counted within it, rising */
export function figuresOf(streams: Pick<Stream, "events">[], alarms: number[][]): StreamFigures {
    const figures: StreamFigures = {
        events: 0,
        eventsHit: 0,
        alarmEpisodes: 0,
        falseEpisodes: 0,
        rightRows: 0,
        eventRows: 0,
    }
    streams.forEach(({ events }, i) => {
        for (const event of events) {
            figures.events++
            figures.eventRows += event.end - event.start + 1
            figures.rightRows += alarms[i].filter(
                row => row >= event.start && row <= event.end
            ).length
            const delay = delayRows(event, alarms[i])
            if (delay === undefined) continue
            figures.eventsHit++
            figures.maxDelayRows = Math.max(figures.maxDelayRows ?? 0, delay)
        }
        const episodes = episodesOf(alarms[i])
        figures.alarmEpisodes += episodes.length
        figures.falseEpisodes += episodes.filter(
            ({ start }) => !events.some(event => isOf(event, start))
        ).length
    })
    return figures
}
