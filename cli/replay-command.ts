/** The one command that repeats a virtual run, to be printed when it failed. */
import { DEFAULT_APP } from "../image/apps"
import { formatFaults } from "../sim/faults"
import type { Rehearsed } from "./sim"

export function replayCommand(options: Rehearsed): string {
    const { app, world, nodes, seconds, seed, replay, label, map, rowSeconds, exact, faults } =
        options
    const quoted = (text: string) => JSON.stringify(text)
    const words = ["npx motewise sim --virtual", `--seed ${seed}`, `--nodes ${nodes}`]
    if (seconds !== undefined) words.push(`--seconds ${seconds}`)
    if (world === "replay") {
        words.push(`--world replay --replay ${quoted(replay ?? "")} --row-seconds ${rowSeconds}`)
        if (label !== undefined) words.push(`--label ${quoted(label)}`)
        const pairs = [...(map ?? [])].map(([column, measurand]) => `${column}=${measurand}`)
        if (pairs.length > 0) words.push(`--map ${quoted(pairs.join(","))}`)
    }
    if (app !== DEFAULT_APP) words.push(`--app ${app}`)
    if (exact) words.push("--exact")
    if (faults.length > 0) words.push(`--faults ${quoted(formatFaults(faults))}`)
    return words.join(" ")
}
