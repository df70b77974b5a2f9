import assert from "node:assert/strict"
import { test } from "node:test"
import { mutantsOf } from "../../bench/mutation/operators"
import { judge } from "../../bench/mutation/trial"
import { sourcesOf } from "../../image/sources"

/** What each mutant of a piece of source makes of it. */
function madeOf(source: string): string[] {
    return mutantsOf(source, 1).map(({ to }) => to)
}

test("numbers are one more, one less, doubled and halved, in the base they were written in", () => {
    assert.deepEqual(madeOf("const ADDRESS = 0x44"), [
        "const ADDRESS = 0x45",
        "const ADDRESS = 0x43",
        "const ADDRESS = 0x88",
        "const ADDRESS = 0x22",
    ])
    assert.deepEqual(madeOf("const SCALE = 1.5"), [
        "const SCALE = 2.5",
        "const SCALE = 0.5",
        "const SCALE = 3",
        "const SCALE = 0.75",
    ])
    // No number twice, and 0 doubled is no edit.
    assert.deepEqual(madeOf("f(2)"), ["f(3)", "f(1)", "f(4)"])
    assert.deepEqual(madeOf("f(0)"), ["f(1)", "f(-1)"])
})

test("one bit of each byte of a hex literal is flipped, which one by the seed", () => {
    const made = madeOf("const START = hex`21b1`")
    assert.equal(made.length, 2)
    const bitsFlipped = made.map(text => {
        const bytes = Buffer.from(/`(.*)`/.exec(text)?.[1] ?? "", "hex")
        return [bytes[0] ^ 0x21, bytes[1] ^ 0xb1]
    })
    const isOneBit = (byte: number) => byte !== 0 && (byte & (byte - 1)) === 0
    assert.ok(isOneBit(bitsFlipped[0][0]) && bitsFlipped[0][1] === 0, "of the first byte")
    assert.ok(isOneBit(bitsFlipped[1][1]) && bitsFlipped[1][0] === 0, "of the second byte")
    assert.deepEqual(madeOf("const NOTHING = hex``"), [])
})

test("comparisons go to their neighbour and their negation, conditions to true and false", () => {
    assert.deepEqual(madeOf("if (a < b) f()"), [
        "if (true) f()",
        "if (false) f()",
        "if (a <= b) f()",
        "if (a >= b) f()",
    ])
    assert.deepEqual(madeOf("x = a === b"), ["x = a !== b"])
    assert.deepEqual(madeOf("x = a && !b"), ["x = a || !b", "x = a && b"])
    // Nothing is both: the other operator would be the condition false.
    assert.deepEqual(madeOf("x = a === b || a === c"), [
        "x = a !== b || a === c",
        "x = a === b || a !== c",
    ])
    assert.deepEqual(madeOf('ds.assert(a >= b, "detail 5")'), [
        'ds.assert(true, "detail 5")',
        'ds.assert(a > b, "detail 5")',
        'ds.assert(a < b, "detail 5")',
    ])
})

test("operators are swapped, and the rest keeps its binding", () => {
    assert.deepEqual(madeOf("x = a * b + c"), ["x = (a * b) - c", "x = a / b + c"])
    assert.deepEqual(madeOf("x = a << b"), ["x = a >> b"])
    assert.deepEqual(madeOf("x = a ^ b | c"), ["x = (a ^ b) & c", "x = a | b | c"])
    assert.deepEqual(madeOf("x += -y"), ["x -= -y", "x += y"])
    assert.deepEqual(madeOf("lost++"), ["lost--"])
})

test("bytes of a word change places, and an index goes on by one", () => {
    assert.deepEqual(madeOf("x = (frame[0] << b) | frame[1]"), [
        "x = (frame[0] << b) & frame[1]",
        "x = (frame[1] << b) | frame[0]",
        "x = (frame[0] >> b) | frame[1]",
        "x = (frame[1] << b) | frame[1]",
        "x = (frame[0] << b) | frame[2]",
        "x = (frame[0] << b) | frame[0]",
    ])
    assert.ok(madeOf("f(low[at + i], low[at])").includes("f(low[at], low[at + i])"), "in a call")
})

test("throws and awaited statements are deleted, faults exchanged, details left alone", () => {
    assert.deepEqual(
        mutantsOf("async function f(): Promise<Buffer> {\nawait g(a)\nthrow h\n}", 1).map(
            ({ line, from, to }) => [line, from, to]
        ),
        [
            [2, "await g(a)", ""],
            // Without a value it would not compile.
            [3, "throw h", "return undefined"],
        ]
    )
    assert.deepEqual(
        madeOf('function f(): void { throw new SensorError(PART, "crc", `word ${i + 5}`) }'),
        [
            "function f(): void { }",
            'function f(): void { throw new SensorError(PART, "timeout", `word ${i + 5}`) }',
        ]
    )
    // A whole branch deleted is its condition false, which there is already.
    assert.deepEqual(madeOf("if (a) throw b"), ["if (true) throw b", "if (false) throw b"])
    assert.deepEqual(madeOf("if (a) {\nf()\nreturn b\n}").slice(2), [""])
})

test("what is no code, or for people, is left alone", () => {
    assert.deepEqual(
        madeOf(
            [
                'import { a } from "./crc"',
                "/** 5 < 6 */",
                'type Fault = "bus" | 5',
                "interface Sample { 5: 6 }",
                "console.log(5)",
                'throw new Error("bus" + 5)',
            ].join("\n")
        ),
        [""]
    )
})

const DRIVER = `
export const OFFSET = 5
export function doubled(x: number): number {
    return 2 * x + OFFSET
}
export async function settle(polls: number, wait: (ms: number) => Promise<void>): Promise<number> {
    let poll = 0
    while (poll !== polls) {
        await wait(0)
        poll = poll + 1
    }
    return poll
}
`
const SUITE = `
import * as ds from "@devicescript/core"
import { describe, expect, test } from "../../test/suite"
import { doubled, settle } from "./driver"
describe("toy", () => {
    test("zero", () => expect(doubled(0)).toBe(5))
    test("settles", async () => {
        expect(await settle(3, async () => await ds.sleep(0))).toBe(3)
    })
})
`
const sources = new Map(sourcesOf(["test/suite.ts"]))
    .set("toy/driver/driver.ts", DRIVER)
    .set("toy/driver/driver.test.ts", SUITE)
const judgeToy = async (mutants: Parameters<typeof judge>[3]) =>
    await judge(sources, "toy/driver/driver.ts", ["toy/driver/driver.test.ts"], mutants)

test("in one image, what the suite notices is killed, what loops for ever too, and what it does not see survives", async () => {
    const mutants = mutantsOf(DRIVER, 1)
    const verdicts = await judgeToy(mutants)
    const verdictOf = (to: string) => verdicts[mutants.findIndex(mutant => mutant.to === to)]
    assert.equal(verdictOf("export const OFFSET = 6"), "killed")
    assert.equal(verdictOf("return (2 * x) - OFFSET"), "killed")
    // It waits 0 ms for ever, and without waiting the VM's steps run out.
    assert.equal(verdictOf("while (true) {"), "killed")
    assert.equal(verdictOf("poll = poll - 1"), "killed")
    // Twice 0 is 0 whatever the factor: the suite has a hole, which is what all this is for.
    assert.equal(verdictOf("return 3 * x + OFFSET"), "survived")
    assert.equal(verdictOf("await wait(1)"), "survived")
    assert.ok(!verdicts.includes("invalid"), "every mutant compiles")
})

test("what does not compile is invalid, not killed", async () => {
    const [mutant] = mutantsOf(DRIVER, 1)
    assert.deepEqual(await judgeToy([{ ...mutant, replacement: "nowhere" }]), ["invalid"])
})
