import type { Span } from "../src/power/energy"

/** What a rehearsal comes to, in figures: what `motewise sim --json` prints. Counts are over all nodes. */
export interface Result {
    nodes: number
    /** Virtual seconds. */
    seconds: number
    virtual: boolean
    seed: number
    /** Rows of the world that the far end has heard the nodes on. */
    rows: number
    /** Sampling rounds that the nodes have reported. */
    samples: number
    /** Readings that did not come, as the nodes reported them. */
    gaps: number
    /** Rows with a verdict, "unknown" not counted. */
    verdicts: number
    /** Rows whose truth the world knows. */
    labelled: number
    /** Of these, the rows whose verdict was the truth. */
    correct: number
    /** correct / labelled, 4 digits; null while nothing is labelled. */
    accuracy: number | null
    /** Reports that left a node, without what was sent again. */
    published: number
    /** Of these, the ones whose acknowledgement reached the node. */
    acknowledged: number
    /** MQTT bytes of all connections, both ways. */
    bytesOnWire: number
    /** Reports whose sequence number was passed over at the far end. */
    lost: number
    wallMs: number
}

/** One node as it stands: a row of the live table. */
export interface NodeRow {
    id: string
    online: boolean
    /** In the contract's measurands, as last reported. */
    reported: Map<string, number>
    faults: Map<string, string>
    verdict: string | undefined
    truth: string | undefined
    accuracy: number | undefined
    published: number
    acknowledged: number
    bytes: number
    /** By boot, what the node has said that it used. */
    used: Span[]
    panics: number
}

/** What befell the nodes of a run, over all of them. */
export interface Counters {
    boots: number
    powerCuts: number
    /** Stores that the runtime could not mount and formatted, until the node was provisioned again. */
    storeFormatted: number
    /** Saves of the flash. */
    flashWrites: number
    panics: number
    /** How often each kind of fault struck: connections, bytes, saves, transactions, as the kind has it. */
    struck: Record<string, number>
}
