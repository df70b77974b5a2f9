/** How classes get their methods: `C.prototype.name = method`, a statement for each, one class after the other. */
import { Op, type Instruction } from "./instructions"
import { asciiIndexOf, specNames, type Func, type Program } from "./program"
import { operandsOf, reached } from "./reach"

/** "prototype" among the runtime's own strings. */
const BUILTIN_PROTOTYPE = 52

/** `static_function C; builtin_field prototype; <name>; <method>; index_set` */
const STATEMENT_LENGTH = 5

interface Method {
    /** Where in the code its statement starts. */
    at: number
    /** The class's constructor, by its number. */
    owner: number | undefined
    name: Instruction
    method: Instruction
}

function methodsIn(code: Instruction[]): Method[] {
    const methods: Method[] = []
    for (let at = 0; at + STATEMENT_LENGTH <= code.length; ++at) {
        const [owner, prototype, name, method, set] = code.slice(at, at + STATEMENT_LENGTH)
        if (
            owner.opcode === Op.staticFunction &&
            prototype.opcode === Op.builtinField &&
            prototype.operand === BUILTIN_PROTOTYPE &&
            (name.opcode === Op.staticAsciiString || name.opcode === Op.staticBuiltinString) &&
            (method.opcode === Op.staticFunction || method.opcode === Op.makeClosure) &&
            set.opcode === Op.indexSet
        )
            methods.push({ at, owner: owner.operand, name, method })
    }
    return methods
}

/** Takes methods away whose private name is nowhere else: nobody can call them. @param isPrivate see names.ts */
export function dropUncalledMethods(program: Program, isPrivate: (name: string) => boolean): void {
    // One that is gone may have been the only one that called another.
    for (let isStable = false; !isStable;) {
        isStable = true
        const uses = useCounts(program)
        for (const func of program.functions)
            for (const { at, name } of methodsIn(func.code).reverse()) {
                const index = name.operand ?? 0
                if (name.opcode !== Op.staticAsciiString || uses[index] > 0) continue
                if (!isPrivate(program.ascii[index])) continue
                const [first] = func.code.splice(at, STATEMENT_LENGTH)
                for (const instruction of func.code)
                    if (instruction.target === first) instruction.target = func.code[at]
                isStable = false
            }
    }
}

/** How often each ASCII string is named by code that may run, other than for a method, or by a service specification. */
function useCounts(program: Program): number[] {
    const counts = new Array<number>(program.ascii.length).fill(0)
    const functions = reached(program).map(index => program.functions[index])
    for (const index of operandsOf(functions, Op.asciiField, Op.staticAsciiString)) ++counts[index]
    for (const { name } of functions.flatMap(({ code }) => methodsIn(code)))
        if (name.opcode === Op.staticAsciiString) --counts[name.operand ?? 0]
    for (const at of specNames(program)) {
        const index = asciiIndexOf(program.specs.readUInt16LE(at))
        if (index !== undefined) ++counts[index]
    }
    return counts
}

/** Asks a class for its prototype once, and not for each of its methods. */
export function keepPrototypes(func: Func): void {
    const kept = func.slots
    const methods = methodsIn(func.code)
    const targets = new Set(func.code.map(({ target }) => target))
    const code: Instruction[] = []
    let copied = 0
    let isKept = false
    const follows = (i: number) =>
        methods[i]?.owner === methods[i - 1]?.owner &&
        methods[i]?.at === methods[i - 1]?.at + STATEMENT_LENGTH &&
        !targets.has(func.code[methods[i].at])
    methods.forEach(({ at }, i) => {
        const isFirst = !isKept || !follows(i)
        if (isFirst) isKept = follows(i + 1) && follows(i + 2)
        if (!isKept) return
        code.push(...func.code.slice(copied, isFirst ? at + 2 : at))
        if (isFirst) code.push({ opcode: Op.storeLocal, operand: kept })
        code.push({ opcode: Op.loadLocal, operand: kept })
        copied = at + 2
        func.slots = kept + 1
    })
    func.code = [...code, ...func.code.slice(copied)]
}
