/**
 * Other names for what a program keeps to itself (names.ts). Those of the runtime's own strings that it does not use come first: they
 * take no room in the image. Then two characters each.
 */
import { Op } from "./instructions"
import { asciiIndexOf, builtinIndexOf, specNames, type Program } from "./program"
import { operandsOf } from "./reach"

/**
 * Of "BuiltIn_String" in bytecode.md those that the runtime has on `Math`, images, SPI and sockets alone: no object of a program's own
 * class has or inherits one of them.
 */
const SPARE_BUILTINS = [
    ...[3, 5, 6, 7, 8, 10, 11, 12, 13, 19, 20, 22, 23, 26, 30, 31, 36, 37, 39, 40, 50, 54, 55, 58],
    ...[
        65, 75, 170, 171, 172, 173, 174, 187, 192, 193, 194, 195, 196, 197, 198, 199, 200, 202, 203,
    ],
    ...[204, 207, 218],
]

export function takeBuiltinNames(program: Program, isPrivate: (name: string) => boolean): void {
    const { functions, ascii, specs } = program
    const fields = [Op.builtinField, Op.mathField, Op.dsField, Op.objectField]
    const inSpecs = specNames(program).map(at => specs.readUInt16LE(at))
    const taken = new Set([
        ...operandsOf(functions, ...fields, Op.staticBuiltinString),
        ...[...inSpecs, ...functions.map(({ name }) => name)].map(builtinIndexOf),
    ])
    const spare = SPARE_BUILTINS.filter(index => !taken.has(index))
    const uses = new Array<number>(ascii.length).fill(0)
    for (const index of operandsOf(functions, Op.asciiField, Op.staticAsciiString)) ++uses[index]
    const fixed = new Set(inSpecs.map(asciiIndexOf))
    const renamed = [...ascii.keys()]
        .filter(index => isPrivate(ascii[index]) && !fixed.has(index))
        .sort((a, b) => uses[b] - uses[a] || a - b)
        .slice(0, spare.length)
    const to = new Map(renamed.map((index, i) => [index, spare[i]]))
    for (const { code } of functions)
        for (const instruction of code) {
            const { opcode, operand = 0 } = instruction
            const isField = opcode === Op.asciiField
            if (!isField && opcode !== Op.staticAsciiString) continue
            const builtin = to.get(operand)
            if (builtin === undefined) continue
            instruction.opcode = isField ? Op.builtinField : Op.staticBuiltinString
            instruction.operand = builtin
        }
}

/** A digit and a letter: no identifier, so no name of the runtime or of anybody else. */
function* twoCharacterNames(): Generator<string> {
    const letters = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"
    for (const letter of letters) for (const digit of "0123456789") yield digit + letter
}

export function shortenNames(program: Program, isPrivate: (name: string) => boolean): void {
    const taken = new Set(program.ascii)
    const free = [...twoCharacterNames()].filter(name => !taken.has(name))
    program.ascii = program.ascii.map(name =>
        name.length > 2 && isPrivate(name) ? (free.shift() ?? name) : name
    )
}
