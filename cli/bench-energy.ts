/** `motewise bench energy`: what the report policy saves against sending everything. */
import Table from "cli-table3"
import { Command } from "commander"
import { measureEnergy, type EnergyResult } from "../bench/energy/energy"
import { entryOf, DEFAULT_APP } from "../image/apps"
import { modelOf } from "../image/models"
import { readReplay } from "../sim/worlds/replay"
import { worldKind } from "../sim/worlds/worlds"
import type { Mapping } from "../table/meanings"
import { batteryOption, powerOf, powerOption } from "./energy-options"
import { mapOf } from "./mapping"
import { integerFrom } from "./numbers"
import { watchShare } from "./progress"

const DAY_ROWS = 1440

interface BenchEnergyOptions {
    data?: string
    map?: Mapping[]
    rows?: number
    board: string
    battery: number
    seed: number
    json: boolean
}

export function benchEnergyCommand(): Command {
    return new Command("energy")
        .description(
            "the same room told as raw JSON, summaries and verdicts: bytes, radio, mJ a day"
        )
        .option("--data <file.csv>", "a recording of a room, a row a minute (default: a made day)")
        .option("--map <columns>", 'its columns: "T1=temperatureCelsius,..."', mapOf)
        .option("--rows <n>", "the first so many minutes", integerFrom(60, 10_000_000))
        .addOption(powerOption())
        .addOption(batteryOption())
        .option("--seed <n>", "of everything random", integerFrom(0, 2 ** 30), 1)
        .option("--json", "print one JSON object and nothing else", false)
        .addHelpText(
            "after",
            `
Currents are the datasheets' (src/power/board-power.ts); parts, regulators and LEDs are not counted. "Standby" is a projection: asleep
between samples, and in the WiFi for reports alone.

Examples:
  motewise bench energy
  motewise bench energy --data occupancy-test1.csv --json
  motewise bench energy --board mw_esp32 --battery 7400`
        )
        .action(run)
}

async function run(options: BenchEnergyOptions): Promise<void> {
    const { data, map, board, battery, seed, json } = options
    const { classes } = await modelOf(entryOf(DEFAULT_APP))
    const world =
        data === undefined ? worldKind("room").make(seed, 1) : readReplay(data, { classes, map })
    const rows = Math.min(options.rows ?? world.rows ?? DAY_ROWS, world.rows ?? Infinity)
    const progress = watchShare("measured")
    const power = powerOf(board)
    const result = await measureEnergy(
        { world, rows, board, power, batteryMilliwattHours: battery, seed },
        progress.tell
    )
    progress.done()
    console.log(json ? JSON.stringify(result) : tableOf(result))
}

function tableOf(result: EnergyResult): string {
    const table = new Table({
        head: [
            "a day",
            "reports",
            "bytes",
            "packets",
            "radio\nwoken",
            "radio on\ns",
            "energy\nmJ",
            "battery\ndays",
            "standby:\nradio on s",
            "energy\nmJ",
            "battery\ndays",
            "right",
        ],
        colAligns: ["left", ...Array.from({ length: 11 }, () => "right" as const)],
        style: { head: [], border: [], compact: true },
    })
    for (const policy of result.policies) {
        const { standby } = policy
        table.push([
            policy.policy,
            policy.reportsPerDay,
            policy.bytesPerDay,
            policy.packetsPerDay,
            policy.exchangesPerDay,
            policy.radioOnSecondsPerDay,
            policy.millijoulesPerDay,
            policy.batteryDays,
            standby?.radioOnSecondsPerDay ?? "-",
            standby?.millijoulesPerDay ?? "-",
            standby?.batteryDays ?? "-",
            policy.accuracy === null ? "" : `${(policy.accuracy * 100).toFixed(2)} %`,
        ])
    }
    const { agreeing, compared, board, batteryMilliwattHours } = result
    return [
        table.toString(),
        `${board} on ${batteryMilliwattHours} mWh, parts not counted; ${result.rows} minutes`,
        `the far end knows the same in ${agreeing} of ${compared} minutes`,
    ].join("\n")
}
