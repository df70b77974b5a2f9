/** Scenarios: bad days in JSON files, checked field by field. Ours are in sim/scenarios. */
import { readdirSync, readFileSync } from "node:fs"
import { basename } from "node:path"
import { nearest } from "../image/nearest"
import { inProject, UsageError } from "../image/project"
import { parseFaults, type Fault } from "./faults"
import { InputError } from "../table/input-error"
import { WORLD_NAMES } from "./worlds/worlds"

export interface Scenario {
    name: string
    about: string
    seed?: number
    nodes?: number
    seconds?: number
    world?: string
    faults: Fault[]
}

const FOLDER = "sim/scenarios"
const FIELDS = ["name", "about", "seed", "nodes", "seconds", "world", "faults"]
const WORLDS = [...WORLD_NAMES, "replay"]

/** What `readScenario` takes without a path. */
export const SCENARIO_NAMES = readdirSync(inProject(FOLDER))
    .filter(name => name.endsWith(".json"))
    .map(name => basename(name, ".json"))
    .sort()

/** @param file a path, or the name of one of ours @throws InputError that names file and field */
export function readScenario(file: string, parts: string[]): Scenario {
    const isName = /^[\w-]+$/.test(file)
    if (isName && !SCENARIO_NAMES.includes(file))
        throw new InputError(`no scenario "${file}"${nearest(file, SCENARIO_NAMES)}`)
    let text: string
    try {
        text = readFileSync(isName ? inProject(FOLDER, `${file}.json`) : file, "utf8")
    } catch (e) {
        throw new InputError(`${file}: ${(e as Error).message}`)
    }
    try {
        return scenarioFrom(JSON.parse(text), parts)
    } catch (e) {
        // A parser's message may be of several lines.
        if (e instanceof SyntaxError || e instanceof UsageError)
            throw new InputError(`${file}: ${e.message.replace(/\s+/g, " ")}`)
        throw e
    }
}

function scenarioFrom(json: unknown, parts: string[]): Scenario {
    const fields = objectFrom(json, "a scenario")
    for (const key of Object.keys(fields))
        if (!FIELDS.includes(key)) throw new UsageError(`no field "${key}"${nearest(key, FIELDS)}`)
    return {
        name: textFrom(fields.name, "name"),
        about: textFrom(fields.about, "about"),
        seed: integerFrom(fields.seed, "seed", 0, 2 ** 31),
        nodes: integerFrom(fields.nodes, "nodes", 1, 1000),
        seconds: integerFrom(fields.seconds, "seconds", 1, 1e9),
        world: worldFrom(fields.world),
        faults: faultsFrom(fields.faults, parts),
    }
}

function objectFrom(value: unknown, what: string): Record<string, unknown> {
    if (typeof value !== "object" || value === null || Array.isArray(value))
        throw new UsageError(`${what} is an object, not ${JSON.stringify(value)}`)
    return value as Record<string, unknown>
}

function textFrom(value: unknown, field: string): string {
    if (typeof value !== "string" || value === "") throw new UsageError(`${field}: it takes a text`)
    return value
}

function integerFrom(
    value: unknown,
    field: string,
    least: number,
    most: number
): number | undefined {
    if (value === undefined) return undefined
    if (!Number.isInteger(value) || (value as number) < least || (value as number) > most)
        throw new UsageError(
            `${field}: ${JSON.stringify(value)} is not a whole number from ${least} to ${most}`
        )
    return value as number
}

function worldFrom(value: unknown): Scenario["world"] {
    const world = WORLDS.find(name => name === value)
    if (value !== undefined && world === undefined)
        throw new UsageError(`world: no ${JSON.stringify(value)}. There are: ${WORLDS.join(", ")}`)
    return world
}

function faultsFrom(value: unknown, parts: string[]): Fault[] {
    if (!Array.isArray(value)) throw new UsageError("faults: it takes a list")
    return value.flatMap((fault: unknown, index) => {
        try {
            return parseFaults(typeof fault === "string" ? fault : specFrom(fault), parts)
        } catch (e) {
            if (e instanceof UsageError) throw new UsageError(`faults[${index}]: ${e.message}`)
            throw e
        }
    })
}

/** `{"kind": "crc", "p": 0.1}` as the command line would say it. */
function specFrom(fault: unknown): string {
    const { kind, ...conditions } = objectFrom(fault, "a fault")
    const pairs = Object.entries(conditions).map(([key, value]) => {
        const word = typeof value === "number" ? String(value) : textFrom(value, key)
        if (/[,;=:]/.test(key + word)) throw new UsageError(`${key}: "${word}" has , ; : or =`)
        return `${key}=${word}`
    })
    return `${textFrom(kind, "kind")}:${pairs.join(",")}`
}
