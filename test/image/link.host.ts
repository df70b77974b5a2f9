/** The link step: what it must keep of a program, whatever it takes away. Opcodes are bytecode.md's of DeviceScript 2.16. */
import assert from "node:assert/strict"
import { test } from "node:test"
import fc from "fast-check"
import { build } from "../../image/compile"
import { decode, encode, withoutDeadCode } from "../../image/link/instructions"
import { link } from "../../image/link/link"
import { privateNames } from "../../image/link/names"
import { asciiIndexOf, asciiOfUtf8, readProgram } from "../../image/link/program"
import { sourcesOf } from "../../image/sources"

const [RETURN, JMP, JMP_Z, UNDEFINED, RE_THROW, TRUE] = [12, 13, 14, 46, 85, 48]

test("a forward jump over little takes two bytes, and the compiler's three are read", () => {
    // jmp_z +6 over `undefined; return`, written as 0xf9 hi lo.
    const code = Buffer.from([
        TRUE,
        JMP_Z,
        0xf9,
        0,
        6,
        UNDEFINED,
        RETURN,
        UNDEFINED,
        RETURN,
        0,
        0,
        0,
    ])
    assert.deepEqual(
        [...encode(decode(code))],
        [TRUE, JMP_Z, 4, UNDEFINED, RETURN, UNDEFINED, RETURN]
    )
})

test("jumps of every distance, forwards and back, lead where they led", () => {
    const jumps = fc.array(fc.record({ at: fc.nat(900), to: fc.nat(900) }), { maxLength: 30 })
    fc.assert(
        fc.property(jumps, list => {
            const code = Array.from(
                { length: 901 },
                () => ({ opcode: UNDEFINED }) as ReturnType<typeof decode>[0]
            )
            for (const { at } of list) code[at] = { opcode: JMP }
            for (const { at, to } of list) code[at].target = code[to]
            const again = decode(encode(code))
            assert.deepEqual(
                again.map(({ target }) => target && again.indexOf(target)),
                code.map(({ target }) => target && code.indexOf(target))
            )
        }),
        { seed: 1 }
    )
})

test("what follows a return goes, what follows a re_throw stays: with nothing to throw it does nothing", () => {
    const after = (opcode: number) =>
        withoutDeadCode(decode(Buffer.from([UNDEFINED, opcode, UNDEFINED, RETURN]))).length
    assert.equal(after(RETURN), 2)
    assert.equal(after(RE_THROW), 4)
})

test("a text with a NUL in it is no ASCII string, which would end there; nor is one of 200 bytes", () => {
    const entry = (text: string) => {
        const head = Buffer.alloc(4 + (text.length >> 4) * 2)
        head.writeUInt16LE(text.length, 0)
        head.writeUInt16LE(text.length, 2)
        return Buffer.concat([head, Buffer.from(`${text}\0`)])
    }
    assert.equal(
        asciiOfUtf8(entry("a text of more than sixteen characters")),
        "a text of more than sixteen characters"
    )
    assert.equal(asciiOfUtf8(entry("\0")), undefined)
    assert.equal(asciiOfUtf8(entry("x".repeat(199))), "x".repeat(199))
    assert.equal(asciiOfUtf8(entry("x".repeat(200))), undefined)
})

test("a member's name is private unless it is in a text, a key, or a field of an interface", () => {
    const source = `
        interface Sample { celsius: number }
        class Node { celsius = 0; verdict = 1; told = 2; unit = 3; private readonly secret = 4; say(): void {} }
        const options = { told: 1 }
        console.log(\`\${options.told} {"verdict":1}\`, "unit")`
    assert.deepEqual([...privateNames([source])].sort(), ["say", "secret"])
})

test("a name that is put together at run time, of a prefix and the rest, stays, and so does the rest", () => {
    const source = `class A { pace() {} set_pace() {} hidden() {} call(n: string) { this["set_" + n]() } }`
    assert.deepEqual([...privateNames([source])].sort(), ["call", "hidden"])
})

test("every string of the room's image is still there but for names of functions and private ones, and a build is repeatable", async () => {
    const sources = sourcesOf(["src/main.ts"])
    const built = await build("src/main.ts", sources)
    const names = new Set(["skippedId", "unreadBytes"])
    const linked = link(built, names)
    assert.deepEqual(link(built, names).bytes, linked.bytes)
    const stringsOf = (image: Buffer) => {
        const { ascii, utf8 } = readProgram(image)
        return [...ascii, ...utf8.map(entry => asciiOfUtf8(entry) ?? entry.toString("latin1"))]
    }
    const after = new Set(stringsOf(linked.bytes))
    const { ascii, functions: before } = readProgram(built)
    const functions = new Set(before.map(({ name }) => ascii[asciiIndexOf(name) ?? -1]))
    const lost = stringsOf(built).filter(text => !after.has(text) && !functions.has(text))
    assert.deepEqual(lost.sort(), ["skippedId", "unreadBytes"])
    assert.ok(
        linked.bytes.length < built.length * 0.88,
        `${linked.bytes.length} of ${built.length} B`
    )
})
