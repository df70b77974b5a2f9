/**
 * How many enrolments a second the registrar does by itself, without a broker, and where the time goes: `node --import tsx
 * bench/enrol/registrar-rate.ts`. Proofs are made beforehand; ledger and store are on this machine's disk, and flushed.
 */
import { randomBytes } from "node:crypto"
import { mkdtempSync, rmSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { Ledger } from "../../fleet/ledger/ledger"
import type { Access } from "../../fleet/registrar/access"
import { isSigned } from "../../fleet/registrar/proof"
import { Registrar } from "../../fleet/registrar/registrar"
import { openDatabase, type Database } from "../../fleet/registrar/store"
import { enrolDownTopic, enrolUpTopic } from "../../src/telemetry/contract/topics"
import { HostLms, HostP256, type HostIdentity } from "./host-identity"
import { HostNode } from "./host-node"

const NODES = 1000
/** As many as are switched on together. */
const AT_ONCE = 200

interface Rate {
    algorithm: string
    perSecond: number
    /** Of one enrolment; and of it: its signature (processor), the ledger, the store (which does not keep the processor). */
    cpuMs: number
    wallMs: number
    verifyMs: number
    ledgerMs: number
    storeMs: number
    ledgerFlushes: number
    storeFlushes: number
}

async function measured(algorithm: string, identityOf: () => HostIdentity): Promise<Rate> {
    const folder = mkdtempSync(join(tmpdir(), "motewise-rate-"))
    const ledger = Ledger.open(folder)
    const database = await openDatabase(folder)
    let ledgerMs = 0
    let ledgerFlushes = 0
    const append = ledger.append.bind(ledger)
    ledger.append = events => {
        const startMs = performance.now()
        const at = append(events)
        ledgerMs += performance.now() - startMs
        ledgerFlushes++
        return at
    }
    let storeMs = 0
    let storeFlushes = 0
    const timed: Database = {
        get: key => database.get(key),
        iterator: range => database.iterator(range),
        close: () => database.close(),
        batch: async (writes, options) => {
            const startMs = performance.now()
            await database.batch(writes, options)
            storeMs += performance.now() - startMs
            storeFlushes++
        },
    }
    const answers = new Map<string, Buffer>()
    const registrar = await Registrar.open({
        folder,
        ledger,
        access: noAccess,
        publish: (topic, payload) => answers.set(topic, payload),
        nowMs: Date.now,
        random: randomBytes,
        say: () => {},
        database: timed,
    })
    const claims = Array.from({ length: NODES }, (_, i) => ({
        id: (i + 1).toString(16).padStart(16, "0"),
        secret: randomBytes(32).toString("hex"),
    }))
    await registrar.addClaims(claims)
    const nodes = claims.map(claim => new HostNode(claim, identityOf(), randomBytes))
    const proofs: Buffer[] = []
    for (const node of nodes) {
        await registrar.hear(enrolUpTopic(node.id), node.hello())
        const step = node.hearEnrolment(answers.get(enrolDownTopic(node.id)) as Buffer)
        if (step === undefined || !("proof" in step)) throw new Error("no nonce")
        proofs.push(step.proof)
    }
    ledgerMs = storeMs = ledgerFlushes = storeFlushes = 0
    const startMs = performance.now()
    const startCpu = process.cpuUsage()
    for (let at = 0; at < NODES; at += AT_ONCE)
        await Promise.all(
            nodes
                .slice(at, at + AT_ONCE)
                .map(({ id }, i) => registrar.hear(enrolUpTopic(id), proofs[at + i]))
        )
    const wallMs = (performance.now() - startMs) / NODES
    const cpuMs = cpuMsSince(startCpu) / NODES
    if (ledger.size !== NODES) throw new Error(`${ledger.size} entries`)
    const [storeEach, ledgerEach] = [storeMs / NODES, ledgerMs / NODES]
    const flushes = { ledgerFlushes, storeFlushes }
    await registrar.close()
    ledger.close()
    rmSync(folder, { recursive: true })
    return {
        algorithm,
        perSecond: 1000 / wallMs,
        cpuMs,
        wallMs,
        verifyMs: verifyMsOf(identityOf()),
        ledgerMs: ledgerEach,
        storeMs: storeEach,
        ...flushes,
    }
}

/** Of the processor. */
function verifyMsOf(identity: HostIdentity): number {
    const message = Buffer.from("motewise")
    const [publicKey, signature] = [identity.publicKey(), identity.sign(message)]
    const start = process.cpuUsage()
    for (let i = 0; i < AT_ONCE; ++i)
        if (!isSigned(identity.algorithm, publicKey, message, signature))
            throw new Error("not genuine")
    return cpuMsSince(start) / AT_ONCE
}

function cpuMsSince(start: NodeJS.CpuUsage): number {
    const { user, system } = process.cpuUsage(start)
    return (user + system) / 1000
}

function rounded(rate: Rate): Rate {
    const pairs = Object.entries(rate).map(([name, value]) => [
        name,
        typeof value === "number" ? Math.round(value * 100) / 100 : value,
    ])
    return Object.fromEntries(pairs) as Rate
}

const noAccess: Access = { grant: async () => {}, withdraw: async () => {} }

// One tree for all of them: a key is of a node, and what it signed is kept for each.
const tree = await HostLms.make(randomBytes)
console.table([
    rounded(await measured("LMS, SHA-256/192, W=4, H=5", () => tree.copy())),
    rounded(await measured("P-256", () => new HostP256())),
])
