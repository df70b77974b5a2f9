import assert from "node:assert/strict"
import { describe, test } from "node:test"
import { nodesOf } from "../../train/ensemble"
import { contiguousFolds } from "../../train/partition"
import { selectTree, smallestGoodSize, splitsOfNodes } from "../../train/selection"
import type { Examples } from "../../train/tree"

/**
 * Forty episodes of 25 rows, one class each. The first feature is a clock: a tree with enough thresholds knows by heart which
 * class held at what time, and rows drawn at random would praise it. The second tells the class, wrongly in one row of ten.
 */
function episodes(): Examples {
    const rows = 1000
    const clock = new Float64Array(rows)
    const sign = new Float64Array(rows)
    const classes = new Int32Array(rows)
    for (let row = 0; row < rows; ++row) {
        const episode = Math.floor(row / 25)
        // Squares modulo a prime: as good as drawn, and the same everywhere.
        classes[row] = (episode * episode) % 41 < 20 ? 0 : 1
        clock[row] = row
        sign[row] = (row * 7) % 10 === 0 ? 1 - classes[row] : classes[row]
    }
    return { columns: [clock, sign], classes, classCount: 2 }
}

function selected(examples: Examples, maxNodes: number, blocks: number) {
    return selectTree(examples, maxNodes, contiguousFolds(examples.classes.length, blocks))
}

describe("selection", () => {
    test("neighbours in time do not sell a tree that knows the clock by heart", () => {
        const { chosen, curve } = selected(episodes(), 101, 10)
        assert.equal(chosen.nodes, 3)
        assert.ok(Math.abs(chosen.error - 0.1) < 1e-9, `error ${chosen.error}`)
        const largest = curve[curve.length - 1]
        assert.ok(largest.error > 0.15, `error ${largest.error} at ${largest.nodes} nodes`)
    })

    test("the curve has every size worth having up to the bound, and its errors are of rows not seen", () => {
        const classes = Int32Array.from({ length: 40 }, (_, row) => row % 2)
        const columns = [Float64Array.from(classes), Float64Array.from(classes.keys())]
        const { curve, chosen } = selected({ columns, classes, classCount: 2 }, 8, 4)
        assert.deepEqual(
            curve.map(({ nodes, error }) => [nodes, error]),
            [
                [1, 0.5],
                [3, 0],
            ]
        )
        assert.equal(chosen.nodes, 3)
    })

    test("the standard error is that of the mean over blocks", () => {
        // Nothing to split by; the majority elsewhere is class 0, so the blocks' errors are 0, 0, 1/2, 1/2.
        const examples = {
            columns: [new Float64Array(8)],
            classes: Int32Array.of(0, 0, 0, 0, 0, 1, 1, 0),
            classCount: 2,
        }
        const { chosen } = selected(examples, 3, 4)
        assert.equal(chosen.error, 0.25)
        // Deviation sqrt(4 * (1/4)^2 / 3), over sqrt(4).
        assert.ok(
            Math.abs(chosen.standardError - Math.sqrt(1 / 12) / 2) < 1e-12,
            "Math.abs(chosen.standardError - Math.sqrt(1 / 12) / 2) < 1e-12"
        )
    })

    test("blocks cover every row, also when they do not divide evenly", () => {
        // Class 1 stands in the last row alone: forgotten, the error would be 0.
        const classes = Int32Array.of(0, 0, 0, 0, 0, 0, 1)
        const { chosen } = selected(
            { columns: [new Float64Array(7)], classes, classCount: 2 },
            3,
            3
        )
        assert.ok(Math.abs(chosen.error - 1 / 9) < 1e-12, `error ${chosen.error}`)
    })

    test("the smallest size within one standard error of the least is taken", () => {
        const curve = [
            { trees: 1, nodes: 1, error: 0.5, standardError: 0.2 },
            { trees: 1, nodes: 3, error: 0.125, standardError: 0.01 },
            { trees: 1, nodes: 5, error: 0.0625, standardError: 0.0625 },
            { trees: 1, nodes: 7, error: 0.0625, standardError: 0.5 },
        ]
        const { least, chosen } = smallestGoodSize(curve)
        assert.equal(least.nodes, 5)
        assert.equal(chosen.nodes, 3)
        curve[2].standardError = 0.06
        assert.equal(smallestGoodSize(curve).chosen.nodes, 5)
    })

    test("groups stay together: what names the group is no help with another", () => {
        // Each group of 10 rows has a class and a place of its own; only a bound on the place tells them apart.
        const place = Float64Array.from({ length: 80 }, (_, row) => Math.floor(row / 10))
        const classes = Int32Array.from(place, group => [0, 1, 1, 0, 1, 0, 0, 1][group])
        const examples = { columns: [place], classes, classCount: 2 }
        const byRow = selectTree(
            examples,
            31,
            Int32Array.from(place, (_, row) => row % 5)
        )
        assert.equal(byRow.chosen.error, 0)
        const byGroup = selectTree(examples, 31, Int32Array.from(place))
        assert.ok(byGroup.least.error >= 0.25, `error ${byGroup.least.error}`)
    })

    test("the tree has the chosen size, within the bound", () => {
        const { ensemble, chosen, curve } = selected(episodes(), 14, 10)
        assert.equal(nodesOf(ensemble), chosen.nodes)
        assert.ok(
            curve.every(({ nodes }) => nodes <= 13),
            "14 nodes make 13"
        )
    })

    test("an even number of nodes gives room for one less", () => {
        assert.deepEqual([1, 2, 3, 14, 15].map(splitsOfNodes), [0, 0, 1, 6, 7])
    })
})
