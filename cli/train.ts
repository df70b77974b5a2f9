/** `motewise train`: a recording in, a model folder out. */
import { Command, InvalidArgumentError, Option } from "commander"
import { existsSync } from "node:fs"
import { allMeasurands, measurandByName } from "../src/telemetry/contract/measurands"
import { readTable } from "../table/csv"
import { percent } from "../train/evaluation"
import { writeModelFolder } from "../train/folder"
import { isName, nameFrom, type RecipeClass, type RecipeInput, recipeOf } from "../train/recipe"
import { type Summary, train } from "../train/training"
import { ALARMS_PER_1000_ROWS } from "../train/detector/unlabelled"
import { UsageError } from "../image/project"
import { runDetector } from "./train-detector"
import { listOf, refuseTwice } from "./lists"
import { integerFrom, numberFrom } from "./numbers"
import { sayShare } from "./progress"

interface TrainOptions {
    data: string
    label?: string
    kind: "tree" | "detector"
    out: string
    name?: string
    inputs?: string[]
    map?: RecipeInput[]
    classes?: RecipeClass[]
    groupBy?: string[]
    holdout?: number | string
    maxNodes: number
    blocks?: number
    alarmsPer1000Rows?: number
    seed: number
    json: boolean
}

export function trainCommand(): Command {
    return new Command("train")
        .description(
            "train a classifier or a detector on your own recording, small enough for the board"
        )
        .requiredOption("--data <file.csv>", "the recording, in order of time")
        .option(
            "--label <column>",
            "the column that holds the class, as text or numbers (a detector can do without)"
        )
        .requiredOption("--out <folder>", "the model's folder, such as models/room")
        .option(
            "--inputs <columns>",
            "what it may look at (default: every column of numbers)",
            listOf
        )
        .addOption(
            new Option("--kind <kind>", "of model: classes of rows, or what is unusual in a stream")
                .choices(["tree", "detector"])
                .default("tree")
        )
        .option("--max-nodes <n>", "the largest tree to consider", integerFrom(3, 1023), 31)
        .option(
            "--group-by <columns>",
            "rows alike in these stay together in cross-validation (default: blocks of time), and are one stream to a detector",
            listOf
        )
        .option(
            "--holdout <share|file.csv>",
            "judge it by this share of the rows, the last, or by another recording",
            holdoutFrom
        )
        .option("--name <name>", "of the verdict (default: the folder's)", nameOf)
        .option("--map <columns>", 'what columns measure: "T1=temperatureCelsius,..."', mapOf)
        .option(
            "--classes <names>",
            'of the classes, in their order: "0=vacant,1=occupied"',
            classesOf
        )
        .option("--blocks <n>", "folds of the cross-validation (default: 10)", integerFrom(2, 100))
        .option(
            "--alarms-per-1000-rows <n>",
            `a detector without labels: what somebody wants to hear (default: ${ALARMS_PER_1000_ROWS})`,
            numberFrom(0.001, 100)
        )
        .option("--seed <n>", "draws the test vectors", integerFrom(0, 2 ** 31 - 1), 1)
        .option("--json", "print one JSON object and nothing else", false)
        .addHelpText(
            "after",
            `
Examples:
  motewise train --data room.csv --label occupied --out models/room
  motewise train --data room.csv --label occupied --out models/room --inputs Light,CO2 --max-nodes 7
  motewise train --data fan.csv --label state --out models/fan --group-by run --holdout fan-later.csv
  motewise train --data motes.csv --kind detector --group-by mote --out models/steam --label steam
  motewise train --data machine.csv --kind detector --out models/machine
  motewise eval models/room --data next-week.csv

An empty cell is a reading that did not come. Every class needs two rows.`
        )
        .action(run)
}

function holdoutFrom(given: string): number | string {
    if (existsSync(given)) return given
    const share = Number(given)
    if (share > 0 && share < 1) return share
    throw new InvalidArgumentError("It takes a share between 0 and 1, or a file that is there.")
}

function nameOf(given: string): string {
    if (!isName(given))
        throw new InvalidArgumentError(
            "It takes lower-case words joined by hyphens that are no word of the language."
        )
    return given
}

function mapOf(given: string): RecipeInput[] {
    const inputs = pairsOf(given).map(([column, measurand]) => ({ column, measurand }))
    const unknown = inputs.find(({ measurand }) => measurandByName(measurand) === undefined)
    if (unknown !== undefined)
        throw new InvalidArgumentError(
            `No measurand is called ${unknown.measurand}; there are ${allMeasurands()
                .map(m => m.measurand)
                .join(", ")}.`
        )
    refuseTwice(inputs.map(({ column }) => column))
    refuseTwice(inputs.map(({ measurand }) => measurand))
    return inputs
}

function classesOf(given: string): RecipeClass[] {
    const classes = pairsOf(given).map(([cell, name]) => ({ cell, name }))
    if (classes.length < 2) throw new InvalidArgumentError("It must name two classes or more.")
    refuseTwice(classes.map(({ cell }) => cell))
    refuseTwice(classes.map(({ name }) => name))
    return classes
}

function pairsOf(given: string): [string, string][] {
    return given.split(",").map(pair => {
        const [left, right, ...rest] = pair.split("=").map(side => side.trim())
        if (!left || !right || rest.length > 0)
            throw new InvalidArgumentError(`"${pair}" is not of the form left=right.`)
        return [left, right]
    })
}

function run(options: TrainOptions): void {
    const { data, out, name, holdout, json, label, ...wishes } = options
    if (options.kind === "detector") {
        runDetector({ ...options, name: name ?? nameFrom(out) })
        return
    }
    if (label === undefined)
        throw new UsageError(
            "--label <column> is missing: a tree learns from it; --kind detector can do without"
        )
    const table = readTable(data)
    const recipe = recipeOf(table, {
        ...wishes,
        label,
        name: name ?? nameFrom(out),
        holdout: typeof holdout === "number" ? holdout : undefined,
    })
    const judge = typeof holdout === "string" ? readTable(holdout) : undefined
    const progress = sayShare("trained")
    const { files, summary } = train(table, recipe, judge, progress.tell)
    progress.done()
    writeModelFolder(out, files)
    console.log(json ? JSON.stringify(summary) : report(summary, out))
}

function report(summary: Summary, out: string): string {
    const { training, holdout, leftOut } = summary
    const { curve, chosen } = summary.selection
    const sizes = curve.map(
        ({ nodes, error, standardError }) =>
            `${String(nodes).padStart(7)}  ${percent(error).padStart(8)} +- ${percent(standardError)}${nodes === chosen.nodes ? "  <- chosen" : ""}`
    )
    const figures = ({ accuracy, macroF1, unknown }: NonNullable<Summary["holdout"]>) =>
        `accuracy ${percent(accuracy)}, macro F1 ${percent(macroF1)}, unknown ${unknown}`
    return [
        `${summary.name}: ${summary.nodes} nodes on ${summary.inputs.join(", ") || "no input"}, in ${out}`,
        `rows ${summary.rows}: ${summary.classes.map(({ name, rows }) => `${name} ${rows}`).join(", ")}`,
        ...(leftOut.length > 0 ? [`not looked at: ${leftOut.join(", ")}`] : []),
        `training: ${figures(training)}`,
        ...(holdout === null ? [] : [`kept from it, ${holdout.rows} rows: ${figures(holdout)}`]),
        `rows changed by int16 scaling: ${summary.changedVsFloat}`,
        "  nodes  cross-validated error",
        ...sizes,
    ].join("\n")
}
