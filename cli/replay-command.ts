/** The one command that repeats a virtual run, to be printed when it failed. */
import { DEFAULT_APP } from "../image/apps"
import { formatFaults } from "../sim/faults"
import type { Mapping } from "../table/meanings"
import { worldOfApp } from "../sim/worlds/worlds"
import { REPLAY, type Rehearsed } from "./sim"

export function replayCommand(options: Rehearsed): string {
    const { app, world, nodes, seconds, seed, exact, enrol, faults } = options
    const words = ["npx motewise sim --virtual", `--seed ${seed}`, `--nodes ${nodes}`]
    if (seconds !== undefined) words.push(`--seconds ${seconds}`)
    // A recording, or its app, says where it stands.
    const usual = options.replay === undefined ? worldOfApp(app) : REPLAY
    if (world !== usual) words.push(`--world ${world}`)
    words.push(...recordingWords(options))
    if (app !== DEFAULT_APP) words.push(`--app ${app}`)
    if (enrol) words.push("--enrol")
    if (exact) words.push("--exact")
    if (faults.length > 0) words.push(`--faults ${quoted(formatFaults(faults))}`)
    return words.join(" ")
}

function recordingWords({
    replay,
    label,
    map,
    classes,
    where,
    unused = [],
    rowSeconds,
}: Rehearsed): string[] {
    if (replay === undefined) return []
    const words = [`--replay ${quoted(replay)} --row-seconds ${rowSeconds}`]
    if (label !== undefined) words.push(`--label ${quoted(label)}`)
    if (map !== undefined) words.push(`--map ${quoted(map.map(mappingText).join(","))}`)
    if (classes !== undefined)
        words.push(`--classes ${quoted(pairsText(classes.map(({ cell, name }) => [cell, name])))}`)
    if (where !== undefined) words.push(`--where ${quoted(pairsText([...where]))}`)
    if (unused.length > 0) words.push(`--unused ${quoted(unused.join(","))}`)
    return words
}

function mappingText({ column, factor, measurand }: Mapping): string {
    return `${column}${factor === undefined ? "" : `*${factor}`}=${measurand}`
}

function pairsText(pairs: [string, string][]): string {
    return pairs.map(([left, right]) => `${left}=${right}`).join(",")
}

function quoted(text: string): string {
    return JSON.stringify(text)
}
