/** A detector trained and judged in a folder of the test's own, without the command around it. */
import { writeFileSync } from "node:fs"
import { join } from "node:path"
import { readTable } from "../../table/csv"
import {
    type DetectorQuestion,
    type DetectorVerdicts,
    judgeDetector,
} from "../../train/detector/evaluation"
import { readDetectorFolder } from "../../train/detector/folder"
import { detectorRecipeOf, type DetectorWishes } from "../../train/detector/recipe"
import { type DetectorSummary, trainDetector } from "../../train/detector/training"
import { writeModelFolder } from "../../train/folder"

/** @returns the path of a file with this text */
export function put(folder: string, name: string, text: string): string {
    const path = join(folder, name)
    writeFileSync(path, text)
    return path
}

/** Into `out`. @param data path of the recording */
export function trained(
    out: string,
    data: string,
    wishes: Partial<DetectorWishes> = {}
): DetectorSummary {
    const table = readTable(data)
    const recipe = detectorRecipeOf(table, { name: "leak", seed: 1, ...wishes })
    const { files, summary } = trainDetector(table, recipe)
    writeModelFolder(out, files)
    return summary
}

export async function judged(
    out: string,
    data: string,
    question: Partial<DetectorQuestion> = {}
): Promise<DetectorVerdicts> {
    return judgeDetector(await readDetectorFolder(out), readTable(data), {
        runtime: "host",
        ...question,
    })
}
