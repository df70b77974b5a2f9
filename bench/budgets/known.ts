/** What is over its budget and known to be: how far, and why. It may not become more; a budget is not raised for it. */

interface Known {
    app: string
    measure: string
    /** The worst that is known: no more, or for what is to be at least, no less. */
    worst: number
    why: string
}

const KNOWN: Known[] = []

/** Why it is over its budget; undefined when nobody knows, or it is worse than that. */
export function knownWhy(
    app: string,
    measure: string,
    value: number,
    atLeast: boolean
): string | undefined {
    const known = KNOWN.find(one => one.app === app && one.measure === measure)
    if (known === undefined) return undefined
    const isWorse = atLeast ? value < known.worst : value > known.worst
    return isWorse ? undefined : known.why
}
