/**
 * A fleet is switched on while its far end is killed, again and again, at random moments: broker, registrar and ledger are one process,
 * and it is `kill -9`. Real time, real sockets, the disk; the nodes' time goes faster, so that their waits before a reconnect do not take
 * all day. Afterwards the ledger and the registrar's store are asked what became of every node.
 */
import { randomBytes } from "node:crypto"
import { once } from "node:events"
import { spawn, type ChildProcess } from "node:child_process"
import { mkdtempSync, readFileSync, rmSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { createInterface } from "node:readline"
import { setTimeout as sleep } from "node:timers/promises"
import { addToManifest, newClaims } from "../../fleet/claims"
import { initFolder, manifestPath, publicKeyPath } from "../../fleet/folder"
import { verifyHss } from "../../fleet/keys/hss-verify"
import { FolderDisk } from "../../fleet/ledger/disk"
import { readEntry, type Entry } from "../../fleet/ledger/entry"
import { Ledger } from "../../fleet/ledger/ledger"
import { openSnapshot } from "../../fleet/ledger/snapshot"
import { verifyLedger } from "../../fleet/ledger/verify"
import { Registrar, type NodeStatus } from "../../fleet/registrar/registrar"
import { compile } from "../../image/compile"
import { inProject } from "../../image/project"
import { freePort } from "../../machine/free-port"
import { Rehearsal } from "../../rehearsal/rehearsal"
import { RandomStream } from "../../sim/random"
import { RoomWorld } from "../../sim/worlds/room"

const PROGRAM = "src/main.ts"
/** A node waits up to 5 min of its time before it tries again. */
const SPEED = 10
/** From when nodes are let in to the kill. */
const ALIVE_MS_MAX = 2000
/** After the last kill: twice the longest wait, in the nodes' time, and the keys of those that have none yet. */
const PATIENCE_MS = 180_000
const LOOK_MS = 500

export interface KillsResult {
    nodes: number
    kills: number
    /** Reported under their own keys in the end. */
    enrolled: number
    /** Nodes with more than one enrolment in the ledger. */
    duplicateEntries: number
    /** Nodes that hold a credential, or were heard with one, whose key is not in the ledger. */
    missingEntries: number
    ledgerEntries: number
    isLedgerRight: boolean
    /** Had reported when the last kill came. */
    enrolledAtLastKill: number
    panics: number
    wallMs: number
}

export interface KillsOptions {
    nodes: number
    kills: number
    seed: number
    tell: (share: number) => void
}

export async function killWhileEnrolling(options: KillsOptions): Promise<KillsResult> {
    const folder = mkdtempSync(join(tmpdir(), "motewise-kills-"))
    try {
        return await killIn(folder, options)
    } finally {
        rmSync(folder, { recursive: true, force: true })
    }
}

async function killIn(
    folder: string,
    { nodes, kills, seed, tell }: KillsOptions
): Promise<KillsResult> {
    const startMs = performance.now()
    const { bytes, parts } = await compile(PROGRAM)
    await initFolder(folder, randomBytes, {})
    const claims = newClaims(nodes, randomBytes, () => false)
    addToManifest(manifestPath(folder), claims)
    const port = await freePort()
    let farEnd = await started(folder, port)
    const rehearsal = await Rehearsal.create({
        image: bytes,
        seats: parts,
        nodes,
        world: new RoomWorld(seed, nodes),
        seed,
        virtual: false,
        speed: SPEED,
        brokerUrl: `mqtt://127.0.0.1:${port}`,
        enrol: claims,
        faults: [],
        exact: false,
        print: () => {},
    })
    const running = rehearsal.run()
    const random = new RandomStream(`${seed}/kills`)
    for (let kill = 0; kill < kills; ++kill) {
        await sleep(random.integer(ALIVE_MS_MAX))
        farEnd.kill("SIGKILL")
        await once(farEnd, "exit")
        farEnd = await started(folder, port)
        tell((kill + 1) / (kills + 1))
    }
    const before = acknowledged(rehearsal)
    const enrolledAtLastKill = before.filter(reports => reports > 0).length
    const isSilent = () =>
        acknowledged(rehearsal).some((reports, place) => reports <= before[place])
    for (let waitedMs = 0; waitedMs < PATIENCE_MS && isSilent(); waitedMs += LOOK_MS)
        await sleep(LOOK_MS)
    rehearsal.stop()
    await running
    const panics = rehearsal.counters().panics
    await rehearsal.close()
    farEnd.kill("SIGTERM")
    await once(farEnd, "exit")
    tell(1)
    return {
        nodes,
        kills,
        ...(await whatBecameOf(folder)),
        enrolledAtLastKill,
        panics,
        wallMs: Math.round(performance.now() - startMs),
    }
}

/** Reports of each node that the broker acknowledged: to publish one, it had to have its credential. */
function acknowledged(rehearsal: Rehearsal): number[] {
    return rehearsal.rows().map(row => row.acknowledged)
}

async function started(folder: string, port: number): Promise<ChildProcess> {
    const program = inProject("bench/enrol/fleet-process.ts")
    const child = spawn(process.execPath, ["--import", "tsx", program, folder, String(port)], {
        cwd: inProject("."),
        stdio: ["ignore", "pipe", "inherit"],
    })
    for await (const line of createInterface({ input: child.stdout }))
        if (line === "up") return child
    throw new Error("the far end did not start")
}

/** From the files alone, as who comes later finds them. */
async function whatBecameOf(
    folder: string
): Promise<
    Pick<
        KillsResult,
        "enrolled" | "duplicateEntries" | "missingEntries" | "ledgerEntries" | "isLedgerRight"
    >
> {
    const disk = new FolderDisk(join(folder, "ledger"))
    const publicKey = readFileSync(publicKeyPath(folder))
    const { isRight } = verifyLedger(disk, { publicKey, verifySignature: verifyHss })
    const { tree } = openSnapshot(disk)
    const entries = Array.from({ length: tree.size }, (_, at) => readEntry(tree.entry(at)))
    const enrolments = entries.filter(({ kind }) => kind === "enrolment")
    const ids = new Set(enrolments.map(({ node }) => node))
    const ledger = Ledger.open(folder)
    const registrar = await Registrar.open({
        folder,
        ledger,
        access: { grant: async () => {}, withdraw: async () => {} },
        publish: () => {},
        nowMs: Date.now,
        random: randomBytes,
        say: () => {},
    })
    const statuses: NodeStatus[] = []
    for await (const status of registrar.nodes()) statuses.push(status)
    await registrar.close()
    ledger.close()
    return {
        enrolled: statuses.filter(({ isHeard }) => isHeard).length,
        duplicateEntries: enrolments.length - ids.size,
        missingEntries: statuses.filter(
            status => hasCredential(status) && !isIn(enrolments, status)
        ).length,
        ledgerEntries: tree.size,
        isLedgerRight: isRight,
    }
}

function hasCredential({ expiresMs }: NodeStatus): boolean {
    return expiresMs !== undefined
}

function isIn(enrolments: Entry[], { id, publicKey }: NodeStatus): boolean {
    return enrolments.some(
        entry =>
            entry.kind === "enrolment" &&
            entry.node === id &&
            publicKey !== undefined &&
            entry.publicKey.equals(publicKey)
    )
}
