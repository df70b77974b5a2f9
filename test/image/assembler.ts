/** Bytecode by hand: "loadLocal 1", "jmpZ end", and "end:" before what it leads to; a number alone is a direct constant. */
import { FIRST_DIRECT_CONSTANT, Op, type Instruction } from "../../image/link/instructions"
import type { Func, Program } from "../../image/link/program"

/** Bytecode.md has constants from -16. */
const ZERO = FIRST_DIRECT_CONSTANT + 16
const MORE: Record<string, number> = { call0: 2, call1: 3, call2: 4, add: 58, lt: 70, catch: 82 }

export function assemble(text: string): Instruction[] {
    const code: Instruction[] = []
    const labels = new Map<string, number>()
    const jumps: [Instruction, string][] = []
    for (const line of text.trim().split(/\s*[\n;]\s*/)) {
        const [word, operand] = line.split(" ")
        if (word.endsWith(":")) {
            labels.set(word.slice(0, -1), code.length)
            continue
        }
        const opcode = /^-?\d+$/.test(word)
            ? ZERO + Number(word)
            : (MORE[word] ?? Op[word as keyof typeof Op])
        if (opcode === undefined) throw new Error(`no opcode "${word}"`)
        const instruction: Instruction = { opcode }
        if (operand !== undefined && /^\d+$/.test(operand)) instruction.operand = Number(operand)
        else if (operand !== undefined) jumps.push([instruction, operand])
        code.push(instruction)
    }
    for (const [instruction, label] of jumps) instruction.target = code[labels.get(label) ?? -1]
    return code
}

/** The same words again, jumps with the place of what they lead to. */
export function disassemble(code: Instruction[]): string {
    const names = new Map(
        Object.entries({ ...Op, ...MORE }).map(([name, op]): [number, string] => [op, name])
    )
    return code
        .map(({ opcode, operand, target }) => {
            const name = names.get(opcode) ?? String(opcode - ZERO)
            if (target !== undefined) return `${name} ${code.indexOf(target)}`
            return operand === undefined ? name : `${name} ${operand}`
        })
        .join("; ")
}

export function functionOf(text: string, of: Partial<Func> = {}): Func {
    return {
        slots: 4,
        argumentCount: 0,
        flags: 0,
        name: 0,
        tryDepth: 0,
        code: assemble(text),
        ...of,
    }
}

export function programOf(functions: Func[], ascii: string[] = []): Program {
    return {
        header: Buffer.alloc(32),
        globalCount: 0,
        functions,
        floats: Buffer.alloc(0),
        ascii,
        utf8: [],
        buffers: [],
        specs: Buffer.alloc(0),
        configuration: Buffer.alloc(0),
    }
}
