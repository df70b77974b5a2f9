/** What can go wrong in a simulation, by name: what each fault is, and the keys it takes. */

export type FaultKey = "node" | "part" | "p" | "from" | "for" | "every" | "until" | "by" | "code"

export interface FaultFacts {
    room: "bus" | "network" | "broker" | "flash" | "power"
    what: string
    keys: readonly FaultKey[]
    /** `by` when it is not given. */
    byMs?: number
    /** Strikes at its times, rather than lasting: it needs `from` or `every`. */
    momentary?: { forMs: number }
}

const TIMES = ["from", "for", "every", "until"] as const
const LASTING = ["node", "p", ...TIMES] as const
const BUS = ["part", ...LASTING] as const

export const FAULT_KINDS = {
    nack: { room: "bus", what: "a transaction is not acknowledged", keys: BUS },
    absent: { room: "bus", what: "the part is not there", keys: BUS },
    crc: { room: "bus", what: "one bit of an answer is flipped", keys: BUS },
    stuck: { room: "bus", what: "the part repeats its last answer", keys: BUS },
    slow: {
        room: "bus",
        what: "the part has its answer `by` later than its datasheet says",
        keys: [...BUS, "by"],
        byMs: 50,
    },
    refuse: { room: "network", what: "a connection is refused", keys: LASTING },
    drop: {
        room: "network",
        what: "the connection is reset; bytes on the way are lost",
        keys: LASTING,
        momentary: { forMs: 0 },
    },
    halfOpen: {
        room: "network",
        what: "the connection stays open, nothing passes, nobody is told",
        keys: LASTING,
    },
    delay: {
        room: "network",
        what: "bytes are `by` late, both ways",
        keys: [...LASTING, "by"],
        byMs: 1000,
    },
    trickle: {
        room: "network",
        what: "what comes in comes byte by byte, `by` apart",
        keys: [...LASTING, "by"],
        byMs: 1,
    },
    corrupt: { room: "network", what: "one bit of what comes in is flipped", keys: LASTING },
    kick: {
        room: "network",
        what: "the broker closes a good connection",
        keys: LASTING,
        momentary: { forMs: 0 },
    },
    connackRefuse: {
        room: "network",
        what: "the session is refused with CONNACK `code`",
        keys: [...LASTING, "code"],
    },
    dnsFail: {
        room: "network",
        what: "the host's name is not found, which takes `by`",
        keys: [...LASTING, "by"],
        byMs: 5000,
    },
    brokerKill: {
        room: "broker",
        what: "the broker's process dies, and is back after `for`",
        keys: ["p", ...TIMES],
        momentary: { forMs: 5000 },
    },
    cutBefore: {
        room: "flash",
        what: "power fails just before a save, for `by`",
        keys: [...LASTING, "by"],
        byMs: 2000,
    },
    cutDuring: {
        room: "flash",
        what: "power fails in the middle of a save, for `by`",
        keys: [...LASTING, "by"],
        byMs: 2000,
    },
    cutAfter: {
        room: "flash",
        what: "power fails just after a save, for `by`",
        keys: [...LASTING, "by"],
        byMs: 2000,
    },
    full: {
        room: "flash",
        what: "a node that boots finds no space left in its store",
        keys: ["node", ...TIMES],
    },
    worn: { room: "flash", what: "a save does not take: the old image stays", keys: LASTING },
    clockSkew: {
        room: "power",
        what: "the node's clock is fast by `by`, e.g. 200ppm or -50ppm",
        keys: ["node", ...TIMES, "by"],
    },
    brownOut: {
        room: "power",
        what: "power fails, for `by`",
        keys: ["node", "p", "from", "every", "until", "by"],
        byMs: 2000,
        momentary: { forMs: 0 },
    },
} as const satisfies Record<string, FaultFacts>

export type FaultKind = keyof typeof FAULT_KINDS

export const FAULT_NAMES = Object.keys(FAULT_KINDS) as FaultKind[]

export function factsOf(kind: FaultKind): FaultFacts {
    return FAULT_KINDS[kind]
}
