/** The sections of a report, each from no more than it speaks of, so that reports of other kinds of models can take those that fit. */
import { barsFigure } from "./bars-figure"
import { confusionFigure } from "./confusion-figure"
import type { BoardSizes, JudgedRows, ReportFacts, ReportInput } from "./facts"
import { classColour } from "../../drawing/figure"
import { importanceOf } from "./importance"
import { type Margin, marginsOf, NEAR_SHARE, rangeOf } from "./margins"
import { markup } from "../../drawing/markup"
import { figureSection, type Section, table } from "./page"
import { sizeFigure } from "./size-figure"
import { wrongStretches } from "./stretches"
import { treeFigure, TREES_DRAWN_MAX } from "./tree-figure"
import {
    amount,
    counted,
    decimalsFor,
    few,
    quantity,
    shareText,
    titleOf,
    unitOf,
    verdictName,
    whole,
} from "./wording"

const BARS_MAX = 20
const NAMES_MAX = 8
/** Of the boards in boards/README.md the smallest. */
export const HEAP_BYTES_LEAST = 40 * 1024
const STRETCHES_MAX = 20
/** More columns than these and the table of mistakes can not be read. */
const INPUTS_SHOWN_MAX = 6

export function treeSection(facts: ReportFacts): Section {
    const { trees, rowIs } = facts
    const shown = Math.min(TREES_DRAWN_MAX, trees.length)
    const which =
        trees.length === 1
            ? ""
            : ` The model is ${trees.length} trees, whose verdicts are weighed against each other; ${shown === trees.length ? "all are drawn" : `the first ${shown} are drawn`}.`
    const split = trees.some(({ root }) => root.split !== undefined)
    const caption = split
        ? `Start at the left: each box asks whether one input is at most a value, yes goes up and no goes down, until a box with a coloured square gives the verdict; the strip in a box shows the classes of the training ${rowIs}s that come there.`
        : "Nothing is asked: the verdict is the most frequent class, for no question was worth its place."
    return figureSection("How it decides", "tree", treeFigure(facts), caption + which)
}

export function confusionSection(classes: string[], judged: JudgedRows, seen: boolean): Section {
    const { evaluation, recording } = judged
    const unknown =
        evaluation.unknown > 0
            ? ` Unknown is said where a reading is missing (${whole(evaluation.unknown)}).`
            : ""
    const rows = seen
        ? `the ${whole(evaluation.rows)} rows of ${recording} it was trained on, so expect a little less on new ones`
        : `${whole(evaluation.rows)} rows of ${recording} that it was not trained on`
    return figureSection(
        "What it gets right and wrong",
        "confusion",
        confusionFigure(classes, judged),
        `Each line is one true class; the blue cells are right and the orange ones are mistakes, on ${rows}.${unknown}`
    )
}

export function sizeSection({ selection, folds }: ReportFacts): Section {
    return figureSection(
        "Why it is this large",
        "size",
        sizeFigure(selection),
        `Look for the leftmost point below the dashed line: it was chosen, for larger trees do no better than chance explains on ${folds}, each told by a tree that has not seen it (bars are one standard error).`
    )
}

export function importanceSection({
    trees,
    inputs,
}: Pick<ReportFacts, "trees" | "inputs">): Section {
    const importance = importanceOf(trees, inputs.length)
    const used = byValue(importance).filter(i => importance[i] > 0)
    const standIns = inputs.filter(({ step }, i) => step !== undefined && importance[i] === 0)
    const idle = inputs.filter(({ step }) => step === undefined)
    const bars = used.slice(0, BARS_MAX).map(i => ({
        name: titleOf(inputs[i]),
        share: importance[i],
        value: shareText(importance[i]),
        colour: "bar",
    }))
    const beyond =
        used.length > BARS_MAX
            ? ` ${counted(used.length - BARS_MAX, "input")} of less are not shown.`
            : ""
    const instead =
        standIns.length === 0
            ? ""
            : ` Asked only where another reading is missing: ${few(standIns.map(titleOf), NAMES_MAX, "inputs")}.`
    const without =
        idle.length === 0
            ? ""
            : ` Not needed, so a board does without: ${few(idle.map(titleOf), NAMES_MAX, "inputs")}.`
    const lead =
        used.length === 0
            ? "No input is asked for."
            : `The longer the bar, the more of the sorting into classes is this input's work.`
    return figureSection(
        "What it looks at",
        "importance",
        barsFigure(
            "Share of each input in the decrease of impurity",
            "share of the decrease of Gini impurity",
            bars
        ),
        lead + beyond + instead + without
    )
}

export function marginsSection({ trees, inputs, training, rowIs }: ReportFacts): Section {
    const { columns, truths } = training
    const margins = marginsOf(trees, training, truths.length)
    const ranges = columns.map(rangeOf)
    const valueText = (feature: number, value: number) =>
        quantity(value, decimalsFor(ranges[feature], value), unitOf(inputs[feature]))
    const shareOf = ({ near, rows }: Margin) => (rows > 0 ? near / rows : 0)
    const order = byValue(margins.map(shareOf)).map(i => margins[i])
    const nameOf = ({ tree, question, feature, threshold }: Margin) =>
        `${trees.length > 1 ? `tree ${tree}, ` : ""}${question}. ${titleOf(inputs[feature])} ≤ ${valueText(feature, threshold)}`
    const distance = (value: number, { feature }: Margin) => distanceText(value, inputs[feature])
    const bars = order.slice(0, BARS_MAX).map(margin => ({
        name: nameOf(margin),
        share: shareOf(margin),
        value: shareText(shareOf(margin)),
        colour: "wrong",
        note: `nearest ${rowIs}: ${distance(margin.below, margin)} below, ${distance(margin.above, margin)} above`,
    }))
    const rows = order
        .slice(0, BARS_MAX)
        .map(margin => [
            nameOf(margin),
            `${whole(margin.near)} of ${whole(margin.rows)}`,
            `${distance(margin.below, margin)}`,
            `${ticksText(margin.below, inputs[margin.feature])}`,
            `${distance(margin.above, margin)}`,
            `${ticksText(margin.above, inputs[margin.feature])}`,
            margin.surrogate === undefined
                ? "unknown"
                : `${titleOf(inputs[margin.surrogate.feature])} ${margin.surrogate.lowIsBelow ? "≤" : ">"} ${valueText(margin.surrogate.feature, margin.surrogate.threshold)}`,
        ])
    const more =
        margins.length > BARS_MAX
            ? ` The ${BARS_MAX} closest of ${margins.length} questions are shown.`
            : ""
    const percent = `${100 * NEAR_SHARE} %`
    return figureSection(
        "How close its calls are",
        "margins",
        barsFigure(
            `Share of ${rowIs}s near each threshold`,
            `${rowIs}s within ${percent} of the input's range`,
            bars
        ),
        `A long bar is a threshold in the midst of the readings, where noise or a worn sensor turns verdicts: of the training ${rowIs}s that come to a question, the share within ${percent} of the input's range of its threshold.${more}`,
        rows.length === 0
            ? undefined
            : table(
                  [
                      ["question", "text"],
                      [`${rowIs}s near`, "number"],
                      ["nearest below", "number"],
                      ["in ticks", "number"],
                      ["nearest above", "number"],
                      ["in ticks", "number"],
                      ["if the reading is missing", "text"],
                  ],
                  rows
              )
    )
}

export function classesSection(
    classes: string[],
    truths: ArrayLike<number>,
    rowIs: string
): Section {
    const counts = classes.map(() => 0)
    for (let row = 0; row < truths.length; ++row) ++counts[truths[row]]
    const share = (i: number) => counts[i] / truths.length
    const [most] = byValue(counts)
    return figureSection(
        "What it was taught",
        "classes",
        barsFigure(
            `Training ${rowIs}s by class`,
            `share of the training ${rowIs}s`,
            classes.map((name, i) => ({
                name,
                share: share(i),
                value: `${whole(counts[i])} (${shareText(share(i))})`,
                colour: `${classColour(i)} edge`,
            }))
        ),
        `A class with a short bar was seldom seen and is least to be relied on; who always says ${classes[most]} is right in ${shareText(share(most))}, which is what any model has to beat.`
    )
}

export function mistakesSection(facts: ReportFacts, judged: JudgedRows): Section {
    const { classes, inputs, trees, rowIs } = facts
    const stretches = wrongStretches(judged)
    const importance = importanceOf(trees, inputs.length)
    const shown = byValue(importance)
        .filter(i => importance[i] > 0)
        .slice(0, INPUTS_SHOWN_MAX)
    const decimals = judged.columns.map(column => decimalsFor(rangeOf(column)))
    const rows = stretches
        .slice(0, STRETCHES_MAX)
        .map(({ first, last, rows, truth, verdict, values }) => [
            first === last ? String(first) : `${first} to ${last}`,
            whole(rows),
            classes[truth],
            verdictName(classes, verdict),
            ...shown.map(i => spanText(values[i], decimals[i])),
        ])
    const wrong = stretches.reduce((sum, { rows }) => sum + rows, 0)
    const cap =
        stretches.length > STRETCHES_MAX
            ? ` the longest ${STRETCHES_MAX} of ${whole(stretches.length)} stretches are listed`
            : ` all are listed`
    const caption =
        wrong === 0
            ? `It is right in every one of these ${rowIs}s.`
            : `${counted(wrong, rowIs)} of ${judged.recording} ${wrong === 1 ? "is" : "are"} told wrong; neighbours with the same mistake are one stretch, and${cap}, by their row numbers there (the header is row 1).`
    const heads = shown.map((i): [string, "number"] => {
        const unit = unitOf(inputs[i])
        return [unit === "" ? titleOf(inputs[i]) : `${titleOf(inputs[i])}, ${unit}`, "number"]
    })
    const body =
        wrong === 0
            ? markup``
            : table(
                  [
                      ["in the recording", "text"],
                      [`${rowIs}s`, "number"],
                      ["truth", "text"],
                      ["verdict", "text"],
                      ...heads,
                  ],
                  rows
              )
    return { title: "Where it is wrong", caption, body, isWide: true }
}

export function boardSection(sizes: BoardSizes): Section {
    const { nodes, modelBytes, codeBytes, codeIsEstimated, codeBytesMax } = sizes
    const rows = [
        ["nodes", whole(nodes), "questions and verdicts", ""] as (
            string | ReturnType<typeof markup>
        )[],
    ]
    if (codeBytes !== undefined)
        rows.push([
            "as code, in the program",
            `${codeIsEstimated ? "about " : ""}${whole(codeBytes)} B`,
            `of ${whole(codeBytesMax)} B for all code`,
            markup`<meter max="${codeBytesMax}" value="${codeBytes}"></meter> ${shareText(codeBytes / codeBytesMax)}`,
        ])
    if (modelBytes !== undefined)
        rows.push([
            "as data, sent to a running node",
            `${whole(modelBytes)} B`,
            `in RAM, of the ${whole(HEAP_BYTES_LEAST)} B that programs have on the smallest board`,
            markup`<meter max="${HEAP_BYTES_LEAST}" value="${modelBytes}"></meter> ${shareText(modelBytes / HEAP_BYTES_LEAST)}`,
        ])
    const estimate = codeIsEstimated
        ? " The code's size is estimated; motewise eval compiles it."
        : ""
    return {
        title: "What it takes on the board",
        caption: `Look at the share: what is left is for sensors, network and everything else.${estimate}`,
        isWide: true,
        body: table(
            [
                ["", "text"],
                ["size", "number"],
                ["of", "text"],
                ["share", "text"],
            ],
            rows
        ),
    }
}

/** Indices, of the greatest value first; of equals, in their order. */
function byValue(values: number[]): number[] {
    return [...values.keys()].sort((a, b) => values[b] - values[a] || a - b)
}

/** Three significant digits: how near is what counts. */
function distanceText(value: number, input: ReportInput): string {
    if (value === Infinity) return "none"
    // Halfway between two doubles that should be one is no distance.
    const shown = input.step !== undefined && value < input.step / 1000 ? 0 : value
    return amount(shown, unitOf(input))
}

function ticksText(value: number, { step }: ReportInput): string {
    if (value === Infinity || step === undefined) return ""
    const ticks = value / step
    return ticks < 10 ? ticks.toFixed(1) : whole(Math.round(ticks))
}

function spanText(span: [number, number] | undefined, decimals: number): string {
    if (span === undefined) return "missing"
    const [least, greatest] = span.map(value => quantity(value, decimals, ""))
    return least === greatest ? least : `${least} to ${greatest}`
}
