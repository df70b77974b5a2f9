/**
 * What a key was seen to sign: a one-time key (LMS) signs one message, and whoever sees it sign two has met a copy.
 *
 * Told by what was signed, not by the signature: one message may have several good signatures.
 */

export interface KeyUses {
    /** Seconds since 1970 of the registrar's nonce in the last proof that was taken. */
    seconds: number
    /** The last ones, at most USES_MAX, of an LMS key. */
    indexes: { index: number; digest: Buffer }[]
}

/** All of a node's own key, for that has 32. */
const USES_MAX = 32

export const UNUSED: KeyUses = { seconds: 0, indexes: [] }

/**
 * `next`: above all that were seen. `late`: below one that was, and never seen itself. `same`: it signed this before. `other`: it signed
 * something else before.
 */
export type Use = "next" | "late" | "same" | "other"

/** @param digest of what was signed */
export function useOf({ indexes }: KeyUses, index: number, digest: Buffer): Use {
    const before = indexes.find(use => use.index === index)
    if (before !== undefined) return before.digest.equals(digest) ? "same" : "other"
    return indexes.every(use => use.index < index) ? "next" : "late"
}

export function withUse({ seconds, indexes }: KeyUses, index: number, digest: Buffer): KeyUses {
    const sorted = [...indexes, { index, digest }].sort((a, b) => a.index - b.index)
    return { seconds, indexes: sorted.slice(-USES_MAX) }
}
