/** The committed occupancy model: what it reaches on the recordings it was measured on, and that the trainer still makes it. */
import assert from "node:assert/strict"
import { existsSync, readFileSync } from "node:fs"
import { describe, test } from "node:test"
import { fileURLToPath } from "node:url"
import { occupancy } from "../../models/occupancy/model"
import { occupancyVectors } from "../../models/occupancy/vectors"
import { PackedModel } from "../../src/inference/packed"
import { deviceBytes } from "../../image/packed-model"
import { MISSING, type Model, ticksFromValue } from "../../src/inference/model"
import { numberColumn, textColumn } from "../../table/columns"
import { readTable } from "../../table/csv"
import { reportFiles } from "../../train/report/report"
import { train } from "../../train/training"

const ROOT = new URL("../../", import.meta.url)
const model: Model = occupancy

interface RecipeFile {
    name: string
    recording: { file: string; sha256: string }
    label: string
    kind: "tree"
    inputs: { column: string; measurand: string; feature: string }[]
    classes: { cell: string; name: string }[]
    maxNodes: number
    blocks: number
    seed: number
}

interface VectorsFile {
    inputs: string[]
    classes: string[]
    vectors: { values: (number | null)[]; ticks: number[]; class: number }[]
}

function committed(name: string): string {
    return committedBytes(name).toString()
}

function committedBytes(name: string): Buffer {
    return readFileSync(new URL(`models/occupancy/${name}`, ROOT))
}

const recipe = JSON.parse(committed("recipe.json")) as RecipeFile

function recordingPath(part: string): string {
    return fileURLToPath(new URL(`../shared/data/occupancy-${part}.csv`, ROOT))
}

const present = ["train", "test1", "test2"].every(part => existsSync(recordingPath(part)))
const skip = present ? false : "../shared/data/occupancy-*.csv are not there"

function accuracyOn(part: string): number {
    const table = readTable(recordingPath(part))
    const columns = model.inputs.map(({ measurand }) => {
        const input = recipe.inputs.find(other => other.measurand === measurand)
        assert.ok(input !== undefined, "input !== undefined")
        return numberColumn(table, input.column)
    })
    const cells = textColumn(table, recipe.label)
    const right = cells.filter((cell, row) => {
        const ticks = model.inputs.map((input, i) => ticksFromValue(input, columns[i][row]))
        return recipe.classes[model.classify(ticks)].cell === cell
    })
    return right.length / cells.length
}

describe("occupancy model", () => {
    test("answers every vector as the trainer did", () => {
        const { inputs, classes, vectors } = JSON.parse(committed("vectors.json")) as VectorsFile
        assert.deepEqual(
            inputs,
            model.inputs.map(({ measurand }) => measurand)
        )
        assert.deepEqual(classes, model.classes)
        for (const { values, ticks, class: classIndex } of vectors) {
            const taken = values.map((value, i) =>
                ticksFromValue(model.inputs[i], value ?? undefined)
            )
            assert.deepEqual(taken, ticks)
            assert.equal(model.classify(ticks), classIndex)
        }
        assert.ok(
            vectors.some(({ ticks }) => ticks.includes(MISSING)),
            "vectors.some(({ ticks }) => ticks.includes(MISSING))"
        )
    })

    test("has the same vectors for both runtimes", () => {
        const { vectors } = JSON.parse(committed("vectors.json")) as VectorsFile
        assert.deepEqual(
            occupancyVectors,
            vectors.map(({ ticks, class: classIndex }) => [...ticks, classIndex])
        )
    })

    test("answers every vector in its packed form too", async () => {
        const { vectors } = JSON.parse(committed("vectors.json")) as VectorsFile
        const reader = new PackedModel(model)
        assert.equal(
            await reader.replace(deviceBytes(committedBytes("model.bin")), async () => {}),
            ""
        )
        for (const { ticks, class: classIndex } of vectors)
            assert.equal(reader.classify(ticks), classIndex)
    })

    test("reaches what its README claims, on recordings it was not chosen by", { skip }, () => {
        assert.ok(accuracyOn("test1") >= 0.97, 'accuracyOn("test1") >= 0.97')
        assert.ok(accuracyOn("test2") >= 0.985, 'accuracyOn("test2") >= 0.985')
        const readme = committed("README.md")
        for (const part of ["train", "test1", "test2"]) {
            const figure = `${(100 * accuracyOn(part)).toFixed(2)} %`
            assert.ok(readme.includes(figure), `${part}: README.md lacks ${figure}`)
        }
    })

    test("comes out of the trainer again, to the letter", { skip }, () => {
        const { recording, ...settings } = recipe
        const { files, summary, facts } = train(readTable(recordingPath("train")), settings)
        for (const name of ["model.ts", "tree.json", "vectors.json", "vectors.ts"])
            assert.equal(files[name], committed(name))
        for (const [name, text] of Object.entries(reportFiles(facts)))
            assert.equal(text, committed(name))
        assert.deepEqual(files["model.bin"], committedBytes("model.bin"))
        const again = JSON.parse(String(files["recipe.json"])) as RecipeFile
        assert.deepEqual(again.recording, recording)
        assert.ok(summary.nodes <= 15, "summary.nodes <= 15")
        assert.ok(
            summary.changedVsFloat <= 0.001 * summary.rows,
            "summary.changedVsFloat <= 0.001 * summary.rows"
        )
    })
})
