/** `motewise train --kind detector`: a recording of streams in, a detector's folder out. */
import { readTable } from "../table/csv"
import { type DetectorWishes, detectorRecipeOf } from "../train/detector/recipe"
import {
    choiceLine,
    type DetectorFigures,
    type DetectorSummary,
    trainDetector,
} from "../train/detector/training"
import { writeModelFolder } from "../train/folder"
import { sayShare } from "./progress"

interface DetectorOptions extends Omit<DetectorWishes, "holdout"> {
    data: string
    out: string
    holdout?: number | string
    json: boolean
}

export async function runDetector({
    data,
    out,
    holdout,
    json,
    ...wishes
}: DetectorOptions): Promise<void> {
    const table = readTable(data)
    const recipe = detectorRecipeOf(table, {
        ...wishes,
        holdout: typeof holdout === "number" ? holdout : undefined,
    })
    const judge = typeof holdout === "string" ? readTable(holdout) : undefined
    const progress = sayShare("trained")
    const { files, summary, facts } = trainDetector(table, recipe, judge, progress.tell)
    progress.done()
    // Only here, for it takes libraries that draw.
    const { detectorReportFiles } = await import("../train/report/detector-report")
    writeModelFolder(out, { ...files, ...detectorReportFiles(facts) })
    console.log(
        json ? JSON.stringify(summary) : report(summary, choiceLine(recipe, summary.choice), out)
    )
}

function report(summary: DetectorSummary, choice: string, out: string): string {
    const { training, holdout, groups, leftOut } = summary
    return [
        `${summary.name}: ${summary.detector} on ${summary.inputs.join(", ")}, in ${out}`,
        ...(leftOut.length > 0 ? [`not looked at: ${leftOut.join(", ")}`] : []),
        choice,
        ...(summary.choice.by === "labels"
            ? summary.choice.kinds.map(
                  ({ kind, unseen, candidates, asGood }) =>
                      `  ${kind}: ${unseen.eventsHit} of ${unseen.events} events, ${unseen.falseEpisodes} false episodes; ${asGood} of ${candidates} candidates are as good as its best`
              )
            : []),
        `training, ${groups.length} group${groups.length === 1 ? "" : "s"}, ${figures(training)}`,
        ...(holdout === null ? [] : [`kept from it, ${figures(holdout)}`]),
        ...Object.entries(summary.parameters).map(
            ([name, value]) => `  ${name}: ${Array.isArray(value) ? value.join(", ") : value}`
        ),
    ].join("\n")
}

function figures({ rows, alarmEpisodes, events, ...told }: DetectorFigures): string {
    const all = `${rows} rows: ${alarmEpisodes} alarm episodes`
    if (events === null) return all
    return `${all}, ${told.eventsHit} of ${events} events, delay at most ${told.maxDelayRows ?? "-"} rows, ${told.falseEpisodes} false episodes`
}
