/** The report of a trained model: one page for a person, and its figures as files of their own. */
import type { ReportFacts } from "./facts"
import { svgFile } from "../../drawing/figure"
import { importanceOf } from "./importance"
import { type KeyFigure, pageText, type Section } from "./page"
import {
    boardSection,
    classesSection,
    confusionSection,
    importanceSection,
    marginsSection,
    mistakesSection,
    sizeSection,
    treeSection,
} from "./sections"
import { counted, few, shareText, titleOf, whole } from "./wording"

/** More names than these make no sentence. */
const NAMES_MAX = 4

/** Text by file name: report.html and an SVG of each figure. The same facts make the same bytes. */
export function reportFiles(facts: ReportFacts): Record<string, string> {
    const judged = facts.holdout ?? facts.training
    const sections = [
        treeSection(facts),
        confusionSection(facts.classes, judged, facts.holdout === undefined),
        sizeSection(facts),
        importanceSection(facts),
        classesSection(facts.classes, facts.training.truths, facts.rowIs),
        marginsSection(facts),
        mistakesSection(facts, judged),
        boardSection(facts.sizes),
    ]
    const page = pageText({
        title: `${facts.name}: report of the model`,
        headline: headlineOf(facts),
        keyFigures: keyFiguresOf(facts),
        sections,
    })
    return { "report.html": page, ...figureFiles(sections) }
}

export function figureFiles(sections: Section[]): Record<string, string> {
    const files = sections.flatMap(({ file }) => (file === undefined ? [] : [file]))
    return Object.fromEntries(files.map(({ name, figure }) => [`${name}.svg`, svgFile(figure)]))
}

/** What it decides, from what, how well, how large. */
function headlineOf(facts: ReportFacts): string {
    const { name, classes, inputs, trees, sizes } = facts
    const importance = importanceOf(trees, inputs.length)
    const used = inputs
        .map((input, i) => ({ title: titleOf(input), share: importance[i] }))
        .filter(({ share }) => share > 0)
        .sort((a, b) => b.share - a.share)
        .map(({ title }) => title)
    const from =
        used.length === 0 ? "without looking at anything" : `by ${few(used, NAMES_MAX, "inputs")}`
    const { share, rows } = unseenAccuracy(facts)
    const size =
        trees.length > 1
            ? `${trees.length} trees of ${whole(sizes.nodes)} nodes`
            : counted(sizes.nodes, "node")
    const code =
        sizes.codeBytes === undefined
            ? ""
            : `, ${sizes.codeIsEstimated ? "about " : ""}${whole(sizes.codeBytes)} bytes of code`
    return `${name} tells ${few(classes, NAMES_MAX, "classes")} apart ${from}; it is right in ${shareText(share)} of ${rows}, and takes ${size}${code}.`
}

/** The rows kept from it where there are such, else the cross-validation: of the rows it learnt from it would flatter itself. */
function unseenAccuracy({ holdout, selection, rowIs }: ReportFacts): {
    share: number
    rows: string
} {
    return holdout === undefined
        ? { share: 1 - selection.chosen.error, rows: `${rowIs}s it had not seen (cross-validated)` }
        : {
              share: holdout.evaluation.accuracy,
              rows: `${counted(holdout.evaluation.rows, rowIs)} it had not seen`,
          }
}

function keyFiguresOf(facts: ReportFacts): KeyFigure[] {
    const { training, holdout, selection, rowIs, inputs } = facts
    const used = inputs.filter(({ step }) => step !== undefined).length
    const { error, standardError } = selection.chosen
    const figures = [
        {
            value: shareText(1 - error),
            meaning: `right in cross-validation, ± ${shareText(standardError)}`,
        },
        {
            value: shareText(training.evaluation.accuracy),
            meaning: `right on the ${whole(training.evaluation.rows)} ${rowIs}s it was trained on; macro F1 ${shareText(training.evaluation.macroF1)}`,
        },
        { value: `${used} of ${inputs.length}`, meaning: "inputs are looked at" },
    ]
    if (holdout !== undefined)
        figures.unshift({
            value: shareText(holdout.evaluation.accuracy),
            meaning: `right on ${whole(holdout.evaluation.rows)} ${rowIs}s kept from it; macro F1 ${shareText(holdout.evaluation.macroF1)}`,
        })
    return figures
}
