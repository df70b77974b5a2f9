/** `motewise record` as a user's shell runs it, and what it writes. */
import assert from "node:assert/strict"
import { mkdtempSync, readdirSync, readFileSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { test } from "node:test"
import { recordingOf } from "../../sim/recording"
import { DeskWorld } from "../../sim/worlds/desk"
import { worldKind } from "../../sim/worlds/worlds"
import { readTable } from "../../table/csv"
import { assertRefused, fileOf, motewise } from "./run"

function emptyFolder(): string {
    return mkdtempSync(join(tmpdir(), "motewise-record-"))
}

test("a row for each of the world's, place by place, and the same again", () => {
    const folder = emptyFolder()
    const record = (name: string, ...more: string[]) => {
        const out = join(folder, name)
        const words = ["record", "soil", "--hours", "2", "--nodes", "3", "--out", out]
        const { code, out: said } = motewise(...words, ...more, "--json")
        assert.equal(code, 0)
        return { said: JSON.parse(said) as object, out }
    }
    const { said, out } = record("a.csv")
    assert.deepEqual(said, { world: "soil", seed: 1, nodes: 3, rows: 36, rowSeconds: 600, out })
    const { header, rows } = readTable(out)
    assert.deepEqual(header, ["node", ...worldKind("soil").measurands, "label"])
    // Two hours of ten minutes at three places.
    assert.equal(
        rows.map(([node]) => node).join(""),
        "0".repeat(12) + "1".repeat(12) + "2".repeat(12)
    )
    const text = readFileSync(out, "utf8")
    assert.equal(readFileSync(record("b.csv").out, "utf8"), text)
    assert.notEqual(readFileSync(record("c.csv", "--seed", "2").out, "utf8"), text)
    assert.deepEqual(readdirSync(folder).sort(), ["a.csv", "b.csv", "c.csv"])
})

test("cells are what is felt and what is true, at the row's time", () => {
    const { make, measurands } = worldKind("climate")
    const text = recordingOf(make(3, 2), {
        places: 2,
        rows: 50,
        everyMs: 5000,
        measurands,
        onProgress: () => {},
    })
    const cells = text.trimEnd().split("\n").at(-1)?.split(",") ?? []
    const world = make(3, 2)
    const felt = world.conditionsAt(1, 49 * world.rowMs)
    assert.equal(cells[0], "1")
    // Six digits of each.
    assert.ok(Math.abs(Number(cells[1]) - (felt.temperatureCelsius ?? NaN)) < 1e-4, cells[1])
    assert.ok(Math.abs(Number(cells[2]) - (felt.relativeHumidityPercent ?? NaN)) < 1e-4, cells[2])
    assert.equal(cells[3], world.truthAt(1, 49))
})

test("what is not felt and what is not known are empty cells", () => {
    const world = new DeskWorld({ carbonDioxidePpm: undefined })
    const measurands = ["carbonDioxidePpm", "illuminanceLuxes"] as const
    const text = recordingOf(world, {
        places: 1,
        rows: 1,
        everyMs: 60000,
        measurands: [...measurands],
        onProgress: () => {},
    })
    assert.equal(text, "node,carbonDioxidePpm,illuminanceLuxes,label\n0,,400,\n")
})

test("progress goes from 0 towards 1 and never back", () => {
    const { make, measurands } = worldKind("climate")
    const told: number[] = []
    const onProgress = (share: number) => void told.push(share)
    recordingOf(make(1, 2), { places: 2, rows: 2500, everyMs: 5000, measurands, onProgress })
    assert.deepEqual(told, [0, 0.2, 0.4, 0.5, 0.7, 0.9])
})

test("a recording of a world is replayed: the node's rows alone, with their truth", () => {
    const out = join(emptyFolder(), "soil.csv")
    assert.equal(motewise("record", "soil", "--hours", "4", "--nodes", "2", "--out", out).code, 0)
    const { code, out: said } = motewise(
        ...["sim", "--app", "soil", "--replay", out, "--where", "node=1"],
        ...["--row-seconds", "600", "--virtual", "--json"]
    )
    assert.equal(code, 0)
    const { nodes, rows, labelled, verdicts, gaps } = JSON.parse(said)
    assert.deepEqual(
        { nodes, rows, labelled, verdicts, gaps },
        { nodes: 1, rows: 24, labelled: 24, verdicts: 24, gaps: 0 }
    )
})

test("a world that is none, with the nearest; times and places that are none", () => {
    const folder = emptyFolder()
    const out = join(folder, "x.csv")
    assertRefused(motewise("record", "sole", "--out", out), /no world "sole"; did you mean "soil"/)
    assertRefused(motewise("record", "soil", "--out", out, "--hours", "0"), /number from 0.01/)
    assertRefused(motewise("record", "soil", "--out", out, "--nodes", "1.5"), /whole number/)
    assertRefused(motewise("record", "soil"), /--out/)
    assert.deepEqual(readdirSync(folder), [])
})

test("where nothing can be written nothing is left, and an old file stays whole", () => {
    const out = join(emptyFolder(), "no", "such", "x.csv")
    assertRefused(
        motewise("record", "cold", "--hours", "1", "--out", out),
        /x\.csv: cannot be written/
    )
    const file = fileOf("folder", "")
    const below = join(file, "x.csv")
    assertRefused(motewise("record", "cold", "--hours", "1", "--out", below), /ENOTDIR/)
    assert.equal(readFileSync(file, "utf8"), "")
})
