/** What the report of a detector is made of: plain data, filled in by whoever trained it. */
import type { Parameters } from "../detector/parameters"
import type { Event } from "../detector/streams"
import type { DetectorFigures, DetectorSummary } from "../detector/training"
import type { ReportInput } from "./facts"

export interface DetectorReportFacts {
    /** Of the verdict. */
    name: string
    /** What is usual, and what is not. */
    classes: string[]
    inputs: ReportInput[]
    parameters: Parameters
    choice: DetectorSummary["choice"]
    /** The column that told events; undefined where the stream alone decided. */
    label?: string
    /** What somebody wants to hear, where there is no label. */
    alarmsPer1000Rows: number
    training: JudgedRecording
    /** Rows that nothing was chosen by: the last of each group, or another recording. */
    holdout?: JudgedRecording
    /** In the order they are to be shown. */
    groups: ReportGroup[]
}

export interface JudgedRecording {
    /** File name. */
    recording: string
    groups: number
    figures: DetectorFigures
}

/** A stream; its rows are counted from 0 on within it. */
export interface ReportGroup {
    name: string
    recording: string
    /** Of each row its number in that file, whose header is row 1. */
    rowNumbers: ArrayLike<number>
    /** By input, in its unit as the board has it; NaN where missing. */
    channels: Float64Array[]
    /** The first row kept from the training; as many as there are rows where none is. */
    keptFrom: number
    /** Empty without labels. */
    events: Event[]
    /** Rising. */
    alarms: number[]
    /** Rising; as they are counted in the figures, so that none goes on from what was trained on into what was kept. */
    episodes: ReportEpisode[]
}

export interface ReportEpisode {
    /** Rows of the first and last alarm. */
    start: number
    end: number
    isKept: boolean
    /** Undefined without labels. */
    isOfEvent?: boolean
}
