/** What the trainer makes of recordings like those people have: many columns, text labels, classes unequal, gaps. */
import assert from "node:assert/strict"
import { existsSync, mkdtempSync, rmSync, writeFileSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { after, describe, test } from "node:test"
import { inProject } from "../../image/project"
import { readTable } from "../../table/csv"
import { recipeOf, type Wishes } from "../../train/recipe"
import { train } from "../../train/training"
import { csvOf, machineRecording } from "./recordings"

const folder = mkdtempSync(join(tmpdir(), "motewise-reach-"))
after(() => rmSync(folder, { recursive: true }))

const MACHINE: Wishes = { name: "machine", label: "state", maxNodes: 31, seed: 1 }

function tableOf(text: string) {
    const file = join(folder, "recording.csv")
    writeFileSync(file, text)
    return readTable(file)
}

function trained(text: string, wishes: Partial<Wishes> = {}) {
    const table = tableOf(text)
    return train(table, recipeOf(table, { ...MACHINE, ...wishes })).summary
}

describe("reach", () => {
    test("4,092 rows by 24 columns, four unequal classes as text: the rule is found", () => {
        const text = csvOf(machineRecording(4092, { noise: 0.02 }))
        const summary = trained(text, { holdout: 0.25 })
        assert.deepEqual(
            summary.classes.map(({ name }) => name),
            ["idle", "jammed", "off", "running"]
        )
        // Three thresholds and four classes: 7 nodes; the noise leaves 98.5 %.
        assert.equal(summary.nodes, 7)
        assert.deepEqual(summary.inputs, ["x3", "x7", "x11"])
        assert.ok((summary.holdout?.accuracy ?? 0) > 0.97, `${summary.holdout?.accuracy}`)
        assert.ok((summary.holdout?.macroF1 ?? 0) > 0.93, `${summary.holdout?.macroF1}`)
        assert.equal(summary.changedVsFloat, 0)
    })

    test("with gaps the surrogate decides, and little is unknown", () => {
        const summary = trained(csvOf(machineRecording(3000, { gaps: 0.2 })), { holdout: 0.25 })
        assert.ok(summary.inputs.includes("x4"), summary.inputs.join())
        assert.equal(summary.holdout?.unknown, 0)
        // One in five goes by x4, which is within 2 of x3: wrong where x3 is within 2 of 50.
        assert.ok((summary.holdout?.accuracy ?? 0) > 0.97, `${summary.holdout?.accuracy}`)
    })

    test("a gap nothing stands in for is unknown, and counts as wrong", () => {
        const rows = Array.from({ length: 200 }, (_, i) =>
            [i % 5 === 0 ? "" : (i * 37) % 100, (i * 37) % 100 > 50 ? "high" : "low"].join()
        )
        const { training } = trained(["level,state", ...rows, ""].join("\n"))
        assert.equal(training.unknown, 40)
        assert.equal(training.accuracy, 0.8)
    })

    test("labels that are numbers stand in their order, whatever their length", () => {
        const rows = Array.from({ length: 60 }, (_, i) => `${i % 3},${[9, 10, 100][i % 3]}`)
        const { classes, training } = trained(["x,state", ...rows, ""].join("\n"))
        assert.deepEqual(
            classes.map(({ name }) => name),
            ["9", "10", "100"]
        )
        assert.equal(training.accuracy, 1)
    })

    test("inputs are the columns of numbers that say something of the world; known ones are measurands", () => {
        const rows = Array.from(
            { length: 40 },
            (_, i) => `2015-02-04,${i},${i % 7},note ${i},${i},${i % 2},${i % 2}`
        )
        const table = tableOf(["date,id,CO2,note,fan rpm,state,run", ...rows, ""].join("\n"))
        assert.deepEqual(recipeOf(table, { ...MACHINE, groupBy: ["run"] }).inputs, [
            { column: "CO2", measurand: "carbonDioxidePpm", feature: "last" },
            { column: "fan rpm", measurand: "fan rpm", feature: "last" },
        ])
        assert.deepEqual(recipeOf(table, { ...MACHINE, inputs: ["run", "id"] }).inputs, [
            { column: "run", measurand: "run", feature: "last" },
            { column: "id", measurand: "id", feature: "last" },
        ])
        const map = [{ column: "fan rpm", measurand: "distanceMetres" }]
        assert.deepEqual(recipeOf(table, { ...MACHINE, map }).inputs, [
            { ...map[0], feature: "last" },
        ])
        assert.equal(
            recipeOf(table, { ...MACHINE, inputs: ["CO2", "fan rpm"], map }).inputs.length,
            2
        )
    })

    test("the last rows or groups are held out, whole", () => {
        const rows = Array.from({ length: 100 }, (_, i) => `${i},${i % 2},${Math.floor(i / 9)}`)
        const text = ["x,state,run", ...rows, ""].join("\n")
        assert.equal(trained(text, { holdout: 0.25 }).rows, 75)
        // 12 runs of 9 rows, the last of 1: a quarter is 3 of them.
        const summary = trained(text, { holdout: 0.25, groupBy: ["run"], inputs: ["x"] })
        assert.equal(summary.rows, 81)
        assert.equal(summary.holdout?.rows, 19)
    })

    const OCCUPANCY = inProject("../shared/data")
    const skip = existsSync(join(OCCUPANCY, "occupancy-train.csv"))
        ? false
        : "../shared/data/occupancy-*.csv are not there"
    test("occupancy with nothing said but the label reaches its target", { skip }, () => {
        const table = readTable(join(OCCUPANCY, "occupancy-train.csv"))
        for (const [part, least] of [
            ["test1", 0.97],
            ["test2", 0.985],
        ] as [string, number][])
            for (const maxNodes of [15, 31]) {
                const recipe = recipeOf(table, { ...MACHINE, label: "label", maxNodes })
                const judge = readTable(join(OCCUPANCY, `occupancy-${part}.csv`))
                const { summary } = train(table, recipe, judge)
                assert.ok(summary.nodes <= 15, `${summary.nodes} nodes`)
                assert.ok((summary.holdout?.accuracy ?? 0) >= least, `${summary.holdout?.accuracy}`)
            }
    })
})
