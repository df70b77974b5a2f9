/**
 * Values that need no local. The compiler keeps what a call returned, and much else, in a local that the next statement loads once; here
 * it stays on the stack, or is `ret_val` until then. Locals that nobody reads again are not written.
 */
import { FIRST_DIRECT_CONSTANT, Op, isFinal, isStatement, taken } from "./instructions"
import type { Instruction } from "./instructions"
import type { Func } from "./program"

/** "max_stack_depth" of bytecode.md. */
const STACK_VALUES_MAX = 16
/** Function flag "is_ctor": it returns its first argument, when it returns nothing else. */
const IS_CTOR = 2
/** Expressions that take nothing and can not fail. */
const PLAIN = new Set<number>([
    ...[Op.loadLocal, Op.loadGlobal, Op.retVal, Op.undefined, Op.null, Op.true, Op.false],
    ...[Op.literal, Op.literalF64, Op.builtinObject, Op.staticSpecProto, Op.staticBuffer],
    ...[Op.staticBuiltinString, Op.staticAsciiString, Op.staticUtf8String, Op.staticFunction],
])

function isPlain({ opcode }: Instruction): boolean {
    return opcode >= FIRST_DIRECT_CONSTANT || PLAIN.has(opcode)
}

/** Not for functions whose locals a closure may read and write. */
export function withoutNeedlessLocals(func: Func): Instruction[] {
    let { code } = func
    for (let length = Infinity; code.length < length;) {
        length = code.length
        code = onePass(func, code)
    }
    return code
}

/** Each statement is changed at most once in a pass, for what is known of them is from before it. */
function onePass(func: Func, code: Instruction[]): Instruction[] {
    const { after: liveAfter } = liveLocals(func, code)
    const targets = new Set(code.map(({ target }) => target))
    const moved = new Map<Instruction, Instruction>()
    const result: Instruction[] = []
    let start = 0
    for (let i = 0; i < code.length; ++i) {
        if (!isStatement(code[i])) continue
        const value = code.slice(start, i)
        let next = i + 1
        const local = storedBy(code[i])
        // An argument keeps its last value where the runtime starts a function anew for an event that came meanwhile.
        if (local !== undefined && local >= func.argumentCount && next < code.length) {
            const first = code[start]
            if (!isLive(liveAfter[i], local) && value.length === 1 && isPlain(value[0])) {
                moved.set(first, code[next])
                start = next
                continue
            }
            const load = loadIn(code, next, local, targets)
            if (load !== undefined && !isLive(liveAfter[load], local)) {
                const before = code.slice(next, load)
                const end = endOfStatement(code, load)
                const merged = [...before, ...value, ...code.slice(load + 1, end + 1)]
                const isOrderKept =
                    before.every(isPlain) || (value.length === 1 && isPlain(value[0]))
                if (isOrderKept && depthOf(merged) <= STACK_VALUES_MAX) {
                    if (merged[0] !== first) moved.set(first, merged[0])
                    result.push(...merged)
                    next = end + 1
                    start = next
                    i = end
                    continue
                }
            }
        }
        result.push(...code.slice(start, next))
        start = next
    }
    result.push(...code.slice(start))
    for (const instruction of result)
        for (
            let to = moved.get(instruction.target ?? instruction);
            instruction.target !== undefined && to !== undefined;
            to = moved.get(to)
        )
            instruction.target = to
    return result
}

/** The place in the statement from `start` that loads this local first; undefined when a jump leads past what is before it. */
function loadIn(
    code: Instruction[],
    start: number,
    local: number,
    targets: Set<Instruction | undefined>
): number | undefined {
    for (let i = start; i < code.length && !targets.has(code[i]) && !isStatement(code[i]); ++i)
        if (loadedBy(code[i]) === local) return i
    return undefined
}

function endOfStatement(code: Instruction[], from: number): number {
    let end = from
    while (end < code.length - 1 && !isStatement(code[end])) ++end
    return end
}

/** How many values there are on the stack at most. */
function depthOf(statement: Instruction[]): number {
    let depth = 0
    let greatest = 0
    for (const instruction of statement) {
        depth -= taken(instruction)
        if (!isStatement(instruction)) ++depth
        greatest = Math.max(greatest, depth)
    }
    return greatest
}

/** `ret_val`, as if it were a local. */
const RET_VAL = 255
/** What changes `ret_val` beside what stores it: calls, allocations, `delete`, handlers. */
const SET_RET_VAL = new Set<number>([2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 31, 32, 33, 79, 82, 83])

function storedBy({ opcode, operand }: Instruction): number | undefined {
    if (opcode === Op.storeRetVal) return RET_VAL
    return opcode === Op.storeLocal ? operand : undefined
}

function loadedBy({ opcode, operand }: Instruction): number | undefined {
    if (opcode === Op.retVal) return RET_VAL
    return opcode === Op.loadLocal ? operand : undefined
}

/** Whether a local that is no argument may be read before it is written: then it is undefined. */
export function isReadFirst(func: Func): boolean {
    return liveLocals(func, func.code).atStart >> BigInt(func.argumentCount) !== 0n
}

/** Without the slots that nothing uses any more. Not for functions whose locals a closure may read and write. */
export function closeSlots(func: Func): void {
    const used = new Set(Array.from({ length: func.argumentCount }, (_, slot) => slot))
    const locals = func.code.filter(
        ({ opcode }) => opcode === Op.loadLocal || opcode === Op.storeLocal
    )
    for (const { operand = 0 } of locals) used.add(operand)
    const slots = new Map([...used].sort((a, b) => a - b).map((slot, i) => [slot, i]))
    for (const instruction of locals) instruction.operand = slots.get(instruction.operand ?? 0)
    func.slots = used.size
}

/** A set of locals. */
type Locals = bigint

function isLive(locals: Locals, local: number): boolean {
    return ((locals >> BigInt(local)) & 1n) === 1n
}

/** For each instruction the locals that may be read after it before they are written. */
function liveLocals({ flags }: Func, code: Instruction[]): { atStart: Locals; after: Locals[] } {
    const indices = new Map(code.map((instruction, i) => [instruction, i]))
    const before = code.map(() => 0n)
    const after = code.map(() => 0n)
    // Anything may throw, to any handler, and a jump out of a `finally` go to any end of one.
    const anywhere = code
        .filter(({ opcode }) => opcode === Op.try || opcode === Op.throwJmp)
        .map(({ target }) => indices.get(target ?? code[0]) ?? 0)
    for (let isStable = false; !isStable;) {
        isStable = true
        const caught = anywhere.reduce((locals, at) => locals | before[at], 0n)
        for (let i = code.length - 1; i >= 0; --i) {
            const { opcode, target } = code[i]
            let live = 0n
            if (target !== undefined) live |= before[indices.get(target) ?? 0]
            if (!isFinal(code[i]) && i + 1 < code.length) live |= before[i + 1]
            // A constructor's return reads what it made.
            if (opcode === Op.return && (flags & IS_CTOR) !== 0) live |= 1n
            after[i] = live
            const stored = SET_RET_VAL.has(opcode) ? RET_VAL : storedBy(code[i])
            const loaded = opcode === Op.jmpRetValZ ? RET_VAL : loadedBy(code[i])
            if (stored !== undefined) live &= ~(1n << BigInt(stored))
            if (loaded !== undefined) live |= 1n << BigInt(loaded)
            live |= caught
            if (live === before[i]) continue
            before[i] = live
            isStable = false
        }
    }
    return { atStart: before[0] ?? 0n, after }
}
