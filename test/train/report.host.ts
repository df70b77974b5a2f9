/** The report as files: its figures are the training's, its text is safe, and it is the same each time. */
import assert from "node:assert/strict"
import { describe, test } from "node:test"
import type { Table } from "../../table/csv"
import { evaluate, percent } from "../../train/evaluation"
import { type Recipe, recipeOf } from "../../train/recipe"
import type { ReportFacts } from "../../train/report/facts"
import { clipped, textWidthPx } from "../../drawing/figure"
import { reportFiles } from "../../train/report/report"
import type { TreeNode } from "../../train/tree"
import { train } from "../../train/training"
import { pageText } from "./page-text"
import { machineRecording } from "./recordings"
import { xmlFault } from "./well-formed"

const FIGURES = ["tree", "confusion", "size", "importance", "margins", "classes"]
const HOSTILE = ["<img src=x onerror=1>", 'a&b"', "]]>", "'+--%s", "\u0001bell", "</svg>"]

function tableOf(rows: number, options: Parameters<typeof machineRecording>[1] = {}): Table {
    const made = machineRecording(rows, options)
    return {
        file: "/somewhere/machine.csv",
        sha256: "0",
        header: [...made.columns, "state"],
        rows: made.rows.map(({ values, label }) => [...values.map(v => `${v ?? ""}`), label]),
    }
}

function factsOf(table: Table, wishes: Partial<Recipe> = {}): ReturnType<typeof train> {
    const recipe = recipeOf(table, { name: "machine", label: "state", maxNodes: 31, seed: 1 })
    return train(table, { ...recipe, ...wishes })
}

/** A gap of x3 is bridged by x4; where every reading is missing nothing can. */
function gappyTable(): Table {
    const table = tableOf(1000, { gaps: 0.005, noise: 0.05 })
    for (let row = 0; row < 1000; row += 100) table.rows[row].fill("", 0, 24)
    return table
}

const noisy = factsOf(gappyTable())
const files = reportFiles(noisy.facts)
const page = files["report.html"]

describe("report", () => {
    test("is a page and a file of each of its figures", () => {
        const names = ["report.html", ...FIGURES.map(name => `${name}.svg`)]
        assert.deepEqual(Object.keys(files).sort(), names.sort())
        assert.equal(page.match(/<svg /g)?.length, FIGURES.length)
        assert.equal(page.match(/<h2>/g)?.length, 8)
        assert.equal(page.match(/<p class="caption">[^<]+\.<\/p>/g)?.length, 8)
    })

    test("has the figures of the summary", () => {
        const { summary } = noisy
        const text = pageText(page)
        const { chosen, least } = summary.selection
        const has = (wanted: string) => assert.ok(text.includes(wanted), `the page lacks ${wanted}`)
        has(`right in ${(100 * (1 - chosen.error)).toFixed(1)} % of rows it had not seen`)
        has(`takes ${summary.nodes} nodes`)
        const { accuracy, macroF1 } = summary.training
        has(
            `right on the 1,000 rows it was trained on; macro F1 ${(100 * macroF1).toFixed(1)} % ${(100 * accuracy).toFixed(1)} %`
        )
        has(`inputs are looked at ${summary.inputs.length} of 24`)
        has(`${chosen.nodes} nodes, ${percent(chosen.error).replace(" %", "")} ±`)
        has(`least: ${least.nodes} nodes, ${percent(least.error).replace(" %", "")} ±`)
        for (const { name, rows } of summary.classes)
            has(`${name} ${rows} (${((100 * rows) / 1000).toFixed(1)} %)`)
        const wrong = summary.rows - Math.round(summary.training.accuracy * summary.rows)
        has(`${wrong} rows of machine.csv are told wrong`)
        assert.ok(!page.includes("/somewhere"), "no path of this machine")
    })

    test("has every cell of the confusion matrix, unknown in a column of its own", () => {
        const { confusion, unknown } = noisy.summary.training
        assert.ok(unknown > 0, "some rows are unknown")
        const cells = [
            ...files["confusion.svg"].matchAll(/y="[\d.]+" text-anchor="middle">([\d,]+)</g),
        ]
        const there = noisy.summary.classes.map(({ rows }) => rows)
        const expected = confusion.flatMap((row, c) => [
            ...row,
            there[c] - row.reduce((sum, count) => sum + count, 0),
        ])
        assert.deepEqual(
            cells.map(([, count]) => Number(count)),
            expected
        )
        assert.match(files["confusion.svg"], />unknown</)
    })

    test("a point of the curve is higher the more is wrong, and further right the larger it is", () => {
        const { curve } = noisy.summary.selection
        const dots = [
            ...files["size.svg"].matchAll(/class="bar" cx="([\d.]+)" cy="([\d.]+)" r="3.5"/g),
        ]
        assert.equal(dots.length, curve.length)
        for (let i = 1; i < dots.length; ++i) {
            assert.ok(Number(dots[i][1]) > Number(dots[i - 1][1]), "further right")
            const [down, less] = [
                Number(dots[i][2]) - Number(dots[i - 1][2]),
                curve[i - 1].error - curve[i].error,
            ]
            assert.ok(Math.sign(less) * down >= 0, `dot ${i} goes the wrong way`)
        }
    })

    test("says which input stands in for another, and that it is needed", () => {
        const { facts } = noisy
        assert.match(pageText(page), /Asked only where another reading is missing: [^.]*\bx4\b/)
        assert.ok(facts.inputs[4].step !== undefined, "x4 is an input of the model")
        assert.match(pageText(page), /x4 ≤ [\d.]+/)
    })

    test("is the same bytes each time", () => {
        const again = reportFiles(factsOf(gappyTable()).facts)
        assert.deepEqual(again, files)
    })

    test("needs nothing from elsewhere, and no script", () => {
        const outside = page.replaceAll('xmlns="http://www.w3.org/2000/svg"', "")
        assert.doesNotMatch(outside, /https?:|src=|href=|url\(|@import|<script|<link/)
        for (const name of FIGURES) {
            const figure = files[`${name}.svg`].replace('xmlns="http://www.w3.org/2000/svg"', "")
            assert.doesNotMatch(figure, /https?:|href=|url\(|@import|<script/)
        }
    })

    test("figures are well-formed XML that follows light and dark", () => {
        for (const name of FIGURES) {
            assert.equal(xmlFault(files[`${name}.svg`]), undefined, name)
            assert.match(files[`${name}.svg`], /prefers-color-scheme: dark/)
        }
    })
})

describe("report of a recording with hostile names", () => {
    const table = tableOf(300)
    HOSTILE.forEach((name, i) => (table.header[[3, 7, 11, 0, 1, 2][i]] = name))
    const classes = recipeOf(table, { name: "m", label: "state", maxNodes: 31, seed: 1 }).classes
    const named = classes.map((kind, i) => ({ ...kind, name: HOSTILE[i] }))
    const hostile = reportFiles(factsOf(table, { classes: named }).facts)

    test("shows them as text, in page and figures", () => {
        for (const [file, text] of Object.entries(hostile)) {
            assert.doesNotMatch(text, /<img/, file)
            assert.ok(!text.includes("\u0001"), file)
            if (file.endsWith(".svg")) assert.equal(xmlFault(text), undefined, file)
        }
        assert.equal(hostile["report.html"].match(/<svg /g)?.length, FIGURES.length)
        assert.equal(hostile["report.html"].match(/<\/svg>/g)?.length, FIGURES.length)
        const text = pageText(hostile["report.html"])
        for (const name of HOSTILE.slice(0, 4)) assert.ok(text.includes(name), name)
    })
})

describe("report of other models", () => {
    const { facts } = factsOf(tableOf(300))

    test("an ensemble is its first trees, and how many there are", () => {
        const trees = Array.from({ length: 5 }, () => ({ ...facts.trees[0], weight: 0.2 }))
        const ensemble: ReportFacts = { ...facts, trees }
        const made = reportFiles(ensemble)
        assert.equal(made["tree.svg"].match(/Tree \d of 5, weight 0\.200/g)?.length, 3)
        assert.match(made["report.html"], /The model is 5 trees/)
        assert.equal(xmlFault(made["tree.svg"]), undefined)
        // The same five times over: every input has the share it had.
        assert.equal(made["importance.svg"], reportFiles(facts)["importance.svg"])
    })

    test("a model of windows speaks of windows", () => {
        const inputs = facts.inputs.map(input => ({ ...input, feature: "sd" }))
        const text = pageText(reportFiles({ ...facts, inputs, rowIs: "window" })["report.html"])
        assert.match(text, /standard deviation of x3/)
        assert.match(text, /windows it had not seen/)
    })

    test("a model of one leaf asks nothing, and has a report", () => {
        const table = tableOf(60)
        table.rows.forEach((row, i) => row.fill("1", 0, 24).fill(i % 3 ? "on" : "off", 24))
        const made = reportFiles(factsOf(table).facts)
        assert.match(pageText(made["report.html"]), /without looking at anything/)
        for (const name of FIGURES) assert.equal(xmlFault(made[`${name}.svg`]), undefined, name)
        for (const text of Object.values(made)) assert.doesNotMatch(text, /NaN|Infinity|undefined/)
    })

    test("rows kept from the training judge it, by their own numbers", () => {
        const { facts, summary } = factsOf(tableOf(400, { noise: 0.1 }), { holdout: 0.25 })
        const text = pageText(reportFiles(facts)["report.html"])
        assert.ok(summary.holdout !== null, "there is a holdout")
        const share = (100 * summary.holdout.accuracy).toFixed(1)
        assert.ok(text.includes(`right in ${share} % of 100 rows it had not seen`), share)
        // The last of each class: by their numbers in the file, whose last row is 401, and none of them trained on.
        const numbers = Array.from(facts.holdout?.rowNumbers ?? [])
        assert.equal(numbers.length, 100)
        assert.equal(numbers[99], 401)
        const known = new Set(Array.from(facts.training.rowNumbers))
        assert.ok(!numbers.some(row => known.has(row)), "no row is both")
        const [, list] = text.split("Where it is wrong")
        const listed = [...list.matchAll(/ (\d+)(?: to \d+)? \d+ (?:off|idle|running|jammed)/g)]
        assert.ok(listed.length > 0, "mistakes are listed")
        for (const [, row] of listed)
            assert.ok(numbers.includes(Number(row)), `row ${row} is listed`)
    })

    test("sizes nobody knows are left out", () => {
        const sizes = { ...facts.sizes, codeBytes: undefined, modelBytes: undefined }
        const text = pageText(reportFiles({ ...facts, sizes })["report.html"])
        assert.doesNotMatch(text, /undefined|NaN|as code|as data/)
    })
})

/** Three questions: one of a, and one more on each side of it. */
function handMade(): ReportFacts {
    const leaf = (classIndex: number, count: number): TreeNode => ({
        classIndex,
        counts: classIndex === 0 ? [count, 0] : [0, count],
    })
    const split = (
        feature: number,
        threshold: number,
        low: TreeNode,
        high: TreeNode
    ): TreeNode => ({
        classIndex: 0,
        counts: [0, 1].map(c => low.counts[c] + high.counts[c]),
        split: { feature, threshold, low, high },
    })
    const root = split(
        0,
        10,
        split(1, 50, leaf(0, 3), leaf(1, 1)),
        split(2, 5, leaf(1, 1), leaf(0, 1))
    )
    const size = (nodes: number, error: number) => ({ nodes, trees: 1, error, standardError: 0.05 })
    const truths = [0, 0, 0, 1, 1, 0]
    return {
        name: "made",
        classes: ["low one", "other"],
        inputs: ["a", "b", "c"].map(measurand => ({ measurand, feature: "last", step: 0.5 })),
        trees: [{ root, weight: 1 }],
        rowIs: "row",
        training: {
            recording: "made.csv",
            rowNumbers: [2, 3, 4, 5, 6, 7],
            columns: [
                [1, 2, 3, 4, 20, 21],
                [1, 2, 3, 60, 1, 1],
                [1, 1, 1, 1, 1, 9],
            ].map(column => Float64Array.from(column)),
            truths,
            verdicts: truths,
            evaluation: evaluate(truths, truths, 2),
        },
        selection: {
            curve: [size(1, 0.4), size(7, 0.12), size(9, 0.1)],
            least: size(9, 0.1),
            chosen: size(7, 0.12),
        },
        folds: "3 blocks of time",
        sizes: { nodes: 7, codeIsEstimated: true, codeBytesMax: 49152 },
    }
}

describe("figures drawn by hand", () => {
    const made = reportFiles(handMade())

    test("yes goes up to the low side, no down to the high side, and questions keep their numbers", () => {
        const tree = made["tree.svg"]
        const placeOf = (text: string) => {
            const before = tree.slice(0, tree.indexOf(text))
            return [...before.matchAll(/translate\(([-\d.]+) ([-\d.]+)\)/g)].at(-1)!.map(Number)
        }
        const [, rootX, rootY] = placeOf(">1. a<")
        const [, lowX, lowY] = placeOf(">2. b<")
        const [, highX, highY] = placeOf(">3. c<")
        assert.ok(rootX < lowX && lowX === highX, "the root is at the left")
        assert.ok(lowY < rootY && rootY < highY, "low is above, high below")
        const answers = [...tree.matchAll(/y="([-\d.]+)" text-anchor="end">(yes|no)</g)]
        const mean = (wanted: string) =>
            answers.filter(([, , word]) => word === wanted).reduce((sum, [, y]) => sum + +y, 0) / 3
        assert.equal(answers.length, 6)
        assert.ok(mean("yes") < mean("no"), "yes is above no")
        for (const question of ["1. a ≤ 10.00", "2. b ≤ 50.0", "3. c ≤ 5.00"])
            assert.ok(made["margins.svg"].includes(question), question)
    })

    test("bars are as long as their shares, and stand in their order", () => {
        const bars = (file: string, kind: string) =>
            [...made[file].matchAll(new RegExp(`class="${kind}"[^>]* width="([\\d.]+)"`, "g"))].map(
                ([, width]) => Number(width)
            )
        // Four of one class, two of the other.
        const [first, second] = bars("classes.svg", "c[01] edge")
        assert.ok(Math.abs(first / second - 2) < 0.001, `${first} is not twice ${second}`)
        // 6 - 20/6 = 2.67 at the root; 1.5 and 1 below it; 2.67 - 2.5 = 0.17 at the root itself.
        const names = [...made["importance.svg"].matchAll(/<g><title>(\w): (\d+)[.\d]* %/g)]
        assert.deepEqual(
            names.map(([, name, share]) => [name, share]),
            [
                ["b", "56"],
                ["c", "37"],
                ["a", "6"],
            ]
        )
        const widths = bars("importance.svg", "bar")
        assert.ok(Math.abs(widths[0] / widths[1] - 1.5) < 0.001, `${widths[0]}, ${widths[1]}`)
    })

    test("the chosen size speaks for the model, not the least", () => {
        const text = pageText(made["report.html"])
        assert.match(text, /right in 88\.0 % of rows it had not seen/)
        assert.match(text, /chosen: 7 nodes, 12\.00 ± 5\.00 % wrong/)
        assert.match(text, /least: 9 nodes, 10\.00 ± 5\.00 % wrong/)
        assert.match(text, /up to 15\.00 %/)
    })

    test("a model packed as bytes is as long as its layout says", () => {
        // 14 B header, 20 B an input, 4 B a tree, 6 B a node, 4 B checksum (src/inference/packed.ts): 7 nodes on 3 inputs.
        const { facts, summary } = factsOf(tableOf(300))
        assert.deepEqual([summary.nodes, summary.inputs.length], [7, 3])
        assert.equal(facts.sizes.modelBytes, 14 + 3 * 20 + 4 + 7 * 6 + 4)
    })
})

describe("text in figures", () => {
    test("is cut to its room, and never within a character", () => {
        assert.equal(clipped("light", 14, 100), "light")
        const cut = clipped("📈📈📈📈📈📈📈📈📈📈", 14, 100)
        assert.match(cut, /^(📈)+…$/u)
        assert.ok(textWidthPx(cut, 14) <= 100, "it fits")
        assert.equal(clipped("light", 14, 0), "…")
    })
})
