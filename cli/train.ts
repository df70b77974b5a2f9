/** `motewise train`: a recording in, a model folder out. */
import { Command, InvalidArgumentError, Option } from "commander"
import { existsSync } from "node:fs"
import { UsageError } from "../image/project"
import { BAND_PREFIX, FEATURES, parseFeature } from "../src/sensing/features"
import { readTable } from "../table/csv"
import type { CellClass, Mapping } from "../table/meanings"
import { percent } from "../train/evaluation"
import { writeModelFolder } from "../train/folder"
import { isName, type Kind, nameFrom, recipeOf } from "../train/recipe"
import type { Sampling } from "../train/windows"
import { type Summary, train } from "../train/training"
import { classesOf } from "./classes"
import { listOf, refuseTwice } from "./lists"
import { mapOf } from "./mapping"
import { integerFrom, numberFrom } from "./numbers"
import { sayShare } from "./progress"

interface TrainOptions {
    data: string
    label: string
    out: string
    name?: string
    inputs?: string[]
    map?: Mapping[]
    kind: Kind
    window?: number
    features?: string[]
    sampleRate?: number
    classes?: CellClass[]
    groupBy?: string[]
    holdout?: number | string
    maxNodes: number
    blocks?: number
    seed: number
    json: boolean
}

export function trainCommand(): Command {
    return new Command("train")
        .description("train a classifier on your own recording, small enough for the board")
        .requiredOption("--data <file.csv>", "the recording, in order of time")
        .requiredOption("--label <column>", "the column that holds the class, as text or numbers")
        .requiredOption("--out <folder>", "the model's folder, such as models/room")
        .option(
            "--inputs <columns>",
            "what it may look at (default: every column of numbers)",
            listOf
        )
        .addOption(new Option("--kind <kind>", "of model").choices(["tree"]).default("tree"))
        .option("--max-nodes <n>", "the largest tree to consider", integerFrom(3, 1023), 31)
        .option(
            "--group-by <columns>",
            "rows alike in these stay together in cross-validation (default: blocks of time)",
            listOf
        )
        .option(
            "--holdout <share|file.csv>",
            "judge it by this share of the rows, the last, or by another recording",
            holdoutFrom
        )
        .option("--name <name>", "of the verdict (default: the folder's)", nameOf)
        .option(
            "--window <n>",
            "raw signals: so many rows in a row make one example, by their features",
            integerFrom(2, 512)
        )
        .option(
            "--features <names>",
            `of a window: ${FEATURES.join(", ")}, ${BAND_PREFIX}<Hz> (default: mean, sd, range, meanAbsoluteDifference)`,
            featuresOf
        )
        .option("--sample-rate <hertz>", "rows a second", numberFrom(1e-6, 1e5))
        .option(
            "--map <columns>",
            'what columns measure, and times what: "T1=temperatureCelsius,P*100=pressurePascals"',
            mapOf
        )
        .option(
            "--classes <names>",
            'of the classes, in their order: "0=vacant,1=occupied"',
            classesOf
        )
        .option("--blocks <n>", "folds of the cross-validation (default: 10)", integerFrom(2, 100))
        .option("--seed <n>", "draws the test vectors", integerFrom(0, 2 ** 31 - 1), 1)
        .option("--json", "print one JSON object and nothing else", false)
        .addHelpText(
            "after",
            `
Examples:
  motewise train --data room.csv --label occupied --out models/room
  motewise train --data room.csv --label occupied --out models/room --inputs Light,CO2 --max-nodes 7
  motewise train --data fan.csv --label state --out models/fan --group-by run --holdout fan-later.csv
  motewise train --data fan.csv --label state --out models/fan --inputs x,y,z --group-by run \\
                 --window 50 --features mean,sd,range,band:12.5 --sample-rate 50
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

/** Written as one likes: "mean-absolute-difference", "meanAbsoluteDifference". */
function featuresOf(given: string): string[] {
    const plain = (text: string) => text.toLowerCase().replace(/[-_ ]/g, "")
    const features = listOf(given).map(word => {
        const known = FEATURES.find(feature => plain(feature) === plain(word))
        if (known === undefined && !word.startsWith(BAND_PREFIX))
            throw new InvalidArgumentError(
                `There is no feature "${word}", there are ${FEATURES.join(", ")} and ${BAND_PREFIX}<Hz>.`
            )
        return known ?? word
    })
    refuseTwice(features)
    return features
}

function windowOf({ window, features, sampleRate }: TrainOptions): Sampling | undefined {
    if (window === undefined) {
        if (features !== undefined) throw new UsageError("--features needs --window")
        return undefined
    }
    const samplesPerSecond = sampleRate ?? 0
    for (const feature of features ?? [])
        try {
            parseFeature(feature, samplesPerSecond)
        } catch (e) {
            const rate = sampleRate === undefined ? "; say --sample-rate" : ""
            throw new UsageError(`--features: ${(e as Error).message}${rate}`)
        }
    return { samples: window, samplesPerSecond }
}

function run(options: TrainOptions): void {
    const { data, out, name, holdout, json, ...wishes } = options
    const window = windowOf(options)
    const table = readTable(data)
    const recipe = recipeOf(table, {
        ...wishes,
        window,
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
