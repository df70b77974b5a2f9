/** Locals that are but another name for a local or a small constant are read under that name: then nobody may need them. */
import { FIRST_DIRECT_CONSTANT, Op, isFinal, type Instruction } from "./instructions"

/** For each local what it is a copy of. */
type Copies = Map<number, Instruction>

const ONE_BYTE_CONSTANTS = new Set<number>([Op.undefined, Op.null, Op.true, Op.false])

/** In place. Not for functions whose locals a closure may write. */
export function readOriginals(code: Instruction[]): void {
    const before = copiesBefore(code)
    code.forEach((instruction, i) => {
        const { opcode, operand } = instruction
        if (opcode !== Op.loadLocal || operand === undefined) return
        const original = before[i]?.get(operand)
        if (original === undefined) return
        instruction.opcode = original.opcode
        instruction.operand = original.operand
    })
}

/** What is a copy of what before each instruction, whichever way led there; undefined where none does. */
function copiesBefore(code: Instruction[]): (Copies | undefined)[] {
    const indices = new Map(code.map((instruction, i) => [instruction, i]))
    const before: (Copies | undefined)[] = code.map(() => undefined)
    const open: number[] = []
    const reach = (i: number | undefined, copies: Copies) => {
        if (i === undefined || i >= code.length) return
        const known = before[i]
        const common = known === undefined ? copies : inBoth(known, copies)
        if (known !== undefined && common.size === known.size) return
        before[i] = common
        open.push(i)
    }
    reach(0, new Map())
    // Handlers are reached from anywhere, with anything.
    for (const { opcode, target } of code)
        if ((opcode === Op.try || opcode === Op.throwJmp) && target !== undefined)
            reach(indices.get(target), new Map())
    for (let i = open.pop(); i !== undefined; i = open.pop()) {
        const instruction = code[i]
        const after = copiesAfter(before[i] ?? new Map(), instruction, code[i - 1])
        if (instruction.target !== undefined) reach(indices.get(instruction.target), after)
        if (!isFinal(instruction)) reach(i + 1, after)
    }
    return before
}

function copiesAfter(copies: Copies, stored: Instruction, value: Instruction): Copies {
    const { opcode, operand: local } = stored
    if (opcode !== Op.storeLocal || local === undefined) return copies
    const after = new Map(
        [...copies].filter(([copy, original]) => copy !== local && !isLocal(original, local))
    )
    if (isConstant(value) || (value.opcode === Op.loadLocal && value.operand !== local))
        after.set(local, { opcode: value.opcode, operand: value.operand })
    return after
}

function isLocal({ opcode, operand }: Instruction, local: number): boolean {
    return opcode === Op.loadLocal && operand === local
}

function isConstant({ opcode }: Instruction): boolean {
    return opcode >= FIRST_DIRECT_CONSTANT || ONE_BYTE_CONSTANTS.has(opcode)
}

function inBoth(some: Copies, others: Copies): Copies {
    return new Map(
        [...some].filter(([copy, { opcode, operand }]) => {
            const other = others.get(copy)
            return other?.opcode === opcode && other.operand === operand
        })
    )
}
