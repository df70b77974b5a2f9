/**
 * What was refused, by name: of all, and of each node that is known. What names a node that nobody knows counts among all only, so that
 * nobody can fill the memory with names.
 */
import type { Refusal } from "./access"

export const REFUSALS = [
    "forgedSignature",
    "replayedProof",
    "staleNonce",
    "wrongClaim",
    "wrongCredential",
    "repeatedIndex",
    "unknownAlgorithm",
    "expiredCredential",
    "oversized",
    "malformed",
    "foreignTopic",
    "unknownNode",
    "secondDevice",
    "revoked",
    "forgedReport",
] as const

export type RefusalName = (typeof REFUSALS)[number]
export type Counts = Record<RefusalName, number>

/** What a person must look at: there are two of what there should be one. */
const FLAGS: readonly RefusalName[] = ["secondDevice", "repeatedIndex"]

/** Of one node. */
export interface NodeRefusals {
    counts: Partial<Counts>
    /** The last of each flag: when, and what was seen. */
    flags: Partial<Record<RefusalName, { timeMs: number; detail: string }>>
}

export function noCounts(): Counts {
    return Object.fromEntries(REFUSALS.map(name => [name, 0])) as Counts
}

/** What a broker's refusal counts as. @param isClaim of a claim's session */
export function nameOfRefusal(refusal: Refusal, isClaim: boolean): RefusalName {
    switch (refusal) {
        case "unknownUser":
            return "unknownNode"
        case "wrongPassword":
            return isClaim ? "wrongClaim" : "wrongCredential"
        case "expiredCredential":
        case "foreignTopic":
        case "oversized":
            return refusal
    }
}

export class Refusals {
    /** Of nodes, since `take`. */
    private fresh = new Map<string, NodeRefusals>()
    hasNews = false

    constructor(readonly all: Counts) {}

    /** @param id of a node that is known; undefined for any other */
    count(id: string | undefined, name: RefusalName, timeMs: number, detail = ""): void {
        this.all[name]++
        this.hasNews = true
        if (id === undefined) return
        const node = this.fresh.get(id) ?? { counts: {}, flags: {} }
        node.counts[name] = (node.counts[name] ?? 0) + 1
        if (FLAGS.includes(name)) node.flags[name] = { timeMs, detail }
        this.fresh.set(id, node)
    }

    /** What was counted since it was last taken, to be kept elsewhere. */
    take(): Map<string, NodeRefusals> {
        const taken = this.fresh
        this.fresh = new Map()
        this.hasNews = false
        return taken
    }

    /** Not yet taken. */
    of(id: string): NodeRefusals | undefined {
        return this.fresh.get(id)
    }
}

export function sum(
    before: NodeRefusals | undefined,
    more: NodeRefusals | undefined
): NodeRefusals {
    const counts = { ...before?.counts }
    for (const name of REFUSALS) {
        const count = (counts[name] ?? 0) + (more?.counts[name] ?? 0)
        if (count > 0) counts[name] = count
    }
    return { counts, flags: { ...before?.flags, ...more?.flags } }
}
