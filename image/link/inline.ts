/**
 * A function that one place calls, and nothing else knows of, becomes part of it: no descriptor, and none of the allocation that makes
 * a call the dearest thing a program does. Only small ones, for their locals stay in memory as long as those of their caller.
 */
import { Op, isStatement, taken, type Instruction } from "./instructions"
import { isReadFirst } from "./locals"
import type { Func, Program } from "./program"
import { functionsUsed, reached } from "./reach"

const SLOTS_MAX = 4
/** The compiler's own limit. */
const CALLER_SLOTS_MAX = 148
/** With no argument; one more for each, up to eight. */
const CALL_0 = 2
const CALL_8 = 10
const CLOSURE_OPCODES: number[] = [Op.makeClosure, Op.loadClosure, Op.storeClosure]

/** A statement that calls a function by its name. */
interface Call {
    caller: Func
    callee: Func
    /** Where in the caller's code it starts and ends. */
    start: number
    end: number
    /** What computes each argument. */
    values: Instruction[][]
}

/** @returns those that are longer now */
export function inlineCalledOnce(program: Program): Set<Func> {
    const changed = new Set<Func>()
    const ownSlots = new Map(program.functions.map(func => [func, func.slots]))
    const inlined = new Set<Instruction>()
    for (let call = nextCall(program); call !== undefined; call = nextCall(program)) {
        const { caller, callee, start } = call
        // All that become part of one function may have the same slots, for they run one after the other; but not one within another.
        const isWithin = inlined.has(caller.code[start])
        const slot = isWithin ? caller.slots : (ownSlots.get(caller) ?? 0)
        for (const instruction of replace(call, slot)) inlined.add(instruction)
        caller.slots = Math.max(caller.slots, slot + callee.slots)
        changed.add(caller)
    }
    return changed
}

/** The called before their callers, mostly, so that a body which becomes part of another is whole by then. */
function nextCall(program: Program): Call | undefined {
    const functions = reached(program)
        .map(index => program.functions[index])
        .reverse()
    const uses = new Map<number, number>()
    for (const index of functionsUsed(functions)) uses.set(index, (uses.get(index) ?? 0) + 1)
    for (const caller of functions)
        for (let start = 0; start < caller.code.length; ++start) {
            const { opcode, operand = 0 } = caller.code[start]
            if (opcode !== Op.staticFunction || uses.get(operand) !== 1) continue
            const callee = program.functions[operand]
            if (callee === caller || !isSmall(callee)) continue
            const call = callAt(caller, start, callee)
            if (call !== undefined) return call
        }
    return undefined
}

function isSmall(func: Func): boolean {
    const { slots, flags, tryDepth, code } = func
    return (
        slots <= SLOTS_MAX &&
        flags === 0 &&
        tryDepth === 0 &&
        !code.some(({ opcode }) => CLOSURE_OPCODES.includes(opcode)) &&
        !isReadFirst(func)
    )
}

/** The statement that starts there; undefined when it does something else with the function. */
function callAt(caller: Func, start: number, callee: Func): Call | undefined {
    const { code } = caller
    if (start > 0 && !isStatement(code[start - 1])) return undefined
    const values: Instruction[][] = []
    let depth = 0
    let from = start + 1
    for (let at = start + 1; at < code.length; ++at) {
        if (isStatement(code[at])) {
            const isCall = code[at].opcode >= CALL_0 && code[at].opcode <= CALL_8
            // The function is below its arguments on the stack: who takes less, or more, does something else.
            if (!isCall || depth !== 0 || taken(code[at]) !== values.length + 1) return undefined
            if (values.length > callee.argumentCount) return undefined
            if (caller.slots + callee.slots > CALLER_SLOTS_MAX) return undefined
            return { caller, callee, start, end: at, values }
        }
        depth += 1 - taken(code[at])
        if (depth < 1) return undefined
        // The next argument begins where nothing takes this one any more.
        const isWhole = depth === 1 && !takesMore(code, at + 1)
        if (!isWhole) continue
        values.push(code.slice(from, at + 1))
        from = at + 1
        depth = 0
    }
    return undefined
}

/** Whether what was computed before `from` is taken by another expression, and not by the statement. */
function takesMore(code: Instruction[], from: number): boolean {
    let depth = 1
    for (let at = from; at < code.length && !isStatement(code[at]); ++at) {
        depth -= taken(code[at])
        if (depth < 1) return true
        ++depth
    }
    return false
}

/** @returns what the call became */
function replace({ caller, callee, start, end, values }: Call, slot: number): Instruction[] {
    const { code } = caller
    const after = code[end + 1]
    const body: Instruction[] = []
    for (let n = 0; n < callee.argumentCount; ++n)
        body.push(...(values[n] ?? [{ opcode: Op.undefined }]), {
            opcode: Op.storeLocal,
            operand: slot + n,
        })
    const copies = new Map<Instruction, Instruction>()
    for (const instruction of callee.code) {
        const { opcode, operand } = instruction
        const isLocal = opcode === Op.loadLocal || opcode === Op.storeLocal
        const copy: Instruction =
            opcode === Op.return
                ? { opcode: Op.storeRetVal }
                : isLocal
                  ? { opcode, operand: (operand ?? 0) + slot }
                  : { ...instruction }
        copies.set(instruction, copy)
        body.push(copy)
        if (opcode === Op.return) body.push({ opcode: Op.jmp, target: after })
    }
    for (const copy of copies.values())
        if (copy.target !== undefined) copy.target = copies.get(copy.target)
    for (const instruction of code)
        if (instruction.target === code[start]) instruction.target = body[0]
    caller.code = [...code.slice(0, start), ...body, ...code.slice(end + 1)]
    return body
}
