/** The tree, root at the left: a box a question, its answer yes above no, a coloured box a verdict; links are as wide as their rows are many. */
import { hierarchy, type HierarchyPointNode, tree as tidyTree } from "d3-hierarchy"
import type { TreeNode } from "../tree"
import type { ReportFacts, ReportTree } from "./facts"
import {
    classColour,
    clipped,
    type Figure,
    px,
    SMALL_PX,
    STRONG,
    TEXT_PX,
    textWidthPx,
} from "../../drawing/figure"
import { type Markup, markup, NOTHING } from "../../drawing/markup"
import { rangeOf } from "./margins"
import {
    counted,
    decimalsFor,
    listed,
    quantity,
    shareText,
    titleOf,
    unitOf,
    whole,
} from "./wording"

/** Of a tree. Beyond it the smallest branches are folded into one box each. */
const NODES_DRAWN_MAX = 63
/** Of an ensemble. */
export const TREES_DRAWN_MAX = 3

const BOX_WIDTH_PX = 196
const BOX_HEIGHT_PX = 56
const ROW_PX = 66
const COLUMN_PX = BOX_WIDTH_PX + 56
const MARGIN_PX = 16
const PADDING_PX = 10
const CLASS_BAR_PX = 6
const LINE_PX = 22
/** A narrow window shows all of it. */
const LEGEND_WIDTH_PX = 380
const LINK_PX_MAX = 12

interface Drawn {
    node: TreeNode
    /** From 1 on, as in `Margin`; 0 of a leaf. */
    question: number
    /** Splits below that are not drawn. */
    folded: number
    children?: [Drawn, Drawn]
}

type Words = Pick<ReportFacts, "classes" | "inputs" | "rowIs"> & { ranges: number[] }

export function treeFigure(facts: ReportFacts): Figure {
    const { name, classes, inputs, rowIs, trees, training } = facts
    const words: Words = { classes, inputs, rowIs, ranges: training.columns.map(rangeOf) }
    const shown = trees.slice(0, TREES_DRAWN_MAX)
    const pieces: Markup[] = []
    const legend = legendOf(classes)
    let top = legend.bottom + MARGIN_PX
    let width = LEGEND_WIDTH_PX
    for (const [i, tree] of shown.entries()) {
        if (trees.length > 1) {
            top += LINE_PX
            pieces.push(
                markup`<text class="strong" x="${MARGIN_PX}" y="${px(top - 6)}">${headingOf(tree, i, trees.length)}</text>`
            )
        }
        const { body, widthPx, heightPx } = oneTree(tree.root, words)
        pieces.push(markup`<g transform="translate(${MARGIN_PX} ${px(top)})">${body}</g>`)
        top += heightPx + MARGIN_PX
        width = Math.max(width, widthPx + 2 * MARGIN_PX)
    }
    return {
        title: `The decision tree of ${name}, which tells ${listed(classes)} apart`,
        widthPx: width,
        heightPx: top,
        body: markup`${legend.body}${pieces}`,
    }
}

function headingOf({ weight }: ReportTree, index: number, count: number): string {
    return `Tree ${index + 1} of ${count}, weight ${quantity(weight, 3, "")}`
}

function oneTree(
    root: TreeNode,
    words: Words
): { body: Markup; widthPx: number; heightPx: number } {
    const layout = tidyTree<Drawn>()
        .nodeSize([ROW_PX, COLUMN_PX])
        .separation(() => 1)
    const laidOut = layout(hierarchy(drawnTree(root), ({ children }) => children))
    const nodes = laidOut.descendants()
    const topmost = Math.min(...nodes.map(({ x }) => x))
    const lowest = Math.max(...nodes.map(({ x }) => x))
    const rows = sum(root.counts)
    const links = nodes.map(node => linkTo(node, rows))
    const boxes = nodes.map(node => boxOf(node, words))
    return {
        body: markup`<g transform="translate(0 ${px(BOX_HEIGHT_PX / 2 - topmost)})">${links}${boxes}</g>`,
        widthPx: Math.max(...nodes.map(({ y }) => y)) + BOX_WIDTH_PX,
        heightPx: lowest - topmost + BOX_HEIGHT_PX,
    }
}

/** The branches most rows go through, as many as may be drawn. */
function drawnTree(root: TreeNode): Drawn {
    const questions = new Map<TreeNode, number>()
    number(root)

    function number(node: TreeNode): void {
        if (node.split === undefined) return
        questions.set(node, questions.size + 1)
        number(node.split.low)
        number(node.split.high)
    }

    const open = new Set<TreeNode>()
    const candidates = root.split === undefined ? [] : [root]
    while (candidates.length > 0 && 2 * open.size + 3 <= NODES_DRAWN_MAX) {
        candidates.sort((a, b) => sum(b.counts) - sum(a.counts))
        const [node] = candidates.splice(0, 1)
        open.add(node)
        const { low, high } = node.split!
        candidates.push(...[low, high].filter(({ split }) => split !== undefined))
    }

    function drawn(node: TreeNode): Drawn {
        const question = questions.get(node) ?? 0
        if (node.split === undefined) return { node, question, folded: 0 }
        if (!open.has(node)) return { node, question, folded: splitsIn(node) }
        return {
            node,
            question,
            folded: 0,
            children: [drawn(node.split.low), drawn(node.split.high)],
        }
    }

    return drawn(root)
}

function linkTo(target: HierarchyPointNode<Drawn>, rows: number): Markup {
    const { parent } = target
    if (parent === null) return NOTHING
    const fromX = parent.y + BOX_WIDTH_PX
    const middle = (fromX + target.y) / 2
    const width = 1.5 + (LINK_PX_MAX * sum(target.data.node.counts)) / rows
    const isLow = parent.children?.[0] === target
    const path = `M${px(fromX)} ${px(parent.x)}C${px(middle)} ${px(parent.x)} ${px(middle)} ${px(target.x)} ${px(target.y)} ${px(target.x)}`
    const y = target.x + (isLow ? -width / 2 - 5 : width / 2 + 13)
    return markup`<path class="link" stroke-width="${px(width)}" d="${path}"/><text class="faint" x="${px(target.y - 6)}" y="${px(y)}" text-anchor="end">${isLow ? "yes" : "no"}</text>`
}

function boxOf({ x, y, data }: HierarchyPointNode<Drawn>, words: Words): Markup {
    const { node, question, folded } = data
    const rows = sum(node.counts)
    const name = words.classes[node.classIndex]
    const ofClass = rows > 0 ? node.counts[node.classIndex] / rows : 0
    const verdict = `${shareText(ofClass)} of ${counted(rows, words.rowIs)}`
    const line = (text: string, at: number, kind: string) =>
        markup`<text class="${kind}" x="${PADDING_PX}" y="${at}">${text}</text>`
    const room = BOX_WIDTH_PX - 2 * PADDING_PX
    const at = `translate(${px(y)} ${px(x - BOX_HEIGHT_PX / 2)})`
    const bar = classBar(node.counts)
    if (node.split === undefined)
        return markup`<g transform="${at}"><title>${name}: ${verdict}</title><rect class="box" width="${BOX_WIDTH_PX}" height="${BOX_HEIGHT_PX}" rx="6"/><rect class="${classColour(node.classIndex)} edge" x="${PADDING_PX}" y="9" width="12" height="12" rx="2"/><text class="strong" x="${PADDING_PX + 19}" y="20">${clipped(name, STRONG * TEXT_PX, room - 19)}</text>${line(clipped(verdict, SMALL_PX, room), 38, "faint")}${bar}</g>`
    const { feature, threshold, surrogate } = node.split
    const input = titleOf(words.inputs[feature])
    const bound = quantity(
        threshold,
        decimalsFor(words.ranges[feature], threshold),
        unitOf(words.inputs[feature])
    )
    const instead =
        surrogate === undefined
            ? "if missing: unknown"
            : `if missing: ${titleOf(words.inputs[surrogate.feature])} is asked`
    const foldedText = `${whole(folded)} more ${folded === 1 ? "question" : "questions"} from here`
    const second = folded > 0 ? foldedText : `≤ ${bound}?`
    const count = folded > 0 ? "" : whole(rows)
    const secondRoom = room - textWidthPx(count, SMALL_PX) - 8
    return markup`<g transform="${at}"><title>Question ${question}: ${input} at most ${bound}? ${counted(rows, words.rowIs)}; ${instead}</title><rect class="box" width="${BOX_WIDTH_PX}" height="${BOX_HEIGHT_PX}" rx="6"/>${line(clipped(`${question}. ${input}`, STRONG * TEXT_PX, room), 20, "strong")}${line(clipped(second, TEXT_PX, secondRoom), 39, "")}<text class="faint" x="${BOX_WIDTH_PX - PADDING_PX}" y="39" text-anchor="end">${count}</text>${bar}</g>`
}

/** Rows by class along the foot of a box. */
function classBar(counts: number[]): Markup {
    const rows = sum(counts)
    const full = BOX_WIDTH_PX - 2 * PADDING_PX
    let x = PADDING_PX
    const parts = counts.map((count, i) => {
        const width = rows > 0 ? (full * count) / rows : 0
        const part = markup`<rect class="${classColour(i)}" x="${px(x)}" y="${BOX_HEIGHT_PX - CLASS_BAR_PX - 5}" width="${px(width)}" height="${CLASS_BAR_PX}"/>`
        x += width
        return width > 0 ? part : NOTHING
    })
    return markup`${parts}`
}

function legendOf(classes: string[]): { body: Markup; bottom: number } {
    let x = MARGIN_PX
    let y = MARGIN_PX + TEXT_PX
    const entries = classes.map((name, i) => {
        const text = clipped(name, TEXT_PX, LEGEND_WIDTH_PX - 2 * MARGIN_PX - 20)
        const width = 20 + textWidthPx(text, TEXT_PX)
        if (x > MARGIN_PX && x + width > LEGEND_WIDTH_PX - MARGIN_PX) {
            x = MARGIN_PX
            y += LINE_PX
        }
        const entry = markup`<rect class="${classColour(i)} edge" x="${px(x)}" y="${px(y - 11)}" width="12" height="12" rx="2"/><text x="${px(x + 19)}" y="${px(y)}">${text}</text>`
        x += width + 20
        return entry
    })
    return { body: markup`${entries}`, bottom: y }
}

function splitsIn({ split }: TreeNode): number {
    return split === undefined ? 0 : 1 + splitsIn(split.low) + splitsIn(split.high)
}

function sum(values: number[]): number {
    return values.reduce((total, value) => total + value, 0)
}
