/** `motewise sim`: nodes that run the real image, in the terminal. */
import { Command, Option } from "commander"
import { createLogUpdate } from "log-update"
import { DEFAULT_APP, entryOf } from "../image/apps"
import { compile } from "../image/compile"
import { UsageError } from "../image/project"
import { modelOf } from "../image/models"
import { Rehearsal, type RehearsalOptions } from "../rehearsal/rehearsal"
import { PART_NAMES } from "../sim/breadboard"
import { BUS_FAULTS, parseFaults, type Fault } from "../sim/faults"
import { readReplay } from "../sim/worlds/replay"
import { RoomWorld } from "../sim/worlds/room"
import type { World } from "../sim/worlds/world"
import { parseBroker } from "../src/mqtt/broker"
import { integerFrom, numberFrom } from "./numbers"
import { sayBuilding } from "./progress"
import { nodesTable, summary, timeForPeople } from "./table"

interface SimOptions {
    nodes?: number
    app: string
    world?: "room" | "replay"
    replay?: string
    map?: Map<string, string>
    label?: string
    rowSeconds: number
    broker?: string
    seconds?: number
    virtual: boolean
    speed: number
    faults: Fault[]
    exact: boolean
    seed: number
    log: boolean
    json: boolean
}

const ROOM_NODES = 3
/** Faster than that, and a hundredth of a second on the way to the broker is more than a second to the nodes. */
const SPEED_MAX = 120
const DAY_SECONDS = 86400
const REFRESH_MS = 500
/** Into a file or a pipe: a table now and then, not twice a second. */
const PIPED_REFRESH_MS = 10000

export function simCommand(): Command {
    return new Command("sim")
        .description("simulate nodes that run the real firmware image, against a real broker")
        .option(
            "--nodes <n>",
            "how many (default: 3 in a room, 1 in a replay)",
            integerFrom(1, 1000)
        )
        .option(
            "--app <name>",
            "which program: src/main<name>.ts, or room for src/main.ts",
            DEFAULT_APP
        )
        .addOption(
            new Option("--world <name>", "what the nodes stand in").choices(["room", "replay"])
        )
        .option("--replay <file.csv>", "the recording to replay, one row a minute")
        .option(
            "--map <columns>",
            'columns of the recording: "Temperature=temperatureCelsius,..."',
            mapFrom
        )
        .option("--label <column>", 'the column with the truth (default: "label" when present)')
        .option("--row-seconds <s>", "time between two rows", numberFrom(1, 86400), 60)
        .option("--broker <url>", "somebody else's broker, mqtt://host:port (default: our own)")
        .option("--seconds <s>", "how long, in the nodes' time", numberFrom(1, 1e9))
        .option("--virtual", "as fast as it can, repeatable from its seed", false)
        .option("--speed <x>", "the nodes' seconds in one of ours", numberFrom(0.1, SPEED_MAX), 1)
        .option(
            "--faults <spec>",
            'what goes wrong: "crc:part=sht4x,p=0.1;absent:part=scd4x,from=1h,for=10min"',
            spec => parseFaults(spec, PART_NAMES),
            []
        )
        .option("--exact", "timers to 10 ms even when idle: slower", false)
        .option("--seed <n>", "of everything random", integerFrom(0, 2 ** 31), 1)
        .option("--log", "what the nodes print, on standard error", false)
        .option("--json", "print one JSON object and nothing else", false)
        .addHelpText(
            "after",
            `
Examples:
  motewise sim                                   three nodes in rooms, live; Ctrl-C ends it
  motewise sim --speed 60                        a minute a second
  motewise sim --broker mqtt://192.168.1.10      into your own broker
  motewise sim --replay day.csv --virtual        a recording, as fast as it can
  motewise sim --virtual --seconds 86400 --json  a day, as figures

Faults (of part=${PART_NAMES.join("|")}; with p=, from=, for=, every=, by=):
${Object.entries(BUS_FAULTS)
    .map(([kind, what]) => `  ${kind.padEnd(8)} ${what}`)
    .join("\n")}`
        )
        .action(run)
}

/** `column=measurand,column=measurand` */
function mapFrom(text: string): Map<string, string> {
    const map = new Map<string, string>()
    for (const pair of text.split(",")) {
        const [column, measurand, ...more] = pair.split("=").map(word => word.trim())
        if (!column || measurand === undefined || measurand === "" || more.length > 0)
            throw new UsageError(`--map: "${pair}" is not column=measurand`)
        if (map.has(column)) throw new UsageError(`--map: "${column}" stands there twice`)
        map.set(column, measurand)
    }
    return map
}

async function run(options: SimOptions): Promise<void> {
    const entry = entryOf(options.app)
    checkBroker(options)
    const model = await modelOf(entry)
    const worldName = options.world ?? (options.replay === undefined ? "room" : "replay")
    const nodes = options.nodes ?? (worldName === "room" ? ROOM_NODES : 1)
    const world = worldFrom(worldName, nodes, model.classes, options)
    const image = await compile(entry, undefined, sayBuilding(entry))
    const rehearsal = await Rehearsal.create({
        image: image.bytes,
        nodes,
        world,
        seed: options.seed,
        virtual: options.virtual,
        speed: options.speed,
        seconds: options.seconds ?? (options.virtual && !world.rows ? DAY_SECONDS : undefined),
        brokerUrl: options.broker,
        faults: options.faults,
        exact: options.exact,
        print: (id, line) => options.log && console.error(`${id} ${line}`),
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
    finish(rehearsal, options.json)
    await rehearsal.close()
}

function checkBroker({ broker, virtual }: SimOptions): void {
    if (broker === undefined) return
    if (virtual) throw new UsageError("--broker needs real time: leave out --virtual")
    if (parseBroker(broker) === undefined)
        throw new UsageError(`--broker: "${broker}" is not mqtt://host or mqtt://host:port`)
}

function worldFrom(name: string, nodes: number, classes: string[], options: SimOptions): World {
    const { replay, map, label, rowSeconds, seed } = options
    if (name === "room") {
        if (replay !== undefined) throw new UsageError("--replay is for --world replay")
        return new RoomWorld(seed, nodes)
    }
    if (replay === undefined) throw new UsageError("--world replay needs --replay FILE.csv")
    return readReplay(replay, { map, label, rowMs: rowSeconds * 1000, classes })
}

/** The table, again and again; returns how to end it. */
function watchTable(rehearsal: Rehearsal, { virtual, speed }: SimOptions): () => void {
    const stream = process.stdout
    const pace = virtual
        ? "as fast as it can"
        : speed === 1
          ? "real time"
          : `${speed} times real time`
    const draw = () =>
        [
            `Motewise simulator · ${rehearsal.brokerUrl} · ${timeForPeople(rehearsal.virtualSeconds())} · ${pace}`,
            nodesTable(rehearsal.rows(), stream),
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

function finish(rehearsal: Rehearsal, json: boolean): void {
    const result = rehearsal.result()
    console.log(json ? JSON.stringify(result) : summary(result))
    for (const { id, code } of rehearsal.panics()) {
        console.error(`node ${id} ended in panic ${code}`)
        process.exitCode = 1
    }
}
