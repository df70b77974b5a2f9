/** Forests and boosted trees: what is grown, how much is tried, and what is told of it. */
import assert from "node:assert/strict"
import { mkdtempSync, rmSync, writeFileSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { after, describe, test } from "node:test"
import { ticksFromValue } from "../../src/inference/model"
import { readTable } from "../../table/csv"
import { BINS_MAX, binnedColumns, GAP } from "../../train/bins"
import { growBoosted } from "../../train/boosting"
import { nodesOf, verdictOfRow } from "../../train/ensemble"
import { growForest } from "../../train/forest"
import { scaleOf } from "../../train/quantise"
import { mulberry32 } from "../../train/random"
import { recipeOf, type Wishes } from "../../train/recipe"
import { train } from "../../train/training"
import { type Examples, nodeCount } from "../../train/tree"
import { csvOf, machineRecording } from "./recordings"

const folder = mkdtempSync(join(tmpdir(), "motewise-ensemble-"))
after(() => rmSync(folder, { recursive: true }))

function trained(text: string, wishes: Partial<Wishes>) {
    const file = join(folder, "recording.csv")
    writeFileSync(file, text)
    const table = readTable(file)
    const defaults = { name: "machine", label: "state", maxNodes: 255, seed: 1 }
    return train(table, recipeOf(table, { ...defaults, ...wishes }))
}

function examplesOf(columns: number[][], classes: number[]): Examples {
    return {
        columns: columns.map(column => Float64Array.from(column)),
        classes: Int32Array.from(classes),
        classCount: Math.max(...classes) + 1,
    }
}

function everyRow({ classes }: Examples): Int32Array {
    return Int32Array.from(classes.keys())
}

describe("boosting", () => {
    test("three stumps tell what no stump does, each with the weight the paper gives it", () => {
        // By hand. The first has 3 of 10 wrong: ln(7/3) = 0.847. Those weigh 7/3 then, so the other cut has 3/14 wrong: ln(11/3) = 1.299. Then the four in
        // the middle weigh 2/11, and saying 0 to all is the best: ln(9/2) = 1.504. Times 32: 27.1, 41.6, 48.1.
        const examples = examplesOf(
            [[1, 2, 3, 4, 5, 6, 7, 8, 9, 10]],
            [0, 0, 0, 1, 1, 1, 1, 0, 0, 0]
        )
        const trees = growBoosted(examples, binnedColumns(examples), everyRow(examples), 3, 1)
        assert.deepEqual(
            trees.map(({ weight }) => weight),
            [27, 42, 48]
        )
        for (const row of everyRow(examples))
            assert.equal(verdictOfRow(trees, examples.columns, row), examples.classes[row])
    })

    test("of three classes a tree no better than a coin still counts: ln(2) more than of two", () => {
        // Half of the rows wrong, all in class 2: ln(1) + ln(2) = 0.693, times 32 22.2.
        const examples = examplesOf([[1, 2, 3, 3]], [0, 1, 2, 1])
        const [first] = growBoosted(examples, binnedColumns(examples), everyRow(examples), 1, 0)
        assert.equal(first.weight, 22)
    })

    test("ends with a tree that tells every row, and with one no better than chance", () => {
        const told = examplesOf([[1, 2, 3, 4]], [0, 0, 1, 1])
        const trees = growBoosted(told, binnedColumns(told), everyRow(told), 9, 1)
        assert.equal(trees.length, 1)
        const noise = examplesOf([[1, 1, 1, 1]], [0, 1, 0, 1])
        assert.equal(growBoosted(noise, binnedColumns(noise), everyRow(noise), 9, 1).length, 1)
    })
})

describe("forest", () => {
    const classes = Array.from({ length: 200 }, (_, i) => i % 2)
    const alike = Array.from({ length: 9 }, (_, column) =>
        classes.map((told, row) => told * 10 + ((row * (column + 3)) % 7))
    )
    const examples = examplesOf(alike, classes)
    const grown = (seed: number) =>
        growForest(examples, binnedColumns(examples), everyRow(examples), 40, 1, seed)

    test("of inputs that say the same, each is asked somewhere: a cut chooses among three of nine", () => {
        const asked = new Set(grown(1).map(({ root }) => root.split?.feature))
        assert.equal(asked.size, 9)
    })

    test("hangs on the seed alone, and each tree on other rows", () => {
        assert.deepEqual(grown(5), grown(5))
        assert.notDeepEqual(grown(5), grown(6))
        const rows = new Set(grown(5).map(({ root }) => root.counts.join()))
        assert.ok(rows.size > 10, `${rows.size} draws differ`)
        for (const { root, weight } of grown(5)) {
            assert.equal(weight, 1)
            // 1 - 1/e of the rows are drawn at least once.
            const drawn = root.counts[0] + root.counts[1]
            assert.ok(drawn > 100 && drawn < 150, `${drawn} of 200 rows`)
        }
    })

    test("keeps to its splits, and looks further where the drawn inputs divide nothing", () => {
        const dull = examplesOf(
            [...Array.from({ length: 8 }, () => classes.map(() => 1)), alike[0]],
            classes
        )
        const forest = growForest(dull, binnedColumns(dull), everyRow(dull), 10, 3, 1)
        for (const { root } of forest) {
            assert.equal(root.split?.feature, 8)
            assert.ok(nodeCount(root) <= 7, `${nodeCount(root)} nodes`)
        }
    })
})

describe("bins", () => {
    const binned = (values: number[]) =>
        binnedColumns(
            examplesOf(
                [values],
                values.map(() => 0)
            )
        )[0]

    test("each value has its own where they are few, and a gap has none", () => {
        const { bins, edges, hasGaps } = binned([3, 1, NaN, 2, 1])
        assert.deepEqual([...bins], [2, 0, GAP, 1, 0])
        assert.equal(hasGaps, true)
        // The range with its margins takes steps of 2^-14 about 2: a tick ends half a step from them.
        assert.equal(edges.length, 2)
        for (const [i, end] of [1.5, 2.5].entries())
            assert.ok(Math.abs(edges[i] - end - 2 ** -15) < 1e-9, `${edges[i]}`)
    })

    test("what is at an edge goes low on the board too, and what is behind it high", () => {
        const values = Array.from({ length: 300 }, (_, i) => Math.sqrt(i) * 7.3 - 30)
        const { edges } = binned(values)
        const input = { measurand: "x", feature: "last", ...scaleOf(Float64Array.from(values)) }
        for (const edge of edges) {
            const tick = ticksFromValue(input, edge)
            assert.equal(Math.floor((edge - input.offset) / input.step), tick)
            assert.equal(ticksFromValue(input, edge + input.step / 2 ** 18), tick + 1)
        }
    })

    test("many values share bins of nearly equal numbers of rows", () => {
        const { bins, edges } = binned(Array.from({ length: 10000 }, (_, i) => i * i))
        const counts = new Array(edges.length + 1).fill(0)
        for (const bin of bins) ++counts[bin]
        assert.ok(edges.length < BINS_MAX, `${edges.length} edges`)
        assert.ok(edges.length > 0.9 * BINS_MAX, `${edges.length} edges`)
        // 10,000 / 254 = 39.4; more near 0, where squares stand within a tick.
        assert.ok(Math.max(...counts.slice(10)) <= 41, `${Math.max(...counts)} rows`)
    })

    test("values that one tick may not tell apart share a bin", () => {
        // The range with its margins takes steps of 2^-8.
        assert.equal(binned([0, 50, 50.00341796875, 100]).edges.length, 2)
        assert.equal(binned([0, 50, 50.00390625, 100]).edges.length, 3)
    })
})

describe("training of several trees", () => {
    for (const kind of ["forest", "boosted"] as const)
        test(`${kind}: within its nodes, the same each time, and no row lost to scaling`, () => {
            const text = csvOf(machineRecording(1500, { noise: 0.05 }))
            const shares: number[] = []
            const file = join(folder, "recording.csv")
            writeFileSync(file, text)
            const table = readTable(file)
            const wishes = { name: "machine", label: "state", kind, maxNodes: 63, seed: 1 }
            const { summary, files } = train(table, recipeOf(table, wishes), undefined, share =>
                shares.push(share)
            )
            assert.ok(summary.nodes <= 63, `${summary.nodes} nodes`)
            assert.ok(summary.trees >= 3, `${summary.trees} trees`)
            assert.equal(summary.changedVsFloat, 0)
            assert.equal(summary.modelBytes, (files["model.bin"] as Uint8Array).length)
            const { curve, chosen } = summary.selection
            assert.ok(
                curve.every(({ nodes }) => nodes <= 63),
                "no size is beyond the bound"
            )
            assert.equal(chosen.trees, summary.trees)
            assert.equal(chosen.nodes, summary.nodes)
            // The rule is three thresholds: a tree of 7 nodes finds it.
            assert.equal(summary.singleTree?.nodes, 7)
            assert.equal(summary.singleTree?.isBeaten, false)
            assert.match(
                String(files["model.ts"]),
                /a single tree of 7 nodes errs \d.* does not earn its bytes\./
            )
            assert.deepEqual(trained(text, wishes).files, files)
            assert.ok(
                shares.every((share, i) => share >= (shares[i - 1] ?? 0) && share <= 1),
                shares.join()
            )
            assert.ok(shares.length > 20, `told ${shares.length} times`)
        })

    test("with gaps the surrogates of the trees decide", () => {
        for (const kind of ["forest", "boosted"] as const) {
            const { summary, files } = trained(csvOf(machineRecording(2000, { gaps: 0.2 })), {
                kind,
                holdout: 0.25,
            })
            assert.match(String(files["tree.json"]), /"surrogate"/)
            assert.ok((summary.holdout?.accuracy ?? 0) > 0.9, `${summary.holdout?.accuracy}`)
            assert.ok((summary.holdout?.unknown ?? 99) < 5, `${summary.holdout?.unknown}`)
        }
    })

    test("vectors of a large model are two thousand at most, and the board's as many as it holds", () => {
        const text = csvOf(machineRecording(2000, { noise: 0.4 }))
        const { files, summary } = trained(text, { kind: "boosted", maxNodes: 1023, blocks: 2 })
        const { vectors } = JSON.parse(String(files["vectors.json"]))
        assert.ok(vectors.length <= 2000, `${vectors.length} vectors of ${summary.nodes} nodes`)
        const numbers = String(files["vectors.ts"]).match(/-?\d+[,\]]/g) ?? []
        assert.ok(numbers.length <= 1500, `${numbers.length} numbers`)
        assert.ok(
            vectors.some(({ ticks }: { ticks: number[] }) => ticks.includes(-32768)),
            "gaps"
        )
    })

    test("boosting learns what a single tree of the bound cannot hold", () => {
        // Which of two sums of four is greater: no cut says much, and many say it together.
        const random = mulberry32(3)
        const rows = Array.from({ length: 2000 }, () => {
            const drawn = Array.from({ length: 8 }, () => Math.floor(random() * 1000))
            const sum = drawn.reduce((total, value, i) => total + (i < 4 ? value : -value), 0)
            return [...drawn, sum > 0 ? "more" : "less"].join()
        })
        const { summary } = trained(["a,b,c,d,e,f,g,h,state", ...rows, ""].join("\n"), {
            kind: "boosted",
            maxNodes: 255,
        })
        assert.ok(summary.singleTree !== null, "there is a single tree to compare with")
        const { isBeaten, error } = summary.singleTree
        assert.ok(isBeaten, `${summary.selection.chosen.error} against ${error}`)
    })
})

test("nodes of an ensemble are those of all its trees", () => {
    const leaf = { classIndex: 0, counts: [1] }
    const split = { feature: 0, threshold: 0, low: leaf, high: leaf }
    const trees = [leaf, { ...leaf, split }].map(root => ({ weight: 1, root }))
    assert.equal(nodesOf(trees), 4)
})
