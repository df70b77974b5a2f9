/** `motewise eval`: the VM, Node and the trainer's own tree agree on every row, and the figures are of what they told. */
import assert from "node:assert/strict"
import { cpSync, mkdtempSync, readFileSync, readdirSync, rmSync, writeFileSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { after, before, describe, test } from "node:test"
import { inProject } from "../../image/project"
import { UNKNOWN } from "../../src/inference/model"
import { RandomStream } from "../../sim/random"
import { readTable } from "../../table/csv"
import { InputError } from "../../table/input-error"
import { writeModelFolder } from "../../train/folder"
import { judge } from "../../train/judging"
import { readModelFolder } from "../../train/model-folder"
import { recipeOf } from "../../train/recipe"
import { train } from "../../train/training"
import { assertRefused, motewise } from "../cli/run"
import { csvOf, machineRecording } from "./recordings"

const folder = mkdtempSync(join(tmpdir(), "motewise-eval-"))
const out = join(folder, "machine")
const recording = join(folder, "machine.csv")
after(() => rmSync(folder, { recursive: true }))

before(() => {
    // Noise and no bound to speak of: a tree with many paths.
    writeFileSync(recording, csvOf(machineRecording(1200, { gaps: 0.2, noise: 0.1 })))
    const table = readTable(recording)
    const recipe = recipeOf(table, { name: "machine", label: "state", maxNodes: 63, seed: 1 })
    writeModelFolder(out, train(table, recipe).files)
})

describe("eval", () => {
    test("VM, Node and the tree agree on every row of rows with gaps and numbers out of all range", async t => {
        const seed = Number(process.env.FAST_CHECK_SEED ?? Date.now() % 2 ** 31)
        t.diagnostic(`FAST_CHECK_SEED=${seed}`)
        const random = new RandomStream(`eval/${seed}`)
        const other = machineRecording(3000, { seed, gaps: 0.3 })
        for (const { values } of other.rows)
            values.forEach((_, i) => {
                const drawn = random.uniform()
                if (drawn < 0.05) values[i] = undefined
                else if (drawn < 0.08) values[i] = (random.uniform() - 0.5) * 2e9
            })
        const file = join(folder, "other.csv")
        writeFileSync(file, csvOf(other))
        const model = await readModelFolder(out)
        const inVm = await judge(model, readTable(file), undefined, "vm")
        const onHost = await judge(model, readTable(file), undefined, "host")
        assert.deepEqual(Array.from(inVm.verdicts), Array.from(onHost.verdicts))
        assert.deepEqual(inVm.judgement, { ...onHost.judgement, runtime: "vm" })
        for (const runtime of ["vm", "host"] as const) {
            const packed = await judge(model, readTable(file), undefined, runtime, "packed")
            assert.deepEqual(Array.from(packed.verdicts), Array.from(onHost.verdicts))
            assert.deepEqual(packed.judgement, { ...onHost.judgement, runtime, form: "packed" })
        }
        assert.ok(inVm.judgement.unknown > 0, "some are unknown")
        assert.ok(inVm.judgement.nodes >= 7, `${inVm.judgement.nodes} nodes`)
        assert.ok(inVm.judgement.changedVsFloat <= 3, `${inVm.judgement.changedVsFloat} of 3000`)
    })

    test("ten thousand rows take the VM seconds", async () => {
        const file = join(folder, "long.csv")
        writeFileSync(file, csvOf(machineRecording(10000, { seed: 7 })))
        const model = await readModelFolder(out)
        const table = readTable(file)
        const startMs = performance.now()
        const { judgement } = await judge(model, table, undefined, "vm")
        const seconds = (performance.now() - startMs) / 1000
        assert.equal(judgement.rows, 10000)
        assert.ok(seconds < 10, `${seconds} s`)
    })

    test("the command prints what was asked for, and writes the verdicts", () => {
        const verdicts = join(folder, "verdicts.csv")
        const {
            code,
            out: printed,
            err,
        } = motewise(...["eval", out, "--data", recording, "--predictions", verdicts, "--json"])
        assert.equal(code, 0, err)
        const told = JSON.parse(printed)
        assert.deepEqual(Object.keys(told).sort(), [
            "accuracy",
            "changedVsFloat",
            "classes",
            "codeBytes",
            "confusion",
            "form",
            "macroF1",
            "modelBytes",
            "nodes",
            "rows",
            "runtime",
            "trees",
            "unknown",
        ])
        assert.equal(told.runtime, "vm")
        const rows = readTable(verdicts).rows
        assert.equal(rows.length, 1200)
        assert.deepEqual(rows[0][0], "2")
        const right = rows.filter(([, truth, verdict]) => truth === verdict).length
        assert.equal(right / 1200, told.accuracy)
        assert.equal(rows.filter(([, , verdict]) => verdict === "unknown").length, told.unknown)
        const cells = told.confusion.flat().reduce((sum: number, n: number) => sum + n, 0)
        assert.equal(cells + told.unknown, 1200)
        assert.ok(told.codeBytes > 52, `${told.codeBytes} bytes`)
    })

    test("columns of another recording are found by what they measure", async () => {
        const rows = Array.from({ length: 40 }, (_, i) => `${i * 10},${i > 19 ? "on" : "off"}`)
        const text = (header: string) => [header, ...rows, ""].join("\n")
        const file = join(folder, "lamp.csv")
        writeFileSync(file, text("Light,lamp"))
        const table = readTable(file)
        const wishes = { name: "lamp", label: "lamp", maxNodes: 7, seed: 1 }
        writeModelFolder(join(folder, "lamp"), train(table, recipeOf(table, wishes)).files)
        writeFileSync(file, text("lux,truth"))
        const model = await readModelFolder(join(folder, "lamp"))
        const { judgement, verdicts } = await judge(model, readTable(file), "truth", "host")
        assert.equal(judgement.accuracy, 1)
        assert.ok(!Array.from(verdicts).includes(UNKNOWN), "nothing is unknown")
    })

    test("the size of the code is the one that a board holds", async () => {
        const file = join(folder, "room.csv")
        writeFileSync(file, "Light,label\n500,occupied\n0,0\n")
        const model = await readModelFolder(inProject("models/occupancy"))
        const { judgement } = await judge(model, readTable(file), undefined, "vm")
        // 52 by the compiler's own table (`devs build --stats`); the link step makes its jumps shorter.
        assert.equal(judgement.codeBytes, 48)
        assert.equal(judgement.accuracy, 1)
    })

    test("what cannot be judged says so in a line", async () => {
        const wrong = join(folder, "wrong.csv")
        const refused = (reason: RegExp, model: string, data: string, label?: string) =>
            assert.rejects(
                async () => judge(await readModelFolder(model), readTable(data), label, "host"),
                (e: Error) => {
                    assert.ok(e instanceof InputError, e.stack)
                    assert.match(e.message, reason)
                    return true
                }
            )
        await refused(/is no model folder: it has no recipe\.json/, folder, recording)
        await refused(/none\.csv: no such file/, out, join(folder, "none.csv"))
        writeFileSync(wrong, "x1,state\n1,idle\n")
        await refused(/no column "x\d+" for x\d+, there are "x1", "state"/, out, wrong)
        await refused(/no column "s", there are/, out, wrong, "s")
        writeFileSync(wrong, readFileSync(recording, "utf8").replace(/running/, "asleep"))
        await refused(
            /row \d+, column "state": "asleep" is none of idle, jammed, off, running/,
            out,
            wrong
        )
        const broken = join(folder, "broken")
        cpSync(out, broken, { recursive: true })
        writeFileSync(join(broken, "model.ts"), "export const machine = {")
        await refused(/model\.ts: /, broken, recording)
        writeFileSync(join(broken, "model.ts"), "export const other = {}")
        await refused(/model\.ts: exports no model "machine"/, broken, recording)
        writeFileSync(join(broken, "tree.json"), "{")
        await refused(/tree\.json: is not what motewise train writes/, broken, recording)
        const unpacked = join(folder, "unpacked")
        cpSync(out, unpacked, { recursive: true })
        rmSync(join(unpacked, "model.bin"))
        await assert.rejects(
            async () =>
                judge(
                    await readModelFolder(unpacked),
                    readTable(recording),
                    undefined,
                    "host",
                    "packed"
                ),
            { name: "InputError", message: /has no model\.bin; motewise train makes one/ }
        )
        const nowhere = join(folder, "no", "such", "verdicts.csv")
        const given = ["eval", out, "--data", recording]
        assertRefused(motewise(...given, "--predictions", nowhere), /cannot be written \(ENOENT\)/)
        assertRefused(motewise(...given, "--runtime", "gpu"), /vm, host/)
        assert.ok(!readdirSync(folder).includes("no"), "nothing was made")
    })
})
