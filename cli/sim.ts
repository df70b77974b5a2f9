/** `motewise sim`: nodes that run the real image, in the terminal. */
import { Command, Option } from "commander"
import { createLogUpdate } from "log-update"
import { randomInt } from "node:crypto"
import { existsSync } from "node:fs"
import { Manifest } from "../fleet/claims"
import { manifestPath } from "../fleet/folder"
import type { Claim } from "../fleet/registrar/claim"
import { DEFAULT_APP, entryOf } from "../image/apps"
import { compile } from "../image/compile"
import { withFunctionNames } from "../image/functions"
import { UsageError } from "../image/project"
import { modelOf } from "../image/models"
import { energyFigures } from "../rehearsal/energy"
import { Rehearsal, type RehearsalOptions } from "../rehearsal/rehearsal"
import type { Counters } from "../rehearsal/result"
import { PART_NAMES } from "../sim/breadboard"
import { FAULT_NAMES, factsOf } from "../sim/fault-kinds"
import { parseFaults, type Fault } from "../sim/faults"
import { panicName } from "../sim/node"
import { readScenario, SCENARIO_NAMES, type Scenario } from "../sim/scenario"
import { readReplay } from "../sim/worlds/replay"
import type { World } from "../sim/worlds/world"
import { WORLD_NAMES, worldKind, worldOfApp } from "../sim/worlds/worlds"
import type { Model } from "../src/inference/model"
import { parseBroker } from "../src/mqtt/broker"
import type { CellClass, Mapping } from "../table/meanings"
import { classesOf } from "./classes"
import { FLEET_FOLDER } from "./ledger-folder"
import { listOf, pairsOf, refuseTwice } from "./lists"
import { mapOf } from "./mapping"
import { batteryOption, powerOf, powerOption } from "./energy-options"
import { integerFrom, numberFrom } from "./numbers"
import { sayBuilding } from "./progress"
import { replayCommand } from "./replay-command"
import { energyLine, nodesTable, summary, timeForPeople, type Supply } from "./table"

export interface SimOptions {
    nodes?: number
    app: string
    world?: string
    replay?: string
    map?: Mapping[]
    label?: string
    classes?: CellClass[]
    where?: Map<string, string>
    unused?: string[]
    rowSeconds: number
    broker?: string
    enrol: boolean
    claims?: string
    seconds?: number
    virtual: boolean
    speed: number
    faults?: Fault[]
    scenario?: Scenario
    exact: boolean
    seed?: number
    board: string
    battery: number
    log: boolean
    json: boolean
}

/** The world of a recording, which --replay names. */
export const REPLAY = "replay"
const NODES = 3
/** Faster than that, and a hundredth of a second on the way to the broker is more than a second to the nodes. */
const SPEED_MAX = 120
const DAY_SECONDS = 86400
const SEED_END = 2 ** 31
/** With nothing in the way, every node has enrolled by then. */
const ENROLLED_AFTER_SECONDS = 60
const REFRESH_MS = 500
/** Into a file or a pipe: a table now and then, not twice a second. */
const PIPED_REFRESH_MS = 10000

export function simCommand(): Command {
    return new Command("sim")
        .description("simulate nodes that run the real firmware image, against a real broker")
        .option("--nodes <n>", `how many (default: ${NODES}, 1 in a replay)`, integerFrom(1, 1000))
        .option(
            "--app <name>",
            "which program: src/main<name>.ts, or room for src/main.ts",
            DEFAULT_APP
        )
        .addOption(
            new Option(
                "--world <name>",
                "what the nodes stand in (default: the one called like the app, else desk)"
            ).choices([...WORLD_NAMES, REPLAY])
        )
        .option("--replay <file.csv>", "the recording to replay, one row a minute")
        .option(
            "--map <columns>",
            'columns of the recording, and times what: "T1=temperatureCelsius,P*100=pressurePascals"',
            mapOf
        )
        .option("--label <column>", 'the column with the truth (default: "label" when present)')
        .option(
            "--classes <names>",
            'what its cells are called: "1=off,2=on" (default: the model\'s classes, or their places from 0)',
            classesOf
        )
        .option(
            "--where <cells>",
            'only rows of the recording with these cells: "mote_id=1,..."',
            byColumn
        )
        .option("--unused <columns>", "columns of the recording that nothing feels", listOf)
        .option("--row-seconds <s>", "time between two rows", numberFrom(0.001, 86400), 60)
        .option("--broker <url>", "somebody else's broker, mqtt://host:port (default: our own)")
        .option(
            "--enrol",
            "nodes have nothing but a claim: they make a key, enrol, and seal what they say",
            false
        )
        .option(
            "--claims <manifest>",
            `with --enrol and --broker: the claims that its fleet knows (default: ${manifestPath(FLEET_FOLDER)})`
        )
        .option("--seconds <s>", "how long, in the nodes' time", numberFrom(1, 1e9))
        .option("--virtual", "as fast as it can, repeatable from its seed", false)
        .option("--speed <x>", "the nodes' seconds in one of ours", numberFrom(0.1, SPEED_MAX), 1)
        .option(
            "--faults <spec>",
            'what goes wrong: "crc:part=sht4x,p=0.1;brokerKill:every=30s,for=5s"',
            spec => parseFaults(spec, PART_NAMES)
        )
        .addOption(
            new Option(
                "--scenario <file.json>",
                `what goes wrong, from a file, or one of ours: ${SCENARIO_NAMES.join(", ")}`
            )
                .argParser(file => readScenario(file, PART_NAMES))
                .conflicts("faults")
        )
        .option("--exact", "timers to 10 ms even when idle: slower", false)
        .option(
            "--seed <n>",
            "of everything random (default: 1; with --enrol and --broker one that is drawn)",
            integerFrom(0, SEED_END)
        )
        .addOption(powerOption())
        .addOption(batteryOption())
        .option("--log", "what the nodes print, on standard error", false)
        .option("--json", "print one JSON object and nothing else", false)
        .addHelpText(
            "after",
            `
Examples:
  motewise sim                                   three nodes in rooms, live; Ctrl-C ends it
  motewise sim --speed 60                        a minute a second
  motewise sim --broker mqtt://192.168.1.10      into your own broker
  motewise sim --enrol                           a fleet from power-on: claims, keys, ledger, sealed reports
  motewise sim --enrol --broker mqtt://127.0.0.1:1883   the same nodes for "motewise fleet up" in another terminal
  motewise sim --app soil --speed 120            garden beds instead of rooms
  motewise sim --replay day.csv --virtual        a recording, as fast as it can
  motewise sim --virtual --seconds 86400 --json  a day, as figures

  motewise sim --virtual --scenario bad-wifi     a rehearsed bad day, repeatable

Faults (with node=, part=, p=, from=, for=, every=, until=, by= as sim/scenarios/README.md tells):
${FAULT_NAMES.map(kind => `  ${kind.padEnd(13)} ${factsOf(kind).what}`).join("\n")}`
        )
        .action(run)
}

/** `column=word,column=word` */
function byColumn(given: string): Map<string, string> {
    const pairs = pairsOf(given)
    refuseTwice(pairs.map(([column]) => column))
    return new Map(pairs)
}

async function run(options: SimOptions): Promise<void> {
    const entry = entryOf(options.app)
    checkBroker(options)
    const model = await modelOf(entry)
    const rehearsed = withScenario(options)
    const world = worldFrom(rehearsed, model)
    const image = await compile(entry, undefined, sayBuilding(entry))
    const rehearsal = await Rehearsal.create({
        image: image.bytes,
        seats: image.parts,
        nodes: rehearsed.nodes,
        world,
        seed: rehearsed.seed,
        virtual: options.virtual,
        speed: options.speed,
        seconds: rehearsed.seconds ?? (options.virtual && !world.rows ? DAY_SECONDS : undefined),
        brokerUrl: options.broker,
        enrol: enrolWith(options, rehearsed.nodes),
        faults: rehearsed.faults,
        exact: options.exact,
        print: (id, line) =>
            options.log && console.error(`${id} ${withFunctionNames(line, image.functions)}`),
    } satisfies RehearsalOptions)
    // `on`, not `once`: what restores the cursor ends the process when it finds no other listener left.
    const onInterrupt = () => rehearsal.stop()
    process.on("SIGINT", onInterrupt).on("SIGTERM", onInterrupt)
    const watching = options.json ? watchProgress(rehearsal) : watchTable(rehearsal, options)
    try {
        await rehearsal.run()
    } finally {
        watching()
    }
    finish(rehearsal, rehearsed)
    await rehearsal.close()
}

/** What is on the command line, then what the scenario says, then what is usual. */
export interface Rehearsed extends SimOptions {
    world: string
    nodes: number
    seed: number
    faults: Fault[]
}

function withScenario(options: SimOptions): Rehearsed {
    const { app, scenario, replay } = options
    const world =
        options.world ?? scenario?.world ?? (replay === undefined ? worldOfApp(app) : REPLAY)
    return {
        ...options,
        world,
        nodes: options.nodes ?? scenario?.nodes ?? (world === REPLAY ? 1 : NODES),
        seconds: options.seconds ?? scenario?.seconds,
        seed: options.seed ?? scenario?.seed ?? usualSeed(options),
        faults: options.faults ?? scenario?.faults ?? [],
    }
}

/**
 * A fleet elsewhere remembers the one-time keys of earlier runs. Nodes that drew the same keys again would be taken for copies of a stolen
 * flash; with others they are nodes that came back blank.
 */
function usualSeed({ enrol, broker }: SimOptions): number {
    return enrol && broker !== undefined ? randomInt(SEED_END) : 1
}

function checkBroker({ broker, virtual }: SimOptions): void {
    if (broker === undefined) return
    if (virtual) throw new UsageError("--broker needs real time: leave out --virtual")
    if (parseBroker(broker) === undefined)
        throw new UsageError(`--broker: "${broker}" is not mqtt://host or mqtt://host:port`)
}

/** @throws UsageError when there are not enough claims */
function enrolWith(
    { enrol, broker, claims }: SimOptions,
    nodes: number
): RehearsalOptions["enrol"] {
    if (!enrol && claims !== undefined) throw new UsageError("--claims is for --enrol")
    if (!enrol) return undefined
    if (broker === undefined) {
        if (claims === undefined) return true
        throw new UsageError("--claims is for the fleet at --broker: name it, or leave both out")
    }
    const path = claims ?? manifestPath(FLEET_FOLDER)
    const known = claimsIn(path)
    if (known.length >= nodes) return known
    throw new UsageError(
        `${path} has ${known.length} claims for ${nodes} nodes: make more with motewise fleet claim, or name another with --claims`
    )
}

function claimsIn(path: string): Claim[] {
    if (!existsSync(path))
        throw new UsageError(
            `There is no ${path}: make claims with motewise fleet claim, or name their manifest with --claims`
        )
    const manifest = new Manifest(path, line => console.error(line))
    const claims: Claim[] = []
    for (let some = manifest.readNew(); some.length > 0; some = manifest.readNew())
        claims.push(...some)
    return claims
}

function worldFrom(options: Rehearsed, model: Model): World {
    const { world, nodes, replay, rowSeconds, seed } = options
    if (world !== REPLAY) {
        if (replay !== undefined) throw new UsageError("--replay is for --world replay")
        return worldKind(world).make(seed, nodes)
    }
    if (replay === undefined) throw new UsageError("--world replay needs --replay FILE.csv")
    const { map, label, classes: cells, where, unused } = options
    return readReplay(replay, {
        map,
        label,
        cells,
        where,
        unused,
        rowMs: rowSeconds * 1000,
        classes: model.classes,
    })
}

/** The table, again and again; returns how to end it. */
function watchTable(rehearsal: Rehearsal, options: SimOptions): () => void {
    const { virtual, speed } = options
    const supply = supplyOf(options)
    const stream = process.stdout
    const pace = virtual
        ? "as fast as it can"
        : speed === 1
          ? "real time"
          : `${speed} times real time`
    const draw = () =>
        [
            `Motewise simulator · ${rehearsal.brokerUrl} · ${timeForPeople(rehearsal.virtualSeconds())} · ${pace}`,
            nodesTable(rehearsal.rows(), stream, supply),
        ].join("\n")
    if (!stream.isTTY) {
        const timer = setInterval(() => console.log(draw()), PIPED_REFRESH_MS)
        return () => {
            clearInterval(timer)
            console.log(draw())
        }
    }
    const update = createLogUpdate(stream)
    const timer = setInterval(() => update(`${draw()}\nCtrl-C ends it.`), REFRESH_MS)
    return () => {
        clearInterval(timer)
        update(draw())
        update.done()
    }
}

/** One line on standard error, when somebody looks at it. */
function watchProgress(rehearsal: Rehearsal): () => void {
    if (!process.stderr.isTTY) return () => {}
    const update = createLogUpdate(process.stderr)
    const timer = setInterval(
        () => update(`simulated ${timeForPeople(rehearsal.virtualSeconds())}`),
        REFRESH_MS
    )
    return () => {
        clearInterval(timer)
        update.clear()
        update.done()
    }
}

function finish(rehearsal: Rehearsal, options: Rehearsed): void {
    const { json, virtual, faults } = options
    const result = rehearsal.result()
    const counters = rehearsal.counters()
    const enrolled = rehearsal.enrolled()
    const supply = supplyOf(options)
    const used = rehearsal.rows().flatMap(row => row.used)
    const energy = energyFigures(used, supply.power, supply.batteryMilliwattHours)
    if (json) {
        // Without faults there is nothing to tell of them.
        const told = {
            ...result,
            energy,
            enrolled,
            faults: faults.length > 0 ? counters : undefined,
        }
        console.log(JSON.stringify(told))
    } else {
        console.log(summary(result, !rehearsal.isSealed))
        if (energy !== null) console.log(energyLine(energy, supply))
        if (rehearsal.isSealed) console.log("Their fleet can open it: motewise fleet nodes")
        if (enrolled !== undefined)
            console.log(
                `${enrolled.nodes} of ${result.nodes} nodes enrolled and heard, ${enrolled.ledgerEntries} entries in the ledger, ${enrolled.refused} refusals`
            )
        if (faults.length > 0) console.log(toldOf(counters))
    }
    const failures = [
        ...rehearsal.panics().map(({ id, code }) => `node ${id} ended in panic ${panicName(code)}`),
        ...(enrolled !== undefined &&
        result.seconds >= ENROLLED_AFTER_SECONDS &&
        faults.length === 0
            ? notEnrolled(result.nodes - enrolled.nodes)
            : []),
        ...rehearsal
            .brokenPromises()
            .map(({ id, reports }) => `node ${id}: ${reports} reports were never acknowledged`),
    ]
    if (failures.length === 0) return
    process.exitCode = 1
    for (const failure of failures) console.error(failure)
    if (virtual) console.error(`To see it again: ${replayCommand(options)}`)
}

function supplyOf({ board, battery }: SimOptions): Supply {
    return { board, power: powerOf(board), batteryMilliwattHours: battery }
}

function notEnrolled(nodes: number): string[] {
    return nodes === 0 ? [] : [`${nodes} nodes did not enrol`]
}

function toldOf({ boots, powerCuts, storeFormatted, struck }: Counters): string {
    const strikes = Object.entries(struck).map(([kind, count]) => `${kind} ${count}`)
    return (
        `${boots} boots, ${powerCuts} power cuts, ${storeFormatted} stores formatted` +
        `; faults: ${strikes.join(", ") || "none struck"}`
    )
}
