/** What each step of the link does to bytecode written by hand, and what it must leave alone. Opcodes are bytecode.md's of DeviceScript 2.16. */
import assert from "node:assert/strict"
import { test } from "node:test"
import { shortConditions, threadJumps } from "../../image/link/conditions"
import { readOriginals } from "../../image/link/copies"
import { withFunctionNames } from "../../image/functions"
import { inlineCalledOnce } from "../../image/link/inline"
import { closeSlots, withoutNeedlessLocals } from "../../image/link/locals"
import type { Func } from "../../image/link/program"
import { dropUncalledMethods, keepPrototypes } from "../../image/link/prototypes"
import { takeBuiltinNames } from "../../image/link/short-names"
import { assemble, disassemble, functionOf, programOf } from "./assembler"

function threaded(text: string): string {
    const code = assemble(text)
    threadJumps(code)
    return disassemble(code)
}

test("a test that failed leads where the next test of the same local leads, over all there are", () => {
    assert.equal(
        threaded(
            "loadLocal 1; jmpZ one; true; storeLocal 1; one:; loadLocal 1; jmpZ two; true; return; two:; loadLocal 1; not; jmpZ end; false; return; end:; null; return"
        ),
        // False: the second leads to the third, which does not jump, for it asks for the opposite.
        "loadLocal 1; jmpZ 11; true; storeLocal 1; loadLocal 1; jmpZ 11; true; return; loadLocal 1; not; jmpZ 13; false; return; null; return"
    )
})

test("a test of the opposite knows that the local is true where it jumps", () => {
    assert.equal(
        threaded(
            "loadLocal 1; not; jmpZ one; true; storeLocal 1; one:; loadLocal 1; jmpZ end; true; return; end:; null; return"
        ),
        "loadLocal 1; not; jmpZ 7; true; storeLocal 1; loadLocal 1; jmpZ 9; true; return; null; return"
    )
})

test("a test of another local, or of what is computed from it, is taken", () => {
    for (const between of ["loadLocal 2", "loadLocal 1; isUndefined", "loadLocal 1; 1; add"]) {
        const text = `loadLocal 1; jmpZ one; one:; ${between}; jmpZ end; true; return; end:; null; return`
        assert.equal(threaded(text), disassemble(assemble(text)))
    }
})

test("a loop round a test of a local that nobody changes stays one", () => {
    assert.match(threaded("again:; loadLocal 1; jmpZ again; null; return"), /jmpZ 0/)
})

test("conditions lose what does nothing to them, and nothing else does", () => {
    const short = (text: string) => disassemble(shortConditions(assemble(text)))
    assert.equal(
        short("loadLocal 1; toBool; jmpZ end; end:; null; return"),
        "loadLocal 1; jmpZ 2; null; return"
    )
    assert.equal(
        short("loadLocal 1; not; not; jmpZ end; end:; null; return"),
        "loadLocal 1; jmpZ 2; null; return"
    )
    assert.equal(
        short("loadLocal 1; undefined; eq; not; return"),
        "loadLocal 1; isUndefined; not; return"
    )
    assert.equal(
        short("loadLocal 1; loadLocal 2; ne; not; return"),
        "loadLocal 1; loadLocal 2; eq; return"
    )
    // Of a number, `!!x` is not `x`; and what is not less may be NaN.
    for (const kept of [
        "loadLocal 1; toBool; return",
        "loadLocal 1; not; not; return",
        "loadLocal 1; 2; lt; not; return",
    ])
        assert.equal(short(kept), kept)
})

function read(text: string): string {
    const code = assemble(text)
    readOriginals(code)
    return disassemble(code)
}

test("a copy is read under its original's name until one of the two changes", () => {
    assert.equal(
        read("loadLocal 0; storeLocal 1; loadLocal 1; return"),
        "loadLocal 0; storeLocal 1; loadLocal 0; return"
    )
    assert.equal(read("3; storeLocal 1; loadLocal 1; return"), "3; storeLocal 1; 3; return")
    for (const change of ["9; storeLocal 0", "9; 1; add; storeLocal 1"]) {
        const text = `loadLocal 0; storeLocal 1; ${change}; loadLocal 1; return`
        assert.equal(read(text), text)
    }
})

test("a copy is none where another way leads to without it, or a handler", () => {
    for (const text of [
        "loadLocal 2; jmpZ 4; loadLocal 0; storeLocal 1; loadLocal 1; return",
        "try 6; loadLocal 0; storeLocal 1; loadGlobal 0; call0; endTry 7; catch; loadLocal 1; return",
    ]) {
        const labelled = text.replace(/(jmpZ|try|endTry) (\d)/g, "$1 at$2").split("; ")
        for (const n of [7, 6, 4])
            if (labelled.some(line => line.endsWith(`at${n}`))) labelled.splice(n, 0, `at${n}:`)
        assert.equal(read(labelled.join(";")), text)
    }
})

test("a copy made before a `try` is none in its handler, for either may have changed by then", () => {
    const code = assemble(
        "loadLocal 0; storeLocal 1; try caught; 9; storeLocal 0; loadGlobal 0; call0; endTry end; caught:; catch; loadLocal 1; return; end:; null; return"
    )
    readOriginals(code)
    assert.match(disassemble(code), /catch; loadLocal 1; return; null/)
})

function lean(text: string, of: Partial<Func> = {}): string {
    return disassemble(withoutNeedlessLocals(functionOf(text, of)))
}

test("what the next statement loads once stays on the stack, in its place among the arguments", () => {
    assert.equal(
        lean("loadGlobal 0; asciiField 1; storeLocal 1; loadLocal 1; return"),
        "loadGlobal 0; asciiField 1; return"
    )
    assert.equal(
        lean(
            "loadGlobal 0; asciiField 1; storeLocal 1; staticFunction 7; loadLocal 1; call1; null; return"
        ),
        "staticFunction 7; loadGlobal 0; asciiField 1; call1; null; return"
    )
    assert.equal(
        lean(
            "loadGlobal 0; call0; retVal; storeLocal 1; loadGlobal 1; asciiField 1; loadLocal 1; call1; null; return"
        ),
        "loadGlobal 0; call0; loadGlobal 1; asciiField 1; retVal; call1; null; return"
    )
})

test("a local is written when it is read again, jumped to, or read before something else may fail", () => {
    for (const text of [
        "loadGlobal 0; asciiField 1; storeLocal 1; loadLocal 1; loadLocal 1; add; return",
        "loadGlobal 0; asciiField 1; storeLocal 1; loadLocal 1; loadGlobal 2; call1; loadLocal 1; return",
        "loadGlobal 0; asciiField 1; storeLocal 1; loadGlobal 1; asciiField 2; loadLocal 1; call1; null; return",
    ])
        assert.equal(lean(text), text)
    assert.match(
        lean(
            "5; 6; add; storeLocal 1; again:; loadLocal 1; return; loadLocal 2; jmpZ again; null; return"
        ),
        /storeLocal 1; loadLocal 1/
    )
    assert.match(
        lean(
            "try caught; loadGlobal 0; asciiField 1; storeLocal 1; loadLocal 1; call0; endTry end; caught:; catch; loadLocal 1; return; end:; null; return",
            { tryDepth: 1 }
        ),
        /storeLocal 1; loadLocal 1; call0/
    )
})

test("what is never read is not written, but for arguments, a constructor's object and what may fail", () => {
    assert.equal(lean("3; storeLocal 1; null; return"), "null; return")
    assert.equal(
        lean("3; storeLocal 1; null; return", { argumentCount: 2 }),
        "3; storeLocal 1; null; return"
    )
    assert.equal(
        lean("undefined; storeLocal 0; undefined; return", { flags: 3 }),
        "undefined; storeLocal 0; undefined; return"
    )
    const failing = "loadGlobal 0; asciiField 1; storeLocal 1; null; return"
    assert.equal(lean(failing), failing)
})

test("a statement takes no more than the stack's 16 values", () => {
    const deep = (values: number) =>
        `${"1; ".repeat(values)}${"add; ".repeat(values - 1)}storeLocal 1; 2; loadLocal 1; add; return`
    assert.ok(!lean(deep(15)).includes("storeLocal"), "15 and one below them")
    assert.ok(lean(deep(16)).includes("storeLocal"), "16 and one below them")
})

test("slots that nothing uses any more go, those of arguments stay", () => {
    const func = functionOf("loadLocal 7; storeLocal 5; loadLocal 5; return", {
        slots: 9,
        argumentCount: 2,
    })
    closeSlots(func)
    assert.equal(disassemble(func.code), "loadLocal 3; storeLocal 2; loadLocal 2; return")
    assert.equal(func.slots, 4)
})

const method = (owner: number, name: number, func: number) =>
    `staticFunction ${owner}; builtinField 52; staticAsciiString ${name}; staticFunction ${func}; indexSet`

test("a prototype is asked for once for three methods that follow each other, not for two", () => {
    const func = functionOf(
        [method(1, 0, 4), method(1, 1, 5), method(1, 2, 6), method(2, 0, 7), method(2, 1, 8)].join(
            ";"
        )
    )
    keepPrototypes(func)
    assert.equal(
        disassemble(func.code),
        "staticFunction 1; builtinField 52; storeLocal 4; loadLocal 4; staticAsciiString 0; staticFunction 4; indexSet; " +
            "loadLocal 4; staticAsciiString 1; staticFunction 5; indexSet; loadLocal 4; staticAsciiString 2; staticFunction 6; indexSet; " +
            `${method(2, 0, 7)}; ${method(2, 1, 8)}`
    )
    assert.equal(func.slots, 5)
})

test("a method goes when its private name is nowhere else, and then those that it alone called", () => {
    const program = programOf(
        [
            functionOf(
                `${[method(1, 0, 2), method(1, 1, 3), method(1, 2, 4), method(1, 3, 5)].join(";")}; loadLocal 0; asciiField 2; null; return`
            ),
            functionOf("null; return"),
            functionOf("loadLocal 0; asciiField 1; return"),
            functionOf("null; return"),
            functionOf("null; return"),
            functionOf("null; return"),
        ],
        ["uncalled", "calledByThat", "called", "public"]
    )
    dropUncalledMethods(program, name => name !== "public")
    assert.equal(
        disassemble(program.functions[0].code),
        `${method(1, 2, 4)}; ${method(1, 3, 5)}; loadLocal 0; asciiField 2; null; return`
    )
})

test("a small function that is called once becomes part of its caller, with its arguments and its returns", () => {
    const callee =
        "loadLocal 0; jmpZ other; loadLocal 1; return; other:; 5; storeLocal 2; loadLocal 2; return"
    const program = programOf([
        functionOf("staticFunction 1; loadGlobal 3; 7; 1; add; call2; retVal; return", {
            slots: 3,
        }),
        functionOf(callee, { slots: 3, argumentCount: 2 }),
    ])
    const [caller] = program.functions
    assert.deepEqual([...inlineCalledOnce(program)], [caller])
    assert.equal(
        disassemble(caller.code),
        "loadGlobal 3; storeLocal 3; 7; 1; add; storeLocal 4; loadLocal 3; jmpZ 11; loadLocal 4; storeRetVal; jmp 16; " +
            "5; storeLocal 5; loadLocal 5; storeRetVal; jmp 16; retVal; return"
    )
    assert.equal(caller.slots, 6)
})

test("an argument that is left out is undefined, each time", () => {
    const program = programOf([
        functionOf("staticFunction 1; call0; null; return", { slots: 0 }),
        functionOf("loadLocal 0; return", { slots: 1, argumentCount: 1 }),
    ])
    inlineCalledOnce(program)
    assert.match(disassemble(program.functions[0].code), /^undefined; storeLocal 0; loadLocal 0/)
})

test("a function stays one that is called twice, is a value, calls itself, catches, is large, or reads a local that nobody set", () => {
    const call = "staticFunction 1; call0; null; return"
    for (const [caller, callee, of] of [
        [`staticFunction 1; call0; ${call}`, "null; return", {}],
        ["loadGlobal 0; staticFunction 1; call1; null; return", "null; return", {}],
        ["staticFunction 1; storeGlobal 0; null; return", "null; return", {}],
        [call, "staticFunction 1; call0; null; return", {}],
        [call, "null; return", { tryDepth: 1 }],
        [call, "null; return", { flags: 1 }],
        [call, "null; return", { slots: 5 }],
        [call, "loadLocal 0; return", {}],
        [call, "0; loadClosure 0; return", {}],
    ] as [string, string, Partial<Func>][]) {
        const program = programOf([functionOf(caller), functionOf(callee, of)])
        assert.equal(inlineCalledOnce(program).size, 0, `${caller} / ${callee}`)
    }
})

test("private names take runtime strings that the program uses nowhere, the most used names first", () => {
    const program = programOf(
        [
            functionOf(
                "loadLocal 0; asciiField 0; asciiField 1; asciiField 1; staticAsciiString 2; builtinField 3; indexSet; null; return"
            ),
        ],
        ["rare", "usual", "public"]
    )
    takeBuiltinNames(program, name => name !== "public")
    // 3 ("E") is in use; 5 and 6 are the next of those that only Math has.
    assert.equal(
        disassemble(program.functions[0].code),
        "loadLocal 0; builtinField 6; builtinField 5; builtinField 5; staticAsciiString 2; builtinField 3; indexSet; null; return"
    )
})

test("a panic's functions have the names of the sources", () => {
    const functions = ["main", "measure"]
    assert.equal(withFunctionNames("*  at _F1 (pc:35)", functions), "*  at measure (F1) (pc:35)")
    assert.equal(withFunctionNames("*  at inline_F0 (pc:2)", functions), "*  at main (F0) (pc:2)")
    for (const line of ["*  at _F9 (pc:1)", "> met at _F1 yesterday"])
        assert.ok(!/main|measure/.test(withFunctionNames(line, functions)), line)
})
