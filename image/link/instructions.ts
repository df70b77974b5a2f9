/** Bytecode of DeviceScript 2.16 as a list of instructions, and back (bytecode.md, "Ops"; devs_vm_fetch_int for the numbers). */

export interface Instruction {
    opcode: number
    /** The number that follows the opcode; of a jump: see `target`. */
    operand?: number
    /** Where it jumps to. */
    target?: Instruction
}

export const Op = {
    return: 12,
    jmp: 13,
    jmpZ: 14,
    storeLocal: 17,
    storeGlobal: 18,
    loadLocal: 21,
    loadGlobal: 22,
    indexSet: 25,
    builtinField: 26,
    asciiField: 27,
    utf8Field: 28,
    mathField: 29,
    dsField: 30,
    objectField: 16,
    staticSpecProto: 34,
    staticBuffer: 35,
    staticBuiltinString: 36,
    staticAsciiString: 37,
    staticUtf8String: 38,
    staticFunction: 39,
    literal: 40,
    literalF64: 41,
    builtinObject: 1,
    retVal: 44,
    undefined: 46,
    isUndefined: 47,
    true: 48,
    false: 49,
    toBool: 50,
    not: 56,
    eq: 68,
    ne: 71,
    storeClosure: 73,
    loadClosure: 74,
    makeClosure: 75,
    null: 90,
    jmpRetValZ: 78,
    try: 80,
    endTry: 81,
    throw: 84,
    reThrow: 85,
    throwJmp: 86,
    storeRetVal: 93,
} as const

export const FIRST_DIRECT_CONSTANT = 0x80
const OPCODE_COUNT = 95
const FIRST_MULTIBYTE = 0xf8
const NEGATIVE = 4

const JUMPS = new Set<number>([Op.jmp, Op.jmpZ, Op.jmpRetValZ, Op.try, Op.endTry, Op.throwJmp])
/** Marked with a star in bytecode.md. */
const WITH_OPERAND = new Set<number>([
    ...JUMPS,
    ...[1, 16, 17, 18, 21, 22, 26, 27, 28, 29, 30, 34, 35, 36, 37, 38, 39, 40, 41, 73, 74, 75, 94],
])
/** No value stays on the stack behind one of these. */
const STATEMENTS = new Set<number>([
    ...[
        2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 17, 18, 19, 25, 31, 32, 33, 73, 78, 79, 80, 81,
        82,
    ],
    ...[83, 84, 85, 86, 87, 93],
])
/** By how many values they take from the stack. */
const TAKERS: number[][] = [
    [],
    [
        2, 12, 14, 17, 18, 23, 26, 27, 28, 32, 33, 45, 47, 50, 52, 53, 54, 55, 56, 57, 72, 74, 76,
        84, 85, 86, 88, 93,
    ],
    [3, 11, 15, 24, 58, 59, 60, 61, 62, 63, 64, 65, 66, 67, 68, 69, 70, 71, 73, 79, 89, 91, 92],
    [4, 25, 43],
    [5, 19],
    [6],
    [7],
    [8],
    [9],
    [10],
]
const TAKEN = new Map(
    TAKERS.flatMap((opcodes, count) => opcodes.map((opcode): [number, number] => [opcode, count]))
)
/** What comes after one of these is reached by a jump or not at all. Not re_throw: with nothing to throw it goes on. */
const FINAL = new Set<number>([Op.return, Op.jmp, Op.endTry, Op.throw, Op.throwJmp])

export function isStatement({ opcode }: Instruction): boolean {
    return STATEMENTS.has(opcode)
}

/** How many values it takes from the stack. */
export function taken({ opcode }: Instruction): number {
    return TAKEN.get(opcode) ?? 0
}

/** Whether what follows it is reached by a jump or not at all. */
export function isFinal({ opcode }: Instruction): boolean {
    return FINAL.has(opcode)
}

/** @throws Error at an opcode that 2.16 does not have, or a jump into the middle of an instruction */
export function decode(code: Buffer): Instruction[] {
    const instructions: Instruction[] = []
    const starts = new Map<number, Instruction>()
    const jumps: { from: Instruction; to: number }[] = []
    for (let at = 0; at < code.length;) {
        const start = at
        const opcode = code[at++]
        // Zero is no opcode: it fills a function up to a multiple of four bytes.
        if (opcode === 0 && code.subarray(start).every(byte => byte === 0)) break
        if (opcode === 0 || (opcode >= OPCODE_COUNT && opcode < FIRST_DIRECT_CONSTANT))
            throw new Error(`no opcode: ${opcode}`)
        const instruction: Instruction = { opcode }
        if (opcode < FIRST_DIRECT_CONSTANT && WITH_OPERAND.has(opcode)) {
            let operand = code[at++]
            if (operand >= FIRST_MULTIBYTE) {
                const format = operand
                operand = 0
                for (let i = 0; i <= (format & 3); ++i) operand = (operand << 8) | code[at++]
                if ((format & NEGATIVE) !== 0) operand = -operand | 0
            }
            if (JUMPS.has(opcode)) jumps.push({ from: instruction, to: start + operand })
            else instruction.operand = operand
        }
        starts.set(start, instruction)
        instructions.push(instruction)
    }
    for (const { from, to } of jumps) {
        from.target = starts.get(to)
        if (from.target === undefined) throw new Error(`no instruction at ${to}`)
    }
    return instructions
}

/** Jumps take as few bytes as their distance allows; the compiler gives every one forwards three. */
export function encode(code: Instruction[]): Buffer {
    const at = new Map<Instruction, number>()
    const sizes = code.map(({ operand, target }) =>
        target !== undefined ? 2 : operand !== undefined ? 1 + numberBytes(operand).length : 1
    )
    const distance = (from: Instruction) => (at.get(from.target ?? from) ?? 0) - (at.get(from) ?? 0)
    // A jump that grows makes others longer, never shorter: so this ends.
    for (let isStable = false; !isStable;) {
        let next = 0
        code.forEach((instruction, i) => {
            at.set(instruction, next)
            next += sizes[i]
        })
        isStable = true
        code.forEach((instruction, i) => {
            if (instruction.target === undefined) return
            const size = 1 + numberBytes(distance(instruction)).length
            if (size <= sizes[i]) return
            sizes[i] = size
            isStable = false
        })
    }
    const bytes: number[] = []
    code.forEach((instruction, i) => {
        const { opcode, operand, target } = instruction
        bytes.push(opcode)
        if (target !== undefined) bytes.push(...numberBytes(distance(instruction), sizes[i] - 1))
        else if (operand !== undefined) bytes.push(...numberBytes(operand))
    })
    return Buffer.from(bytes)
}

/** Up to 247 in one byte; else a byte for sign and length, and the bytes of the magnitude, highest first. @param length at least */
function numberBytes(value: number, length = 1): number[] {
    if (value >= 0 && value < FIRST_MULTIBYTE && length === 1) return [value]
    const magnitude = Math.abs(value)
    const bytes: number[] = []
    for (let rest = magnitude; rest > 0; rest = Math.floor(rest / 256)) bytes.unshift(rest % 256)
    while (bytes.length < length - 1) bytes.unshift(0)
    return [FIRST_MULTIBYTE | (value < 0 ? NEGATIVE : 0) | (bytes.length - 1), ...bytes]
}

/** Without what is never reached: the compiler leaves a return behind each return, and a jump round each loop. */
export function withoutDeadCode(code: Instruction[]): Instruction[] {
    for (const instruction of code)
        if (instruction.target !== undefined) instruction.target = destination(instruction.target)
    const reached = new Set<Instruction>()
    const open = [0]
    const indices = new Map(code.map((instruction, i) => [instruction, i]))
    for (let start = open.pop(); start !== undefined; start = open.pop())
        for (let i = start; i < code.length && !reached.has(code[i]); ++i) {
            reached.add(code[i])
            const { opcode, target } = code[i]
            if (target !== undefined) open.push(indices.get(target) ?? 0)
            if (FINAL.has(opcode)) break
        }
    const live = code.filter(instruction => reached.has(instruction))
    const targets = new Set(live.map(({ target }) => target))
    return live.filter(
        (instruction, i) =>
            instruction.opcode !== Op.jmp ||
            instruction.target !== live[i + 1] ||
            targets.has(instruction)
    )
}

/** Through jumps that lead to jumps, unless they go in circles. */
function destination(instruction: Instruction): Instruction {
    const seen = new Set<Instruction>()
    let to = instruction
    while (to.opcode === Op.jmp && to.target !== undefined && !seen.has(to)) {
        seen.add(to)
        to = to.target
    }
    return to
}
