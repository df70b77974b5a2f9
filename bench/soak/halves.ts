/** A soak in two processes, each with half of the nodes and a broker of its own: virtual time scales by processes, not by threads. */
import { fork } from "node:child_process"
import { inProject } from "../../image/project"
import type { SoakOptions, SoakResult } from "./soak"

const PROCESSES = 2

export type HalfMessage = { share: number } | { result: SoakResult } | { error: string }

export async function soakInHalves(
    { messages, nodes, seed }: SoakOptions,
    onProgress: (share: number) => void
): Promise<SoakResult> {
    const startMs = performance.now()
    const processes = Math.min(PROCESSES, nodes)
    const shares = new Array<number>(processes).fill(0)
    const halves = shares.map((_, index) => {
        const itsNodes = Math.floor(nodes / processes) + (index < nodes % processes ? 1 : 0)
        const options = {
            messages: Math.ceil((messages * itsNodes) / nodes),
            nodes: itsNodes,
            // Of one seed, and yet not twice the same run.
            seed: seed * PROCESSES + index,
        }
        return soakElsewhere(options, share => {
            shares[index] = share
            onProgress(Math.min(...shares))
        })
    })
    const result = (await Promise.all(halves)).reduce(added)
    return { ...result, wallMs: Math.round(performance.now() - startMs) }
}

function soakElsewhere(
    options: SoakOptions,
    onProgress: (share: number) => void
): Promise<SoakResult> {
    return new Promise((resolve, reject) => {
        const child = fork(inProject("bench/soak/half.ts"), [JSON.stringify(options)], {
            execArgv: ["--import", "tsx"],
            stdio: ["ignore", "inherit", "inherit", "ipc"],
        })
        child.on("message", (message: HalfMessage) => {
            if ("share" in message) onProgress(message.share)
            else if ("result" in message) resolve(message.result)
            else reject(new Error(message.error))
        })
        child.once("exit", code => reject(new Error(`a half of the soak ended with ${code}`)))
    })
}

function added(one: SoakResult, other: SoakResult): SoakResult {
    const sum = { ...one }
    for (const key of Object.keys(sum) as (keyof SoakResult)[]) sum[key] += other[key]
    sum.heapHighWaterBytes = Math.max(one.heapHighWaterBytes, other.heapHighWaterBytes)
    sum.virtualSeconds = Math.max(one.virtualSeconds, other.virtualSeconds)
    return sum
}
