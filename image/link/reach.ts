/** What a program can come to: functions by their numbers, from function 0 on, where it starts. */
import { Op } from "./instructions"
import type { Func, Program } from "./program"

/** Numbers above are the runtime's own functions. */
const FIRST_BUILTIN_FUNCTION = 50000
export const FUNCTION_OPCODES: number[] = [Op.staticFunction, Op.makeClosure]

/** The operands of all instructions with one of these opcodes. */
export function operandsOf(functions: Func[], ...opcodes: number[]): number[] {
    return functions.flatMap(({ code }) =>
        code.flatMap(({ opcode, operand }) =>
            operand !== undefined && opcodes.includes(opcode) ? [operand] : []
        )
    )
}

/** The functions of the program that these name. */
export function functionsUsed(functions: Func[]): number[] {
    return operandsOf(functions, ...FUNCTION_OPCODES).filter(
        index => index < FIRST_BUILTIN_FUNCTION
    )
}

/** The numbers of the functions that may run. */
export function reached({ functions }: Program): number[] {
    const found = new Set([0])
    for (const index of found) for (const used of functionsUsed([functions[index]])) found.add(used)
    return [...found]
}
