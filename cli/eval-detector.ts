/** `motewise eval` of a detector's folder. */
import { readTable } from "../table/csv"
import { type DetectorJudgement, judgeDetector } from "../train/detector/evaluation"
import { readDetectorFolder } from "../train/detector/folder"
import { percent } from "../train/evaluation"
import type { Runtime } from "../train/judging"
import { writePredictions } from "../train/predictions"

interface EvalOptions {
    data: string
    label?: string
    groupBy?: string[]
    runtime: Runtime
    predictions?: string
    json: boolean
}

export async function evalDetector(folder: string, options: EvalOptions): Promise<void> {
    const { data, predictions, json, ...question } = options
    const model = await readDetectorFolder(folder)
    const { judgement, classes, truths, verdicts } = await judgeDetector(
        model,
        readTable(data),
        question
    )
    if (predictions !== undefined)
        writePredictions(predictions, classes, truths, verdicts, [...verdicts.keys()])
    console.log(json ? JSON.stringify(judgement) : report(folder, judgement))
}

function report(folder: string, judgement: DetectorJudgement): string {
    const { rows, events, eventsHit, maxDelayRows, falseEpisodes, precision, recall } = judgement
    const share = (value: number | null) => (value === null ? "-" : percent(value))
    return [
        events === null
            ? `${folder}: ${rows} rows without labels`
            : `${folder}: ${eventsHit} of ${events} events, delay at most ${maxDelayRows ?? "-"} rows, ${falseEpisodes} false episodes, of ${rows} rows`,
        ...(events === null
            ? []
            : [`by rows: precision ${share(precision)}, recall ${share(recall)}`]),
        `alarm rows: ${Object.entries(judgement.alarmRowsByGroup)
            .map(([group, count]) => `${group} ${count}`)
            .join(", ")}; run in: ${judgement.runtime}`,
    ].join("\n")
}
