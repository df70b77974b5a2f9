/**
 * Conditions in fewer steps. To the compiler `a && b` is a value: it keeps `a` in a local, tests that, and where it was false jumps to
 * a second test of the same local. Here the first test leads where the second would.
 */
import { Op, type Instruction } from "./instructions"

/** Makes jumps that know how the next test ends go there, in place. */
export function threadJumps(code: Instruction[]): void {
    const indices = new Map(code.map((instruction, i) => [instruction, i]))
    code.forEach((instruction, i) => {
        if (instruction.opcode !== Op.jmpZ) return
        const tested = testBefore(code, i)
        if (tested === undefined) return
        // Where it jumps, what it tested was false; so the local was true if that was its opposite.
        const isTrue = tested.isOpposite
        // A loop whose condition is a local may lead to itself: each instruction once.
        for (let hops = 0; hops < code.length; ++hops) {
            const at = indices.get(instruction.target ?? instruction) ?? 0
            const end = testAfter(code, at)
            if (end === undefined || code[at].operand !== tested.local) return
            const isJump = isTrue === end.isOpposite
            const to = isJump ? code[end.at].target : code[end.at + 1]
            if (to === undefined) return
            instruction.target = to
        }
    })
}

/** The local that the conditional jump at `i` tests, when it tests just that. */
function testBefore(
    code: Instruction[],
    i: number
): { local: number; isOpposite: boolean } | undefined {
    let isOpposite = false
    for (let at = i - 1; at >= 0; --at) {
        const { opcode, operand } = code[at]
        if (opcode === Op.loadLocal && operand !== undefined) return { local: operand, isOpposite }
        if (opcode === Op.not) isOpposite = !isOpposite
        else if (opcode !== Op.toBool) return undefined
    }
    return undefined
}

/** Where the conditional jump is, when what starts at `start` is the test of a local. */
function testAfter(
    code: Instruction[],
    start: number
): { at: number; isOpposite: boolean } | undefined {
    if (code[start].opcode !== Op.loadLocal) return undefined
    let isOpposite = false
    for (let at = start + 1; at < code.length; ++at) {
        const { opcode } = code[at]
        if (opcode === Op.jmpZ) return { at, isOpposite }
        if (opcode === Op.not) isOpposite = !isOpposite
        else if (opcode !== Op.toBool) return undefined
    }
    return undefined
}

/** Without what does nothing to a condition, and with one opcode for `x === undefined` and for the opposite of an equality. */
export function shortConditions(code: Instruction[]): Instruction[] {
    const short: Instruction[] = []
    for (const instruction of code) {
        const { opcode } = instruction
        if (opcode === Op.jmpZ || opcode === Op.not)
            while (short.at(-1)?.opcode === Op.toBool) short.pop()
        if (opcode === Op.jmpZ)
            while (short.at(-1)?.opcode === Op.not && short.at(-2)?.opcode === Op.not)
                short.splice(-2)
        if (opcode === Op.eq && short.at(-1)?.opcode === Op.undefined) {
            short.pop()
            instruction.opcode = Op.isUndefined
        }
        const last = short.at(-1)
        if (opcode === Op.not && (last?.opcode === Op.eq || last?.opcode === Op.ne)) {
            last.opcode = last.opcode === Op.eq ? Op.ne : Op.eq
            continue
        }
        short.push(instruction)
    }
    return short
}
