/** What is over its budget and known to be: how far, and why. It may not become more; a budget is not raised for it. */

interface Known {
    app: string
    measure: string
    /** The worst that is known: no more, or for what is to be at least, no less. */
    worst: number
    why: string
}

const SIGNAL_HEAP =
    "windows of a signal leave too little for an outage and a second enrolment: not for an ESP32-S2"

/** Measured on 21 November 2026: machine over 6 hours, wear over 2 before reports waited as bytes. To be lowered with what comes next. */
const KNOWN: Known[] = [
    { app: "machine", measure: "heap of 64 kB, with garbage", worst: 50_748, why: SIGNAL_HEAP },
    { app: "machine", measure: "heap of 40 kB, alive", worst: 34_120, why: SIGNAL_HEAP },
    { app: "machine", measure: "panics", worst: 92, why: `on 40 kB; ${SIGNAL_HEAP}` },
    { app: "wear", measure: "heap of 64 kB, with garbage", worst: 59_248, why: SIGNAL_HEAP },
    { app: "wear", measure: "heap of 40 kB, alive", worst: 34_804, why: SIGNAL_HEAP },
    { app: "wear", measure: "panics", worst: 1702, why: `on 40 kB; ${SIGNAL_HEAP}` },
    {
        app: "machine",
        measure: "heap growth a day",
        worst: 312,
        why: "of 64 B in 5 hours; whether it goes on is not known yet",
    },
    {
        app: "machine",
        measure: "steps between awaits",
        worst: 55_473,
        why: "less than half of what ends a program; where it is spent is not known yet",
    },
    {
        app: "machine",
        measure: "flash writes a day",
        worst: 210,
        why: "its verdict flickers near a threshold, although it has to hold for 5 s",
    },
    {
        app: "wear",
        measure: "flash lasts",
        worst: 15,
        why: "whoever is in its world falls twenty times an hour, and each fall is kept in flash",
    },
]

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
