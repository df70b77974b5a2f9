/** What a node shows to somebody who stands in front of it. Types alone: a node without a display has no code of one. */

/** A node as it is now. */
export interface NodeState {
    app: string
    /** 16 hex digits. */
    id: string
    uptimeMs: number
    /** The model's answer to the last round; undefined before the first. */
    verdict: string | undefined
    isOnline: boolean
    measurands: string[]
    /** By measurand; NaN is a gap. */
    values: number[]
    /** When the last report was made; undefined before the first. */
    reportedMs: number | undefined
    /** Reports that no broker has acknowledged. */
    waiting: number
}

/** Called when a round has ended and when the link has come up, never while a call is still under way. */
export interface Display {
    show(state: NodeState): Promise<void>
}
