/**
 * Where the ledger's root is anchored: a place that this machine cannot rewrite.
 *
 * It adds one thing to the log: a root that stands there cannot be taken back, so that a log which was rewritten later, by whoever holds
 * the fleet's key and this disk, contradicts it. It does not say that what was entered is true, and a chain that runs beside the log, on
 * the same machine, can be rewritten with it.
 */
export interface Anchor {
    /** Entries. */
    size: number
    root: Buffer
}

export interface Chain {
    /** For a person: where it is. */
    readonly name: string
    /** The newest anchor; undefined before the first. @throws ChainError */
    latest(): Promise<Anchor | undefined>
    /** Puts one there that is larger, and waits until it stands. @throws ChainError */
    anchor(anchor: Anchor): Promise<void>
    /** All that it knows of, oldest first. @throws ChainError */
    anchors(): Promise<Anchor[]>
    close(): Promise<void>
}

/** It does not answer, or says no. Never names a key or a URL's path. */
export class ChainError extends Error {}
