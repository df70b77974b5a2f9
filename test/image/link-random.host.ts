/** A linked program prints what it printed before, line by line: random ones, which come upon what the link step rewrites in every order. */
import assert from "node:assert/strict"
import { test } from "node:test"
import { build } from "../../image/compile"
import { link } from "../../image/link/link"
import { privateNames } from "../../image/link/names"
import { runtimeSources } from "../../image/sources"
import { runProgram } from "../../rehearsal/program"
import { RandomStream } from "../../sim/random"
import { DESK } from "../../sim/worlds/desk"
import { isThorough } from "../harness/needs"
import { randomProgram } from "./random-programs"

const FUNCTIONS = 50

async function linesOf(image: Buffer): Promise<string[]> {
    const lines: string[] = []
    const panics = await runProgram({
        image,
        seats: [],
        conditions: DESK,
        faults: [],
        seed: 1,
        seconds: 5,
        virtual: true,
        print: line => void lines.push(line),
        stopped: () => false,
    })
    return [...lines.filter(line => line.startsWith("> ")), `panics: ${panics.join()}`]
}

for (const seed of isThorough() ? ["1", "2", "3", "4", "5", "6"] : ["1"])
    test(`programs of seed ${seed} do what they did before they were linked`, async () => {
        const text = randomProgram(new RandomStream(seed), FUNCTIONS)
        const sources = new Map([["src/random.ts", text]])
        const built = await build("src/random.ts", sources)
        const names = privateNames([text, ...runtimeSources()])
        const before = await linesOf(built)
        assert.ok(before.length > FUNCTIONS * 3, `seed ${seed}: ${before.length} lines`)
        assert.equal(before.at(-1), "panics: ")
        assert.deepEqual(await linesOf(link(built, names).bytes), before)
    })

test("a function that is made part of one which is made part of another keeps that one's locals", async () => {
    const text = `
        function int16(msb: number, lsb: number): number {
            const word = (msb << 8) | lsb
            return word >= 0x8000 ? word - 0x10000 : word
        }
        function ticksAt(frame: Buffer, at: number): number {
            const ticks = int16(frame[at], frame[at + 1])
            if (ticks === -1) throw new Error("saturated")
            return ticks
        }
        console.log(ticksAt(hex\`0866\`, 0))
    `
    const built = await build("src/nested.ts", new Map([["src/nested.ts", text]]))
    const linked = link(built, privateNames([text, ...runtimeSources()])).bytes
    assert.deepEqual(await linesOf(linked), ["> 2150", "panics: "])
})
