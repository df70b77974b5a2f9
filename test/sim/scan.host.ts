/** The scan of a bus tells every part from every other: each driver knows its own part and refuses those that share its address. */
import assert from "node:assert/strict"
import { readFileSync } from "node:fs"
import { test } from "node:test"
import { driverNames } from "../../image/wiring-check"
import { compile } from "../../image/compile"
import { inProject } from "../../image/project"
import { runProgram } from "../../rehearsal/program"
import type { Seat } from "../../sim/breadboard"
import { DESK } from "../../sim/worlds/desk"

const SCAN = "examples/i2c-scan.ts"
/** Of the part's own address, some drivers ask for seconds until they are sure. */
const SECONDS = 60

async function found(seats: Seat[]): Promise<string[]> {
    const lines: string[] = []
    const panics = await runProgram({
        image: (await compile(SCAN)).bytes,
        seats,
        conditions: DESK,
        faults: [],
        seed: 1,
        seconds: SECONDS,
        virtual: true,
        print: line => line.startsWith("> ") && lines.push(line.slice(2)),
        stopped: () => lines.at(-1)?.endsWith("answer") ?? false,
    })
    assert.deepEqual(panics, [])
    return lines
}

test("every driver is in the scan, at every address its part may have", () => {
    const text = readFileSync(inProject(SCAN), "utf8")
    for (const driver of driverNames()) assert.match(text, new RegExp(`known\\("${driver}", \\[0x`))
})

test("each part alone on the bus is found, and taken for no other", async () => {
    for (const driver of driverNames()) {
        const [line, total] = await found([{ part: driver }])
        assert.match(line, new RegExp(`^0x[0-7][0-9a-f] ${driver}$`), driver)
        assert.equal(total, "1 parts answer", driver)
    }
})

test("a part that no driver knows is told as such, and an empty bus as empty", async () => {
    assert.deepEqual(await found([{ part: "ssd1306", address: 0x3c }]), [
        "0x3c ?",
        "1 parts answer",
    ])
    assert.deepEqual(await found([{ part: "bme680" }]), ["0x76 ?", "1 parts answer"])
    assert.deepEqual(await found([]), ["0 parts answer"])
})
