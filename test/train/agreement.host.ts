/** One model in all its forms: generated and packed, in the VM and under Node, and as the trainer has it. They agree on every row. */
import assert from "node:assert/strict"
import { mkdtempSync, readFileSync, rmSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { after, describe, test } from "node:test"
import { compileSources } from "../../image/compile"
import { deviceBytes } from "../../image/packed-model"
import { sourcesOf } from "../../image/sources"
import { RandomStream } from "../../sim/random"
import { MISSING, UNKNOWN } from "../../src/inference/model"
import { PackedModel } from "../../src/inference/packed"
import { readTable } from "../../table/csv"
import { examplesOf } from "../../train/examples"
import { writeModelFolder } from "../../train/folder"
import { modelModule } from "../../train/generate"
import { judge } from "../../train/judging"
import { readModelFolder } from "../../train/model-folder"
import { packed } from "../../train/packing"
import { quantised, ticksOfRow, verdictOfTicks } from "../../train/quantise"
import { recipeOf, type Wishes } from "../../train/recipe"
import { train } from "../../train/training"
import { sharedFile } from "../harness/needs"
import { runToEnd } from "../harness/vm-suite"
import { CLASSES, randomEnsemble, randomTicks } from "./random-ensemble"

const SEED = process.env.MOTEWISE_SEED ?? String(Date.now() % 2 ** 31)
/** The compiler takes literals of 30 kB. */
const LITERAL_BYTES_MAX = 10_000
const folder = mkdtempSync(join(tmpdir(), "motewise-agreement-"))
after(() => rmSync(folder, { recursive: true }))

interface Asked {
    /** Of model.ts, which exports `any`. */
    text: string
    packed: Buffer
    /** Ticks, then the answer. */
    rows: number[][]
}

/** Both forms of each model asked for its rows in one program. @returns what it printed: answers that were others, and the last line */
async function toldInVm(asked: Asked[]): Promise<string[]> {
    const sources = sourcesOf(["src/inference/packed.ts"])
    const literals = asked.flatMap(({ rows }, i) => {
        const each = Math.floor(LITERAL_BYTES_MAX / (2 * rows[0].length))
        const parts = Array.from({ length: Math.ceil(rows.length / each) }, (_, part) =>
            rows.slice(part * each, (part + 1) * each)
        )
        return parts.map(part => {
            const bytes = Buffer.alloc(2 * part.length * part[0].length)
            part.flat().forEach((number, at) => bytes.writeInt16LE(number, 2 * at))
            return `await ask(${i}, model${i}, ${part[0].length}, hex\`${bytes.toString("hex")}\`)`
        })
    })
    asked.forEach(({ text }, i) => sources.set(`test/train/model${i}.ts`, text))
    const program = `import * as ds from "@devicescript/core"
import { PackedModel } from "../../src/inference/packed"
import { Model } from "../../src/inference/model"
${asked.map((_, i) => `import { any as model${i} } from "./model${i}"`).join("\n")}

let told = 0

async function packedOf(model: Model, bytes: Buffer): Promise<PackedModel> {
    const reader = new PackedModel(model)
    const refused = await reader.replace(bytes, async () => await ds.sleep(0))
    if (refused !== "") throw new Error(refused)
    return reader
}
const readers: PackedModel[] = []
${asked.map(({ packed }, i) => `readers.push(await packedOf(model${i}, hex\`${packed.toString("hex")}\`))`).join("\n")}

async function ask(index: number, model: Model, width: number, rows: Buffer): Promise<void> {
    const ticks: number[] = []
    let at = 0
    while (at < rows.length) {
        for (let i = 0; i < width - 1; ++i) {
            ticks[i] = rows.getAt(at, "i16")
            at += 2
        }
        const answer = rows.getAt(at, "i16")
        at += 2
        const generated = model.classify(ticks)
        const packed = readers[index].classify(ticks)
        if (generated !== answer || packed !== answer)
            console.log("model " + index + " to " + at + ": " + generated + ", " + packed + ", not " + answer)
        told++
        await ds.sleep(0)
        if (told % 100 === 0) await ds.sleep(1)
    }
}
${literals.join("\n")}
console.log("told " + told)
ds.restart()
`
    const entry = "test/train/agreement.ts"
    sources.set(entry, program)
    const { lines } = runToEnd((await compileSources(entry, sources)).bytes, {})
    return lines.filter(line => /^(model|told) /.test(line))
}

describe("agreement", () => {
    test("random ensembles in the VM answer as their trees do in either form, missing inputs included", async t => {
        t.diagnostic(`MOTEWISE_SEED=${SEED}`)
        const random = new RandomStream(`agreement/${SEED}`)
        const asked = Array.from({ length: 24 }, (_, i) => {
            const ensemble = randomEnsemble(random, 1 + (i % 6), 1 + random.integer(4))
            const rows = Array.from({ length: 100 }, () => randomTicks(random))
            return {
                text: modelModule("any", CLASSES, ensemble, []),
                packed: packed(ensemble, CLASSES),
                rows: rows.map(ticks => [...ticks, verdictOfTicks(ensemble, ticks)]),
            }
        })
        const answers = asked.flatMap(({ rows }) => rows.map(row => row[3]))
        for (const answer of [UNKNOWN, 0, 1, 2])
            assert.ok(answers.includes(answer), `none answers ${answer}`)
        assert.deepEqual(await toldInVm(asked), ["told 2400"])
    })

    const FAN: Partial<Wishes> = {
        inputs: ["x", "y", "z"],
        groupBy: ["speed", "win"],
        window: { samples: 50, samplesPerSecond: 50 },
        features: ["mean", "sd", "range", "meanAbsoluteDifference"],
    }
    for (const [what, wishes, recording, later] of [
        [
            "occupancy, a tree",
            { kind: "tree", maxNodes: 63 },
            "occupancy-train",
            ["test1", "test2"],
        ],
        [
            "occupancy, boosted",
            { kind: "boosted", maxNodes: 63 },
            "occupancy-train",
            ["test1", "test2"],
        ],
        ["fan, a forest", { ...FAN, kind: "forest", maxNodes: 255 }, "fan-raw-train", ["test"]],
        ["fan, boosted", { ...FAN, kind: "boosted", maxNodes: 255 }, "fan-raw-train", ["test"]],
    ] as [string, Partial<Wishes>, string, string[]][]) {
        const { path, skip } = sharedFile(`data/${recording}.csv`)
        test(
            `${what}: five ways to every row of the test recordings, and one answer`,
            { skip },
            async () => {
                const table = readTable(path)
                const defaults = { name: "any", label: "label", maxNodes: 31, blocks: 3, seed: 1 }
                const recipe = recipeOf(table, { ...defaults, ...wishes })
                const out = join(folder, what)
                const { files, summary } = train(table, recipe)
                writeModelFolder(out, files)
                assert.ok(
                    summary.changedVsFloat <= 0.001 * summary.rows,
                    `${summary.changedVsFloat}`
                )
                const model = await readModelFolder(out)
                const { columns } = examplesOf(table, recipe)
                const facts = recipe.inputs.map(input => ({ ...input, name: input.column }))
                const inTicks = quantised(model.trees, columns, facts)
                assert.deepEqual(inTicks.inputs, model.model.inputs)

                for (const part of later) {
                    const other = readTable(
                        sharedFile(`data/${recording.replace("train", part)}.csv`).path
                    )
                    const examples = examplesOf(other, recipe)
                    const expected = Array.from(examples.classes, (_, row) =>
                        verdictOfTicks(inTicks, ticksOfRow(inTicks, examples.columns, row))
                    )
                    for (const runtime of ["vm", "host"] as const)
                        for (const form of ["generated", "packed"] as const) {
                            const told = await judge(model, other, undefined, runtime, form)
                            assert.deepEqual(
                                Array.from(told.verdicts),
                                expected,
                                `${runtime}, ${form}`
                            )
                            const { changedVsFloat, rows } = told.judgement
                            assert.ok(
                                changedVsFloat <= 0.001 * rows,
                                `${changedVsFloat} of ${rows}`
                            )
                        }
                }

                const { vectors } = JSON.parse(readFileSync(join(out, "vectors.json"), "utf8")) as {
                    vectors: { ticks: number[]; class: number }[]
                }
                const reader = new PackedModel(model.model)
                assert.ok(model.packed !== null, "a model has its bytes")
                assert.equal(await reader.replace(deviceBytes(model.packed), async () => {}), "")
                for (const { ticks, class: answer } of vectors) {
                    assert.equal(verdictOfTicks(inTicks, ticks), answer)
                    assert.equal(model.model.classify(ticks), answer)
                    assert.equal(reader.classify(ticks), answer)
                }
                assert.ok(
                    vectors.some(({ ticks }) => ticks.includes(MISSING)),
                    "some have gaps"
                )
                const rows = vectors.map(({ ticks, class: answer }) => [...ticks, answer])
                const lines = await toldInVm([{ text: model.text, packed: model.packed, rows }])
                assert.deepEqual(lines, [`told ${vectors.length}`])
            }
        )
    }
})
