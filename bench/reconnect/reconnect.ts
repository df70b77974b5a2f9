/** A fleet after its broker restarts: how evenly it comes back. Three restarts, from one too short to notice to a minute; the worst counts. */
import { compile } from "../../image/compile"
import { Rehearsal } from "../../rehearsal/rehearsal"
import { PART_NAMES } from "../../sim/breadboard"
import { parseFaults } from "../../sim/faults"
import { RoomWorld } from "../../sim/worlds/room"
import { quantile } from "../quantile"

const PROGRAM = "src/main.ts"
/** Sessions have held for a minute by then. */
const KILL_SECONDS = 300
const OUTAGES_SECONDS = [0.1, 10, 60]
/** From the broker's return, until the last node is back: twice the longest backoff. */
const WATCHED_SECONDS = 600
const BACK_SHARES = Array.from({ length: 21 }, (_, i) => i / 20)

export interface ReconnectResult {
    nodes: number
    /** Of the worst restart, in any second. */
    peakConnectsPerSecond: number
    /** From the broker's return to the node's. */
    p50ReconnectMs: number
    p99ReconnectMs: number
    /** The peak second over the mean of the seconds in which nine of ten nodes came back: 1 is perfectly even. */
    stormFactor: number
    /** Nodes that were not back in ten minutes. */
    missing: number
    restarts: Restart[]
}

export interface Restart {
    outageSeconds: number
    /** From the broker's return until the first node was back, then 5 %, 10 % ... of those that came, and all. */
    backMs: number[]
}

export async function reconnect(nodes: number, seed: number): Promise<ReconnectResult> {
    const results: ReconnectResult[] = []
    for (const seconds of OUTAGES_SECONDS) results.push(await restart(nodes, seed, seconds))
    const worst = (of: (result: ReconnectResult) => number) => Math.max(...results.map(of))
    return {
        nodes,
        peakConnectsPerSecond: worst(r => r.peakConnectsPerSecond),
        p50ReconnectMs: worst(r => r.p50ReconnectMs),
        p99ReconnectMs: worst(r => r.p99ReconnectMs),
        stormFactor: worst(r => r.stormFactor),
        missing: worst(r => r.missing),
        restarts: results.flatMap(r => r.restarts),
    }
}

async function restart(
    nodes: number,
    seed: number,
    outageSeconds: number
): Promise<ReconnectResult> {
    const { bytes } = await compile(PROGRAM)
    const backMs = (KILL_SECONDS + outageSeconds) * 1000
    /** Virtual milliseconds from the broker's return, by node; the first time only. */
    const back = new Map<string, number>()
    const rehearsal = await Rehearsal.create({
        image: bytes,
        nodes,
        world: new RoomWorld(seed, nodes),
        seed,
        virtual: true,
        speed: 1,
        seconds: KILL_SECONDS + outageSeconds + WATCHED_SECONDS,
        faults: parseFaults(`brokerKill:from=${KILL_SECONDS}s,for=${outageSeconds}s`, PART_NAMES),
        exact: false,
        print: () => {},
        onAccepted: (id, virtualMs) => {
            if (virtualMs >= backMs && !back.has(id)) back.set(id, virtualMs - backMs)
        },
    })
    await rehearsal.run()
    await rehearsal.close()
    const times = [...back.values()].sort((a, b) => a - b)
    const peak = peakInAnySecond(times)
    const spanSeconds = Math.max((quantile(times, 0.95) - quantile(times, 0.05)) / 1000, 1)
    return {
        nodes,
        peakConnectsPerSecond: peak,
        p50ReconnectMs: Math.round(quantile(times, 0.5)),
        p99ReconnectMs: Math.round(quantile(times, 0.99)),
        stormFactor: Math.round((peak / ((times.length * 0.9) / spanSeconds)) * 100) / 100,
        missing: nodes - times.length,
        restarts: [
            { outageSeconds, backMs: BACK_SHARES.map(share => Math.round(quantile(times, share))) },
        ],
    }
}

/** The most that fall into any window of one second, wherever it begins. */
function peakInAnySecond(times: number[]): number {
    let peak = 0
    let from = 0
    times.forEach((time, to) => {
        while (times[from] <= time - 1000) from++
        peak = Math.max(peak, to - from + 1)
    })
    return peak
}
