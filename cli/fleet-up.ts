/** `motewise fleet up`: a fleet and its clock, and what is to be seen of it. */
import Table from "cli-table3"
import { createLogUpdate } from "log-update"
import { openBroker } from "../fleet/brokers/open"
import { openChain } from "../fleet/chain/open"
import { serveControl } from "../fleet/control"
import { Fleet, type FleetStatus } from "../fleet/fleet"
import { watchShare } from "./progress"
import { timeForPeople } from "./table"

interface UpOptions {
    dir: string
    broker: string
    chain: string
    host: string
    port: number
    json: boolean
}

const TICK_MS = 1000
const REFRESH_MS = 500
/** Into a file or a pipe: a table now and then, not twice a second. */
const PIPED_REFRESH_MS = 10_000
const NEWS_MAX = 8

export async function up(options: UpOptions): Promise<void> {
    const { dir, json } = options
    const isLive = !json && process.stdout.isTTY
    const news: string[] = []
    const say = (line: string) => {
        const told = `${new Date().toISOString().slice(11, 19)} ${line}`
        news.push(told)
        news.splice(0, news.length - NEWS_MAX)
        if (!isLive) console.error(told)
    }
    const fleet = await opened(options, say)
    const startMs = performance.now()
    const draw = () =>
        tableOf(dir, fleet.status(), (performance.now() - startMs) / 1000, isLive ? news : [])
    try {
        const stopControl = await serveControl(dir, fleet, say)
        const stopWatching = json ? () => {} : watch(draw, isLive)
        try {
            await untilStopped(fleet)
        } finally {
            stopWatching()
            await stopControl()
        }
    } finally {
        await fleet.close()
        const status = fleet.status()
        console.log(json ? JSON.stringify(status) : lastWords(status))
    }
}

async function opened(options: UpOptions, say: (line: string) => void): Promise<Fleet> {
    const { dir, chain } = options
    const progress = watchShare("taking up the fleet's key")
    try {
        return await Fleet.open({
            folder: dir,
            openBroker: (onRefused, clientId) =>
                openBroker({
                    ...options,
                    folder: dir,
                    clientId,
                    onRefused,
                    nowMs: () => Date.now(),
                    say,
                }),
            openChain: () => openChain(chain, dir, say),
            say,
            onProgress: (done, all) => progress.tell(done / all),
        })
    } finally {
        progress.done()
    }
}

/** @throws what the fleet cannot go on after */
async function untilStopped(fleet: Fleet): Promise<void> {
    let stop = () => {}
    let failed: (e: unknown) => void = () => {}
    const stopped = new Promise<void>((resolve, reject) => {
        stop = resolve
        failed = reject
    })
    // `on`, not `once`: what restores the cursor ends the process when it finds no other listener left.
    process.on("SIGINT", stop).on("SIGTERM", stop).on("SIGHUP", stop)
    const timer = setInterval(() => void fleet.tick().catch(failed), TICK_MS)
    try {
        await stopped
    } finally {
        clearInterval(timer)
    }
}

/** Again and again; returns how to end it. */
function watch(draw: () => string, isLive: boolean): () => void {
    if (!isLive) {
        console.log(draw())
        const timer = setInterval(() => console.log(draw()), PIPED_REFRESH_MS)
        return () => clearInterval(timer)
    }
    const update = createLogUpdate(process.stdout)
    const show = () => update(`${draw()}\nCtrl-C ends it.`)
    show()
    const timer = setInterval(show, REFRESH_MS)
    return () => {
        clearInterval(timer)
        update(draw())
        update.done()
    }
}

function tableOf(dir: string, status: FleetStatus, seconds: number, news: string[]): string {
    const { broker, nodes, refusals, ledger, checkpoint, anchor } = status
    const refused = Object.entries(refusals).filter(([, count]) => count > 0)
    const table = new Table({ style: { head: [], border: [], compact: true } })
    table.push(
        ["broker", `${broker.url}, ${broker.told}${broker.isConnected ? "" : ": does not answer"}`],
        [
            "nodes",
            `${nodes.enrolled} enrolled, ${nodes.online} online, ${nodes.claimed} with a claim alone, ${nodes.revoked} revoked`,
        ],
        ["refused", refused.map(([name, count]) => `${name} ${count}`).join("\n") || "nothing"],
        ["ledger", `${ledger.entries} entries`],
        [
            "checkpoint",
            checkpoint ? `${checkpoint.entries} entries, ${agoOf(checkpoint.timeMs)}` : "none yet",
        ],
        ["anchor", anchorOf(anchor)]
    )
    if (nodes.flagged.length > 0) table.push(["LOOK AT", nodes.flagged.join("\n")])
    return [`Motewise fleet · ${dir} · ${timeForPeople(seconds)}`, table.toString(), ...news].join(
        "\n"
    )
}

function anchorOf(anchor: FleetStatus["anchor"]): string {
    if (anchor === null) return "none yet"
    const { chain, state, entries, timeMs } = anchor
    const last = timeMs === 0 ? "" : `, ${entries} entries, ${agoOf(timeMs)}`
    return `${chain}: ${state}${last}`
}

function agoOf(timeMs: number): string {
    return `${timeForPeople(Math.max(0, Date.now() - timeMs) / 1000)} ago`
}

function lastWords({ ledger, checkpoint, anchor }: FleetStatus): string {
    const signed = checkpoint === null ? "" : `, signed to ${checkpoint.entries}`
    const anchored = anchor?.state === "anchored" ? `, anchored to ${anchor.entries}` : ""
    return `The fleet is down: ${ledger.entries} entries${signed}${anchored}.`
}
