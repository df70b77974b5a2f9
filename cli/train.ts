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
import { type Summary, train, verdictOnTrees } from "../train/training"
import { classesOf } from "./classes"
import { listOf, refuseTwice } from "./lists"
import { mapOf } from "./mapping"
import { ALARMS_PER_1000_ROWS } from "../train/detector/unlabelled"
import { integerFrom, numberFrom } from "./numbers"
import { sayShare } from "./progress"

interface TrainOptions {
    data: string
    label?: string
    out: string
    name?: string
    inputs?: string[]
    map?: Mapping[]
    kind: Kind | "detector"
    window?: number
    features?: string[]
    sampleRate?: number
    classes?: CellClass[]
    groupBy?: string[]
    holdout?: number | string
    maxNodes?: number
    blocks?: number
    alarmsPer1000Rows?: number
    seed: number
    json: boolean
}

const MAX_NODES: Record<Kind, number> = { tree: 31, forest: 255, boosted: 255 }

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
            new Option(
                "--kind <kind>",
                "of model: one tree, several that vote, or what is unusual in a stream"
            )
                .choices(["tree", "forest", "boosted", "detector"])
                .default("tree")
        )
        .option(
            "--max-nodes <n>",
            `the largest model to consider, of all its trees (default: ${MAX_NODES.tree}, of several trees ${MAX_NODES.forest})`,
            integerFrom(3, 1023)
        )
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
  motewise train --data fan.csv --label state --out models/fan --inputs x,y,z --group-by run \\
                 --window 50 --features mean,sd,range,band:12.5 --sample-rate 50
  motewise train --data fan.csv --label state --out models/fan --kind forest --max-nodes 511
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

/** What the other kind of model would have done with; silence would be taken for consent. */
function checkKind({ kind, ...options }: TrainOptions): void {
    const { maxNodes, blocks, window, features, sampleRate, alarmsPer1000Rows } = options
    const ofTrees = { "--max-nodes": maxNodes, "--blocks": blocks, "--window": window }
    const ofSignals = { "--features": features, "--sample-rate": sampleRate }
    const strange =
        kind === "detector"
            ? { ...ofTrees, ...ofSignals }
            : { "--alarms-per-1000-rows": alarmsPer1000Rows }
    for (const [option, value] of Object.entries(strange))
        if (value !== undefined) throw new UsageError(`${option} is not for --kind ${kind}`)
}

async function run(options: TrainOptions): Promise<void> {
    const { data, out, name, holdout, json, label, kind, ...wishes } = options
    checkKind(options)
    if (kind === "detector") {
        const { runDetector } = await import("./train-detector")
        await runDetector({ ...options, name: name ?? nameFrom(out) })
        return
    }
    if (label === undefined)
        throw new UsageError(
            "--label <column> is missing: a tree learns from it; --kind detector can do without"
        )
    const window = windowOf(options)
    const table = readTable(data)
    const recipe = recipeOf(table, {
        ...wishes,
        kind,
        label,
        maxNodes: wishes.maxNodes ?? MAX_NODES[kind],
        window,
        name: name ?? nameFrom(out),
        holdout: typeof holdout === "number" ? holdout : undefined,
    })
    const judge = typeof holdout === "string" ? readTable(holdout) : undefined
    const progress = sayShare("trained")
    const { files, summary, facts } = train(table, recipe, judge, progress.tell)
    progress.done()
    // Only here, for it takes libraries that draw.
    const { reportFiles } = await import("../train/report/report")
    writeModelFolder(out, { ...files, ...reportFiles(facts) })
    console.log(json ? JSON.stringify(summary) : report(summary, out))
}

function report(summary: Summary, out: string): string {
    const { training, holdout, leftOut } = summary
    const { curve, chosen } = summary.selection
    const sizes = curve.map(
        ({ trees, nodes, error, standardError }) =>
            `${String(trees).padStart(7)}${String(nodes).padStart(7)}  ${percent(error).padStart(8)} +- ${percent(standardError)}` +
            (nodes === chosen.nodes && trees === chosen.trees ? "  <- chosen" : "")
    )
    const figures = ({ accuracy, macroF1, unknown }: NonNullable<Summary["holdout"]>) =>
        `accuracy ${percent(accuracy)}, macro F1 ${percent(macroF1)}, unknown ${unknown}`
    return [
        `${summary.name}: ${summary.nodes} nodes in ${summary.trees} tree${summary.trees === 1 ? "" : "s"}, ${summary.modelBytes} bytes packed, on ${summary.inputs.join(", ") || "no input"}, in ${out}`,
        `rows ${summary.rows}: ${summary.classes.map(({ name, rows }) => `${name} ${rows}`).join(", ")}`,
        ...(leftOut.length > 0 ? [`not looked at: ${leftOut.join(", ")}`] : []),
        `training: ${figures(training)}`,
        ...(holdout === null ? [] : [`kept from it, ${holdout.rows} rows: ${figures(holdout)}`]),
        `rows changed by int16 scaling: ${summary.changedVsFloat}`,
        "  trees  nodes  cross-validated error",
        ...sizes,
        ...(summary.singleTree === null ? [] : [verdictOnTrees(summary.kind, summary.singleTree)]),
    ].join("\n")
}
