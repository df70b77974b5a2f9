/**
 * `motewise` with a simulated board where a real one would be attached: what a test runs as a user's shell does, or calls.
 * As a program it takes the board and its surroundings as JSON in SIMULATED_BOARD.
 */
import { Command } from "commander"
import { networkInterfaces } from "node:os"
import { pathToFileURL } from "node:url"
import { flashCommand } from "../../cli/flash"
import { main } from "../../cli/main"
import type { Faults } from "../flasher/fake-loader"
import {
    espBench,
    picoBench,
    type SimulatedBench,
    type Surroundings,
} from "../flasher/simulated-bench"
import type { Ended } from "./run"

export interface SimulatedBoard extends Surroundings {
    board: "esp32c3" | "rp2040w"
    faults?: Faults
}

export function benchOf({ board, faults, ...around }: SimulatedBoard): SimulatedBench {
    return board === "esp32c3" ? espBench(around, faults) : picoBench(around)
}

/** This machine's address in a network, where it is in one: boards are not told of 127.0.0.1. */
export function addressHere(): string | undefined {
    const addresses = Object.values(networkInterfaces()).flatMap(addresses => addresses ?? [])
    return addresses.find(({ family, internal }) => family === "IPv4" && !internal)?.address
}

/** Longer than its first report takes on a loaded machine. */
const WAIT_MS = 120_000

function withBoard(bench: SimulatedBench, waitMs = WAIT_MS): Command {
    return new Command("motewise").addCommand(flashCommand(bench, waitMs))
}

/** In this process: what it prints, and how it would end. */
export async function motewiseOn(bench: SimulatedBench, ...args: string[]): Promise<Ended> {
    return await motewisePatient(WAIT_MS, bench, ...args)
}

/** @param waitMs for the first report */
export async function motewisePatient(
    waitMs: number,
    bench: SimulatedBench,
    ...args: string[]
): Promise<Ended> {
    const { log, error } = console
    let [out, err] = ["", ""]
    console.log = (...words) => void (out += `${words.join(" ")}\n`)
    console.error = (...words) => void (err += `${words.join(" ")}\n`)
    try {
        await main(["node", "motewise", ...args], withBoard(bench, waitMs))
        return { code: Number(process.exitCode ?? 0), out, err }
    } finally {
        process.exitCode = undefined
        Object.assign(console, { log, error })
        bench.stop()
    }
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? "").href) {
    const bench = benchOf(JSON.parse(process.env.SIMULATED_BOARD ?? "") as SimulatedBoard)
    await main(process.argv, withBoard(bench))
    bench.stop()
    process.exit()
}
