/** The live table of `motewise sim`: what every node says, what is true, and how the reporting goes. */
import Table from "cli-table3"
import { styleText } from "node:util"
import { allMeasurands } from "../src/telemetry/contract/measurands"
import { TITLES } from "../src/telemetry/contract/titles"
import type { BoardPower } from "../src/power/board-power"
import { energyFigures, type EnergyFigures } from "../rehearsal/energy"
import type { NodeRow, Result } from "../rehearsal/result"

/** For which board and battery energy is told. */
export interface Supply {
    board: string
    power: BoardPower
    batteryMilliwattHours: number
}

/** SenML's names are for machines. */
const UNITS_FOR_PEOPLE: Record<string, string> = { Cel: "°C" }

type Colour = "green" | "yellow" | "red" | "dim"

/** Colours where somebody looks, plain text in a file. */
function paint(colour: Colour, text: string, stream: NodeJS.WriteStream): string {
    const wanted = stream.isTTY && process.env.NO_COLOR === undefined
    return wanted ? styleText(colour, text) : text
}

function percent(ratio: number | null | undefined): string {
    return ratio === undefined || ratio === null ? "" : `${(ratio * 100).toFixed(1)} %`
}

function bytesForPeople(bytes: number): string {
    return bytes < 10000 ? `${bytes} B` : `${(bytes / 1000).toFixed(1)} kB`
}

/** `1 d 02:03:04` */
export function timeForPeople(seconds: number): string {
    const two = (n: number) => String(Math.floor(n)).padStart(2, "0")
    const days = Math.floor(seconds / 86400)
    const clock = `${two((seconds / 3600) % 24)}:${two((seconds / 60) % 60)}:${two(seconds % 60)}`
    return days > 0 ? `${days} d ${clock}` : clock
}

export function nodesTable(rows: NodeRow[], stream: NodeJS.WriteStream, supply?: Supply): string {
    const measured = allMeasurands().filter(({ measurand }) =>
        rows.some(row => row.reported.has(measurand))
    )
    const headOf = ({ measurand, unit }: { measurand: string; unit: string }) =>
        `${TITLES[measurand]}\n${UNITS_FOR_PEOPLE[unit] ?? unit}`
    const told = rows.some(row => row.used.length > 0) ? supply : undefined
    const table = new Table({
        head: [
            "node\n",
            "link\n",
            ...measured.map(headOf),
            "verdict\n",
            "truth\n",
            "right\nso far",
            "reports\nsent/acked",
            "bytes\n",
            ...(told === undefined ? [] : ["mJ a\nreport", "battery\ndays"]),
        ],
        colAligns: [
            "left",
            "left",
            ...measured.map(() => "right" as const),
            "left",
            "left",
            "right",
            "right",
            "right",
            ...(told === undefined ? [] : ["right" as const, "right" as const]),
        ],
        style: { head: [], border: [], compact: true },
    })
    for (const row of rows)
        table.push([...cellsOf(row, measured, stream), ...energyCells(row, told)])
    return table.toString()
}

function cellsOf(
    row: NodeRow,
    measured: { measurand: string; decimals: number }[],
    stream: NodeJS.WriteStream
): string[] {
    const wrong = row.truth !== undefined && row.verdict !== undefined && row.truth !== row.verdict
    const verdict = row.verdict ?? ""
    const faults = [...row.faults].map(([part, fault]) => `${part}: ${fault}`)
    const link = row.online ? paint("green", "online", stream) : paint("red", "offline", stream)
    const panics = row.panics > 0 ? paint("red", `\n${row.panics} panics`, stream) : ""
    return [
        row.id,
        [link, ...faults.map(fault => paint("yellow", fault, stream))].join("\n") + panics,
        ...measured.map(({ measurand, decimals }) => {
            const value = row.reported.get(measurand)
            return value === undefined ? "" : value.toFixed(decimals)
        }),
        wrong ? paint("yellow", verdict, stream) : verdict,
        paint("dim", row.truth ?? "", stream),
        percent(row.accuracy),
        `${row.published}/${row.acknowledged}`,
        bytesForPeople(row.bytes),
    ]
}

function energyCells({ used }: NodeRow, supply: Supply | undefined): string[] {
    if (supply === undefined) return []
    const { power, batteryMilliwattHours } = supply
    const figures = energyFigures(used, power, batteryMilliwattHours)
    return [figures?.millijoulesPerReport?.toFixed(1) ?? "", figures?.batteryDays.toFixed(1) ?? ""]
}

/** What the nodes' own accounts come to. */
export function energyLine(
    figures: EnergyFigures,
    { board, batteryMilliwattHours }: Supply
): string {
    const { millijoulesPerSample, millijoulesPerVerdict, millijoulesPerReport } = figures
    return (
        `energy on ${board}, parts not counted: ${figures.meanMilliwatts.toFixed(1)} mW; ` +
        `${millijoulesPerSample ?? "-"} mJ a sample, ${millijoulesPerVerdict} a verdict, ` +
        `${millijoulesPerReport ?? "-"} a report; ` +
        `${figures.batteryDays.toFixed(1)} days on ${batteryMilliwattHours} mWh`
    )
}

/** The last words of a run. */
export function summary(result: Result): string {
    const { nodes, seconds, samples, gaps, labelled, correct, accuracy } = result
    const lines = [
        `${nodes} ${nodes === 1 ? "node" : "nodes"} for ${timeForPeople(seconds)}: ` +
            `${samples} samples, ${gaps} gaps`,
        `${result.published} reports published, ${result.acknowledged} acknowledged, ` +
            `${result.lost} lost, ${bytesForPeople(result.bytesOnWire)} on the wire`,
    ]
    if (accuracy !== null)
        lines.push(`verdict right in ${correct} of ${labelled} rows: ${percent(accuracy)}`)
    return lines.join("\n")
}
