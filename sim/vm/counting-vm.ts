/**
 * The VM with a count of its steps.
 *
 * A VM runs a fiber for at most DEVS_MAX_STEPS opcodes between two awaits (devs_vm_exec_opcodes of 2.16.4) and counts them down in a
 * local variable that nobody sees. Its loop gets code of ours that keeps the count where the host can read it. What a program does
 * is the same to the opcode, at a twentieth more time; whatever does not ask for steps runs the VM as it was shipped.
 */
import { vmBinary, VmLayoutError } from "./module"
import {
    bodiesOf,
    codeOf,
    encodedName,
    extended,
    moduleOf,
    readUnsigned,
    Section,
    sectionsOf,
    unsigned,
    importNames,
    type WasmSection,
} from "./wasm"

/** The opcode of this number since the last await is not run: the program ends with panic 60001 instead. */
export const MAX_STEPS = 131_072

/** What a counting VM exports beside the plain one's exports. */
export interface StepExports {
    memory: WebAssembly.Memory
    /** Opcodes run: a double, for a long run has more of them than 32 bits. */
    motewise_steps: WebAssembly.Global
    /** The least that was left of MAX_STEPS when an opcode was run. */
    motewise_least_left: WebAssembly.Global
    /** The activation that the last opcode was of; 0 to be told of the next in any case. */
    motewise_last_frame: WebAssembly.Global
}

/**
 * What is told of frames: an import of one number that this VM, whose memory does not grow, never calls. One of our own would shift the
 * numbers of all functions.
 */
export const FRAME_IMPORT = "emscripten_resize_heap"

// [5.4 Instructions] and [5.3 Types] of the WebAssembly Core Specification 2.0.
const LOCAL_GET = 0x20
const LOCAL_SET = 0x21
const LOCAL_TEE = 0x22
const GLOBAL_GET = 0x23
const GLOBAL_SET = 0x24
const CALL = 0x10
const DROP = 0x1a
const IF = 0x04
const I32_NE = 0x47
const BLOCK = 0x02
const LOOP = 0x03
const NO_RESULT = 0x40
const BR_IF = 0x0d
const I32_CONST = 0x41
const I32_EQZ = 0x45
const I32_LT_U = 0x49
const I32_ADD = 0x6a
const F64_CONST = 0x44
const F64_ADD = 0xa0
const SELECT = 0x1b
const END = 0x0b
const I32 = 0x7f
const F64 = 0x7c
const MUTABLE = 0x01
const EXPORTED_GLOBAL = 0x03

const MAX_STEPS_LEB128 = [0x80, 0x80, 0x08]
const MINUS_ONE_LEB128 = [0x7f]
/** 1 as a little-endian double. */
const ONE = [0, 0, 0, 0, 0, 0, 0xf0, 0x3f]
const ZERO = [0, 0, 0, 0, 0, 0, 0, 0]

/** Locals of devs_vm_exec_opcodes: the activation that runs, and how often the loop may still be entered. */
const FRAME = 2
const BEFORE = 3
const LEFT = 4

/** `left = MAX_STEPS; for (;;) { if (--left == 0) break`: behind it comes what runs one opcode. */
const LOOP_HEAD = Buffer.from([
    ...[I32_CONST, ...MAX_STEPS_LEB128, LOCAL_SET, BEFORE],
    ...[BLOCK, NO_RESULT, LOOP, NO_RESULT, LOCAL_GET, FRAME, LOCAL_SET, FRAME],
    ...[LOCAL_GET, BEFORE, I32_CONST, ...MINUS_ONE_LEB128, I32_ADD, LOCAL_TEE, LEFT],
    ...[I32_EQZ, BR_IF, 1],
])

const compiled = new Map<boolean, WebAssembly.Module>()

/** Compiled once a process, like the plain one. @throws VmLayoutError */
export function countingVmModule(tellsFrames: boolean): WebAssembly.Module {
    let module = compiled.get(tellsFrames)
    if (module !== undefined) return module
    module = new WebAssembly.Module(new Uint8Array(withStepCount(vmBinary(), tellsFrames)))
    compiled.set(tellsFrames, module)
    return module
}

/**
 * @param wasm the plain VM's binary
 * @param tellsFrames whether it calls FRAME_IMPORT before an opcode of another activation than the one before
 * @throws VmLayoutError when the loop is not there exactly once
 */
export function withStepCount(wasm: Buffer, tellsFrames = false): Buffer {
    const sections = sectionsOf(wasm)
    const edit = (id: Section, change: (payload: Buffer) => Buffer) => {
        const section = sections.find(each => each.id === id)
        if (section === undefined) throw new VmLayoutError(`its VM has no section ${id}`)
        section.payload = change(section.payload)
    }
    let steps = 0
    let leastLeft = 0
    let lastFrame = 0
    edit(Section.Global, globals => {
        const [count] = readUnsigned(globals, 0)
        steps = count
        leastLeft = count + 1
        lastFrame = count + 2
        return extended(globals, [
            Buffer.from([F64, MUTABLE, F64_CONST, ...ZERO, END]),
            Buffer.from([I32, MUTABLE, I32_CONST, ...MAX_STEPS_LEB128, END]),
            Buffer.from([I32, MUTABLE, I32_CONST, 0, END]),
        ])
    })
    edit(Section.Export, exports =>
        extended(exports, [
            exportedGlobal("motewise_steps", steps),
            exportedGlobal("motewise_least_left", leastLeft),
            exportedGlobal("motewise_last_frame", lastFrame),
        ])
    )
    const told = tellsFrames ? tellingCode(lastFrame, frameImport(sections)) : Buffer.alloc(0)
    const added = Buffer.concat([told, countingCode(steps, leastLeft)])
    edit(Section.Code, code => withCodeInLoop(code, added))
    return moduleOf(wasm, sections)
}

function exportedGlobal(name: Exclude<keyof StepExports, "memory">, global: number): Buffer {
    return Buffer.concat([encodedName(name), Buffer.from([EXPORTED_GLOBAL]), unsigned(global)])
}

/** `steps += 1; if (left < leastLeft) leastLeft = left`. @param steps, leastLeft numbers of globals, below 128 */
function countingCode(steps: number, leastLeft: number): Buffer {
    return Buffer.from([
        ...[GLOBAL_GET, steps, F64_CONST, ...ONE, F64_ADD, GLOBAL_SET, steps],
        ...[LOCAL_GET, LEFT, GLOBAL_GET, leastLeft],
        ...[LOCAL_GET, LEFT, GLOBAL_GET, leastLeft, I32_LT_U],
        ...[SELECT, GLOBAL_SET, leastLeft],
    ])
}

/** `if (frame != lastFrame) FRAME_IMPORT(lastFrame = frame)`: the count is then that of the opcodes before. */
function tellingCode(lastFrame: number, tell: number): Buffer {
    return Buffer.from([
        ...[LOCAL_GET, FRAME, GLOBAL_GET, lastFrame, I32_NE, IF, NO_RESULT],
        ...[LOCAL_GET, FRAME, GLOBAL_SET, lastFrame, LOCAL_GET, FRAME, CALL, tell, DROP],
        END,
    ])
}

/** The number of the function that is FRAME_IMPORT. Imports are numbered in their order, and all of this VM's are functions. */
function frameImport(sections: WasmSection[]): number {
    const imports = sections.find(({ id }) => id === Section.Import)
    const place = imports === undefined ? -1 : importNames(imports.payload).indexOf(FRAME_IMPORT)
    if (place < 0) throw new VmLayoutError(`its VM does not import ${FRAME_IMPORT}`)
    return place
}

function withCodeInLoop(code: Buffer, added: Buffer): Buffer {
    const first = code.indexOf(LOOP_HEAD)
    if (first < 0) throw new VmLayoutError("its VM has no loop that counts steps as we know it")
    if (code.lastIndexOf(LOOP_HEAD) !== first)
        throw new VmLayoutError("its VM has more than one loop that counts steps")
    const bodies = bodiesOf(code).map(body => {
        const at = body.indexOf(LOOP_HEAD)
        if (at < 0) return body
        const inside = at + LOOP_HEAD.length
        return Buffer.concat([body.subarray(0, inside), added, body.subarray(inside)])
    })
    return codeOf(bodies)
}
