/** A registrar in a process of its own, to be killed: its parent is the broker, the nodes and the clock. */
import { randomBytes } from "node:crypto"
import { Ledger } from "../../../fleet/ledger/ledger"
import type { Claim } from "../../../fleet/registrar/claim"
import type { Grant } from "../../../fleet/registrar/access"
import { Registrar } from "../../../fleet/registrar/registrar"

/** How fast time goes here: a node may prove itself with P-256 once in a second. */
const SPEED = 50
const TICK_MS = 20

export interface Begin {
    folder: string
    claims: Claim[]
    /** When the first of the processes began, by the system's clock. */
    startMs: number
}

export type ToRegistrar =
    { begin: Begin } | { heard: { topic: string; payload: Uint8Array } } | { granted: number }

export type FromRegistrar =
    | { ready: true }
    | { published: { topic: string; payload: Uint8Array } }
    /** To be answered with the number. */
    | { grant: readonly Grant[]; number: number }

const granting = new Map<number, () => void>()
let registrar: Registrar
let grants = 0

function tell(message: FromRegistrar): void {
    process.send?.(message)
}

async function begin({ folder, claims, startMs }: Begin): Promise<void> {
    registrar = await Registrar.open({
        folder,
        ledger: Ledger.open(folder),
        access: {
            grant: grant =>
                new Promise(resolve => {
                    granting.set(++grants, resolve)
                    tell({ grant, number: grants })
                }),
            withdraw: async () => {},
        },
        publish: (topic, payload) => tell({ published: { topic, payload } }),
        nowMs: () => startMs + (Date.now() - startMs) * SPEED,
        random: randomBytes,
        say: () => {},
    })
    await registrar.addClaims(claims)
    setInterval(() => void registrar.tick(), TICK_MS)
    tell({ ready: true })
}

process.on("message", (message: ToRegistrar) => {
    if ("begin" in message) void begin(message.begin)
    else if ("granted" in message) granting.get(message.granted)?.()
    else void registrar.hear(message.heard.topic, message.heard.payload)
})
