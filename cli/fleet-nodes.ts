/** `motewise fleet nodes`, `node`, `revoke`: asked of the process that runs the fleet, or of its folder when none does. */
import { randomBytes } from "node:crypto"
import Table from "cli-table3"
import { Manifest } from "../fleet/claims"
import { Control, plainNode, type PlainNode } from "../fleet/control"
import { manifestPath, refuseNoFleet } from "../fleet/folder"
import { NODE_ID } from "../fleet/ledger/entry"
import { Ledger } from "../fleet/ledger/ledger"
import type { Access } from "../fleet/registrar/access"
import { Registrar } from "../fleet/registrar/registrar"
import { UsageError } from "../image/project"

interface Options {
    dir: string
    json: boolean
}

/** What these verbs ask for. */
interface Source {
    /** Whether a process runs the fleet: else nobody is online. */
    isRunning: boolean
    nodes(): AsyncIterable<PlainNode>
    node(id: string): Promise<PlainNode | undefined>
    revoke(id: string, reason: string): Promise<boolean | undefined>
    close(): Promise<void>
}

export async function nodes({ dir, json }: Options): Promise<void> {
    await withSource(dir, async source => {
        const all: PlainNode[] = []
        for await (const node of source.nodes()) all.push(node)
        if (json) console.log(JSON.stringify({ isRunning: source.isRunning, nodes: all }))
        else printNodes(all, source.isRunning)
    })
}

export async function node(given: string, { dir, json }: Options): Promise<void> {
    const id = idOf(given)
    await withSource(dir, async source => {
        const known = await source.node(id)
        if (known === undefined) throw unknownNode(id, dir)
        if (json) console.log(JSON.stringify({ isRunning: source.isRunning, ...known }))
        else printNode(known, source.isRunning)
    })
}

export async function revoke(
    given: string,
    { dir, json, reason }: Options & { reason: string }
): Promise<void> {
    const id = idOf(given)
    await withSource(dir, async source => {
        const isNews = await source.revoke(id, reason)
        if (isNews === undefined) throw unknownNode(id, dir)
        if (json) console.log(JSON.stringify({ id, isNews }))
        else
            console.log(
                isNews ? `Node ${id} is shut out, and stays so.` : `Node ${id} was revoked already.`
            )
    })
}

function idOf(given: string): string {
    const id = given.toLowerCase()
    if (!NODE_ID.test(id)) throw new UsageError(`"${given}" is not a node id: 16 hex digits`)
    return id
}

function unknownNode(id: string, dir: string): UsageError {
    return new UsageError(`Node ${id} is not known in ${dir}: motewise fleet nodes lists all.`)
}

async function withSource(dir: string, act: (source: Source) => Promise<void>): Promise<void> {
    refuseNoFleet(dir)
    const control = await Control.find(dir)
    const source = control === undefined ? await openFolder(dir) : running(control)
    try {
        await act(source)
    } finally {
        await source.close()
    }
}

function running(control: Control): Source {
    return {
        isRunning: true,
        nodes: () => control.nodes(),
        node: id => control.node(id),
        revoke: (id, reason) => control.revoke(id, reason),
        close: async () => {},
    }
}

/** Whoever runs the fleet next tells its broker. */
const NO_ACCESS: Access = { grant: async () => {}, withdraw: async () => {} }
const UNSEEN = { online: false, reported: {} }

async function openFolder(dir: string): Promise<Source> {
    const say = (line: string) => console.error(line)
    const ledger = Ledger.open(dir, { say })
    try {
        const registrar = await Registrar.open({
            folder: dir,
            ledger,
            access: NO_ACCESS,
            publish: () => {},
            nowMs: () => Date.now(),
            random: randomBytes,
            say,
        })
        const manifest = new Manifest(manifestPath(dir), say)
        for (let claims = manifest.readNew(); claims.length > 0; claims = manifest.readNew())
            await registrar.addClaims(claims)
        return {
            isRunning: false,
            async *nodes() {
                for await (const node of registrar.nodes()) yield { ...plainNode(node), ...UNSEEN }
            },
            async node(id) {
                const node = await registrar.node(id)
                return node && { ...plainNode(node), ...UNSEEN }
            },
            async revoke(id, reason) {
                const isKnown = (await registrar.node(id)) !== undefined
                return isKnown ? await registrar.revoke(id, reason) : undefined
            },
            async close() {
                await registrar.close()
                ledger.close()
            },
        }
    } catch (e) {
        ledger.close()
        throw e
    }
}

const NOT_RUNNING = "No process runs this fleet (motewise fleet up): who is online is not known."

function printNodes(all: PlainNode[], isRunning: boolean): void {
    if (all.length === 0) {
        console.log("There are no nodes: motewise fleet claim makes claims for them.")
        return
    }
    const table = new Table({
        head: ["node", "state", "link", "heard", "credential until", "refused"],
        style: { head: [], border: [], compact: true },
    })
    for (const one of all)
        table.push([
            one.id,
            one.state,
            isRunning ? (one.online ? "online" : "offline") : "",
            timeOf(one.heardMs),
            timeOf(one.expiresMs),
            refusedOf(one),
        ])
    console.log(table.toString())
    if (!isRunning) console.log(NOT_RUNNING)
}

function refusedOf({ counts, flags }: PlainNode): string {
    return Object.entries(counts)
        .map(([name, count]) => `${name} ${count}${name in flags ? " !" : ""}`)
        .join("\n")
}

function timeOf(ms: number | undefined): string {
    return ms === undefined ? "" : new Date(ms).toISOString().slice(0, 19).replace("T", " ")
}

const ALGORITHMS: Record<number, string> = { [-46]: "HSS-LMS", [-7]: "ES256" }

function printNode(one: PlainNode, isRunning: boolean): void {
    const { state, reason, algorithm, publicKey, generation, flags } = one
    const rows: [string, string | undefined][] = [
        ["node", one.id],
        ["state", reason === undefined ? state : `${state}: ${reason}`],
        ["link", isRunning ? (one.online ? "online" : "offline") : undefined],
        ["heard", timeOf(one.heardMs)],
        ["enrolled", timeOf(one.enrolledMs)],
        ["credential until", timeOf(one.expiresMs)],
        [
            "key",
            algorithm === undefined
                ? undefined
                : `${ALGORITHMS[algorithm] ?? algorithm}, generation ${generation ?? "unknown"}\n${publicKey?.match(/.{1,64}/g)?.join("\n")}`,
        ],
        ["verdict", one.verdict],
        ...Object.entries(one.reported).map(([name, value]): [string, string] => [
            name,
            String(value),
        ]),
        ["refused", refusedOf(one)],
        ...Object.entries(flags).map(([name, flag]): [string, string] => [
            `! ${name}`,
            `${timeOf(flag?.timeMs)}\n${flag?.detail ?? ""}`,
        ]),
    ]
    const table = new Table({ style: { head: [], border: [], compact: true } })
    for (const [name, value] of rows) if (value) table.push([name, value])
    console.log(table.toString())
    if (!isRunning) console.log(NOT_RUNNING)
    console.log(`What the ledger says of it: motewise ledger prove ${one.id}`)
}
