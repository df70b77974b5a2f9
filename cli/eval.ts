/** `motewise eval`: a model folder, judged by a recording. */
import { Command, Option } from "commander"
import Table from "cli-table3"
import { UsageError } from "../image/project"
import { readTable } from "../table/csv"
import { isDetectorFolder } from "../train/detector/folder"
import { percent } from "../train/evaluation"
import { judge, type Judgement, type Runtime } from "../train/judging"
import { readModelFolder } from "../train/model-folder"
import { writePredictions } from "../train/predictions"
import type { Form } from "../train/vm-verdicts"
import { listOf } from "./lists"

interface EvalOptions {
    data: string
    label?: string
    groupBy?: string[]
    runtime: Runtime
    form: Form
    predictions?: string
    json: boolean
}

export function evalCommand(): Command {
    return new Command("eval")
        .description("judge a model by a recording, with the code that runs on the board")
        .argument("<folder>", "the model's folder, such as models/room")
        .requiredOption("--data <file.csv>", "the recording")
        .option("--label <column>", "the column with the truth (default: as it was trained)")
        .option(
            "--group-by <columns>",
            "a detector: rows alike in these are one stream (default: as it was trained, where the recording has them)",
            listOf
        )
        .addOption(
            new Option("--runtime <runtime>", "where the model runs: the VM of the board, or Node")
                .choices(["vm", "host"])
                .default("vm")
        )
        .addOption(
            new Option("--form <form>", "of the model: generated code, or the bytes of model.bin")
                .choices(["generated", "packed"])
                .default("generated")
        )
        .option("--predictions <out.csv>", "write the verdict of every row there")
        .option("--json", "print one JSON object and nothing else", false)
        .addHelpText(
            "after",
            `
Examples:
  motewise eval models/room --data next-week.csv
  motewise eval models/room --data next-week.csv --runtime host --json
  motewise eval models/room --data next-week.csv --form packed
  motewise eval models/room --data next-week.csv --predictions verdicts.csv`
        )
        .action(run)
}

async function run(folder: string, options: EvalOptions): Promise<void> {
    const { data, label, groupBy, runtime, form, predictions, json } = options
    if (isDetectorFolder(folder)) {
        const { evalDetector } = await import("./eval-detector")
        await evalDetector(folder, options)
        return
    }
    if (groupBy !== undefined)
        throw new UsageError("--group-by is for detectors: a tree has no state")
    const model = await readModelFolder(folder)
    const { judgement, truths, verdicts, rows } = await judge(
        model,
        readTable(data),
        label,
        runtime,
        form
    )
    if (predictions !== undefined)
        writePredictions(predictions, judgement.classes, truths, verdicts, rows)
    console.log(json ? JSON.stringify(judgement) : report(folder, judgement))
}

function report(folder: string, judgement: Judgement): string {
    const { rows, accuracy, macroF1, unknown, classes, confusion } = judgement
    const { trees, nodes, codeBytes, modelBytes, runtime, form } = judgement
    const table = new Table({
        head: ["truth", ...classes.map(name => `said ${name}`)],
        colAligns: ["left", ...classes.map(() => "right" as const)],
        style: { head: [], border: [] },
    })
    classes.forEach((name, i) => table.push([name, ...confusion[i]]))
    return [
        `${folder}: accuracy ${percent(accuracy)}, macro F1 ${percent(macroF1)}, unknown ${unknown}, of ${rows} rows`,
        `${nodes} nodes in ${trees} tree${trees === 1 ? "" : "s"}, ${codeBytes} bytes of code, ${modelBytes ?? "no"} bytes packed; ` +
            `rows changed by int16 scaling: ${judgement.changedVsFloat}; run in: ${runtime}, ${form}`,
        table.toString(),
    ].join("\n")
}
