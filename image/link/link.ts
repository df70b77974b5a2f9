/**
 * The last step of a build. The compiler writes each function once, in the order it comes upon them; this writes the same program
 * again, smaller, because now all of it is known:
 * - what nothing reaches goes, and jumps are as short as their distance allows;
 * - what is used most has the low numbers of each table, which take one byte where others take two or three;
 * - names that nothing outside the program knows are two characters long (see names.ts).
 * The program does the same in the same order: simulator, tests and boards all run what this makes.
 */
import { shortConditions, threadJumps } from "./conditions"
import { readOriginals } from "./copies"
import { Op, withoutDeadCode, type Instruction } from "./instructions"
import { inlineCalledOnce } from "./inline"
import { closeSlots, withoutNeedlessLocals } from "./locals"
import {
    asciiIndexOf,
    asciiOfUtf8,
    asciiString,
    builtinString,
    readProgram,
    specNames,
    writeProgram,
} from "./program"
import type { Func, Program } from "./program"
import { dropUncalledMethods, keepPrototypes } from "./prototypes"
import { FUNCTION_OPCODES, functionsUsed, operandsOf, reached } from "./reach"
import { shortenNames, takeBuiltinNames } from "./short-names"

export interface Linked {
    bytes: Buffer
    /** What the functions of the image are called in the sources, by their number in it: a panic says "F12". */
    functions: string[]
}

const FLOAT_BYTES = 8
const EMPTY_STRING = builtinString(0)

/** @param privateNames that may be others: see names.ts */
export function link(image: Buffer, privateNames: ReadonlySet<string>): Linked {
    const program = readProgram(image)
    const names = new Map(
        program.functions.map(func => [
            func,
            program.ascii[asciiIndexOf(func.name) ?? -1] ?? "inline",
        ])
    )
    for (const func of program.functions) func.code = shortened(func)
    const isPrivate = (name: string) => privateNames.has(name)
    dropUncalledMethods(program, isPrivate)
    for (const func of inlineCalledOnce(program)) func.code = shortened(func)
    for (const func of program.functions) {
        if (!isShared(func)) closeSlots(func)
        keepPrototypes(func)
    }
    orderFunctions(program)
    orderGlobals(program)
    orderFloats(program)
    utf8ToAscii(program)
    takeBuiltinNames(program, isPrivate)
    orderStrings(program)
    shortenNames(program, isPrivate)
    return {
        bytes: writeProgram(program),
        functions: program.functions.map(func => names.get(func) ?? ""),
    }
}

/** Whether a closure may read and write its locals, at any time. */
function isShared({ code }: Func): boolean {
    return code.some(({ opcode }) => opcode === Op.makeClosure)
}

/** One makes room for another, so all again until there is nothing left to do. */
function shortened(func: Func): Instruction[] {
    let { code } = func
    const hasOwnLocals = !isShared(func)
    for (let length = Infinity; code.length < length;) {
        length = code.length
        threadJumps(code)
        if (hasOwnLocals) readOriginals(code)
        code = withoutDeadCode(code)
        if (hasOwnLocals) code = withoutNeedlessLocals({ ...func, code })
        code = shortConditions(code)
    }
    return code
}

/** Where the most used of `count` entries go: its new number for each old one, undefined for those without a use. */
function ranks(count: number, uses: Iterable<number>): (number | undefined)[] {
    const useCounts = new Array<number>(count).fill(0)
    for (const index of uses) useCounts[index] += 1
    const used = [...useCounts.keys()].filter(index => useCounts[index] > 0)
    used.sort((a, b) => useCounts[b] - useCounts[a] || a - b)
    const to = new Array<number | undefined>(count).fill(undefined)
    used.forEach((index, rank) => (to[index] = rank))
    return to
}

/** Gives them what `to` has for them; what it has nothing for stays. */
function renumber(program: Program, to: (number | undefined)[], ...opcodes: number[]): void {
    for (const { code } of program.functions)
        for (const instruction of code)
            if (instruction.operand !== undefined && opcodes.includes(instruction.opcode))
                instruction.operand = to[instruction.operand] ?? instruction.operand
}

/** The entries of a table in their new order. */
function reordered<T>(entries: T[], to: (number | undefined)[]): T[] {
    const table: T[] = []
    entries.forEach((entry, i) => {
        const index = to[i]
        if (index !== undefined) table[index] = entry
    })
    return table
}

/** The program starts at function 0; others may go anywhere, and what is not reached from there goes altogether. */
function orderFunctions(program: Program): void {
    const functions = reached(program).map(index => program.functions[index])
    const uses = functionsUsed(functions).filter(index => index > 0)
    const [main, ...others] = program.functions
    const to = [
        0,
        ...ranks(
            others.length,
            uses.map(index => index - 1)
        ).map(rank => (rank === undefined ? undefined : rank + 1)),
    ]
    program.functions = reordered([main, ...others], to)
    renumber(program, to, ...FUNCTION_OPCODES)
    // A panic tells a function's number too, and `Linked.functions` has what it is called.
    for (const func of program.functions)
        if (asciiIndexOf(func.name) !== undefined) func.name = EMPTY_STRING
}

function orderGlobals(program: Program): void {
    const opcodes = [Op.loadGlobal, Op.storeGlobal]
    const to = ranks(program.globalCount, operandsOf(program.functions, ...opcodes))
    renumber(program, to, ...opcodes)
}

function orderFloats(program: Program): void {
    const floats: Buffer[] = []
    for (let at = 0; at < program.floats.length; at += FLOAT_BYTES)
        floats.push(program.floats.subarray(at, at + FLOAT_BYTES))
    const to = ranks(floats.length, operandsOf(program.functions, Op.literalF64))
    program.floats = Buffer.concat(reordered(floats, to))
    renumber(program, to, Op.literalF64)
}

/** The compiler takes every long text for UTF-8, whose lengths and table of places ASCII does without. */
function utf8ToAscii(program: Program): void {
    const kept: Buffer[] = []
    const toUtf8: (number | undefined)[] = []
    const toAscii: (number | undefined)[] = []
    program.utf8.forEach((text, i) => {
        const ascii = asciiOfUtf8(text)
        if (ascii === undefined) toUtf8[i] = kept.push(text) - 1
        else toAscii[i] = program.ascii.push(ascii) - 1
    })
    program.utf8 = kept
    for (const { code } of program.functions)
        for (const instruction of code) {
            const { opcode, operand = 0 } = instruction
            const isField = opcode === Op.utf8Field
            if (!isField && opcode !== Op.staticUtf8String) continue
            const index = toAscii[operand]
            instruction.operand = index ?? toUtf8[operand]
            if (index !== undefined)
                instruction.opcode = isField ? Op.asciiField : Op.staticAsciiString
        }
}

function orderStrings(program: Program): void {
    const opcodes = [Op.asciiField, Op.staticAsciiString]
    const specs = specNames(program)
    const inSpecs = specs.flatMap(at => asciiIndexOf(program.specs.readUInt16LE(at)) ?? [])
    const to = ranks(program.ascii.length, [
        ...operandsOf(program.functions, ...opcodes),
        ...inSpecs,
    ])
    for (const at of specs) {
        const index = to[asciiIndexOf(program.specs.readUInt16LE(at)) ?? -1]
        if (index !== undefined) program.specs.writeUInt16LE(asciiString(index), at)
    }
    program.ascii = reordered(program.ascii, to)
    renumber(program, to, ...opcodes)
}
