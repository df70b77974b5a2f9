/** The streams that a detector was trained on or judged by, as a report shows them. */
import { episodesOf, isOf } from "../detector/judging"
import { partOf, type Stream } from "../detector/streams"
import type { ReportGroup } from "./detector-facts"

export interface JudgedStream {
    stream: Stream
    /** Rows of the recording's table. */
    rows: Int32Array
    /** Rows of the stream, rising. */
    alarms: number[]
    /** The first row kept from the training. */
    keptFrom: number
}

/** Trained and kept rows are judged apart, as in the figures. */
export function reportGroupOf(
    { stream, rows, alarms, keptFrom }: JudgedStream,
    recording: string,
    isLabelled: boolean
): ReportGroup {
    const { name, channels, length } = stream
    const parts = [
        { from: 0, to: keptFrom },
        { from: keptFrom, to: length },
    ].map(({ from, to }) => {
        const { events } = partOf(stream, from, to)
        const own = alarms.filter(row => row >= from && row < to).map(row => row - from)
        return {
            events: events.map(({ start, end }) => ({ start: start + from, end: end + from })),
            episodes: episodesOf(own).map(({ start, end }) => ({
                start: start + from,
                end: end + from,
                isKept: from === keptFrom,
                isOfEvent: isLabelled ? events.some(event => isOf(event, start)) : undefined,
            })),
        }
    })
    return {
        name,
        recording,
        rowNumbers: rows.map(row => row + 2),
        channels,
        keptFrom,
        events: parts.flatMap(({ events }) => events),
        alarms,
        episodes: parts.flatMap(({ episodes }) => episodes),
    }
}
