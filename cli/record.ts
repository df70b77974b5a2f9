/** `motewise record`: a made-up world as a CSV file, to train on or to replay. */
import { Command } from "commander"
import { recordingOf } from "../sim/recording"
import { WORLD_NAMES, worldKind } from "../sim/worlds/worlds"
import { writeWhole } from "../table/write"
import { integerFrom, numberFrom } from "./numbers"
import { sayShare } from "./progress"

interface RecordOptions {
    out: string
    hours: number
    nodes: number
    seed: number
    json: boolean
}

const HOUR_MS = 3_600_000

export function recordCommand(): Command {
    return new Command("record")
        .description("write what parts would feel in a made-up world, and the truth, as a CSV file")
        .argument("<world>", `one of ${WORLD_NAMES.join(", ")}`)
        .requiredOption("--out <file.csv>", "where to")
        .option("--hours <h>", "how long, in the world's time", numberFrom(0.01, 1e5), 24)
        .option("--nodes <n>", "at how many places", integerFrom(1, 1000), 1)
        .option("--seed <n>", "of everything random", integerFrom(0, 2 ** 31), 1)
        .option("--json", "print one JSON object and nothing else", false)
        .addHelpText(
            "after",
            `
Examples:
  motewise record soil --hours 960 --nodes 6 --out soil.csv
  motewise train --data soil.csv --label label --group-by node --out models/my-soil
  motewise sim --app soil --replay soil.csv --where node=0 --row-seconds 600 --virtual

A row is as long as the world's, or of raw signals a fiftieth of a second; columns are measurands, with "node" before them and "label", the truth, behind.`
        )
        .action(run)
}

function run(name: string, { out, hours, nodes, seed, json }: RecordOptions): void {
    const { make, measurands, recordEveryMs } = worldKind(name)
    const world = make(seed, nodes)
    const everyMs = recordEveryMs ?? world.rowMs
    const rows = Math.max(1, Math.round((hours * HOUR_MS) / everyMs))
    const progress = sayShare("recorded")
    const text = recordingOf(world, {
        places: nodes,
        rows,
        everyMs,
        measurands,
        onProgress: progress.tell,
    })
    progress.done()
    writeWhole(out, text)
    const rowSeconds = everyMs / 1000
    console.log(
        json
            ? JSON.stringify({ world: name, seed, nodes, rows: rows * nodes, rowSeconds, out })
            : `${rows * nodes} rows, one every ${rowSeconds} s at each of ${nodes} places, in ${out}`
    )
}
