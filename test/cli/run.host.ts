/** `motewise run`: one program in the simulator. */
import assert from "node:assert/strict"
import { test } from "node:test"
import { assertRefused, motewise } from "./run"

const run = (...args: string[]) => motewise("run", ...args)
const linesOf = (...args: string[]): string[] => {
    const { code, out, err } = run(...args, "--virtual", "--json")
    assert.equal(code, 0, err)
    return JSON.parse(out).lines
}

test("an example prints what its part measures, which is what a desk has or what was set", () => {
    assert.deepEqual(linesOf("bh1750", "--seconds", "3"), ["400 lx", "400 lx"])
    const set = ["--set", "illuminanceLuxes=1000"]
    assert.deepEqual(linesOf("bh1750", "--seconds", "1.8", ...set), ["1000 lx"])
})

test("a part that is absent is a fault, told by the program", () => {
    const [line] = linesOf("bh1750", "--seconds", "1.8", "--set", "illuminanceLuxes=absent")
    assert.match(line, /bh1750: bus: /)
})

test("faults come and go", () => {
    const lines = linesOf("bh1750", "--seconds", "30", "--faults", "nack:from=10s,for=10s")
    assert.equal(lines[0], "400 lx")
    assert.ok(
        lines.some(line => line.startsWith("bh1750: bus")),
        "the fault is told"
    )
    assert.equal(lines.at(-1), "400 lx")
})

test("without --json it prints the program's lines, and the runtime's words only when asked", () => {
    const { out } = run("bh1750", "--virtual", "--seconds", "3")
    assert.equal(out, "400 lx\n400 lx\n")
    assert.match(run("bh1750", "--virtual", "--seconds", "1.8", "--log").out, /fstor: mounted/)
})

test("the scan of the bus finds every part it knows a driver for", () => {
    const lines = linesOf("i2c-scan", "--seconds", "120")
    for (const part of ["0x23 bh1750", "0x62 scd4x"]) assert.ok(lines.includes(part), part)
    assert.equal(lines.at(-1), `${lines.length - 1} parts answer`)
})

test("what can not be run says so in a line", () => {
    for (const [args, reason] of [
        [["bh175"], /no program "bh175"; did you mean "bh1750"\?/],
        [["nowhere.ts"], /no program "nowhere\.ts"/],
        [["/etc/passwd"], /no program "\/etc\/passwd"/],
        [["bh1750", "--set", "illuminance=3"], /--set: no "illuminance"/],
        [["bh1750", "--set", "illuminanceLuxes=bright"], /"bright" is no number, nor "absent"/],
        [["bh1750", "--set", "illuminanceLuxes"], /is not measurand=value/],
        [["bh1750", "--faults", "nack:part=bh175"], /did you mean "bh1750"/],
        [["bh1750", "--seconds", "-1"], /number from 0\.1/],
    ] as [string[], RegExp][]) {
        assertRefused(run(...args), reason)
    }
})
