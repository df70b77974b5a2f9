/**
 * WebAssembly binaries taken apart and put together again: as much of it as adding globals and code takes.
 * [Brackets] name chapters of the WebAssembly Core Specification 2.0.
 */

/** [5.5.2 Sections] Those that somebody here changes. */
export enum Section {
    Import = 2,
    Global = 6,
    Export = 7,
    Code = 10,
}

export interface WasmSection {
    id: number
    payload: Buffer
}

/** [5.5.16 Modules] Magic and version. */
const HEADER_BYTES = 8
/** [5.5.5 Import Section] */
const FUNCTION = 0x00

export function sectionsOf(wasm: Buffer): WasmSection[] {
    const sections: WasmSection[] = []
    for (let at = HEADER_BYTES; at < wasm.length;) {
        const [length, start] = readUnsigned(wasm, at + 1)
        sections.push({ id: wasm[at], payload: wasm.subarray(start, start + length) })
        at = start + length
    }
    return sections
}

/** The module of these sections. */
export function moduleOf(wasm: Buffer, sections: WasmSection[]): Buffer {
    const encoded = sections.flatMap(({ id, payload }) => [Buffer.from([id]), sized(payload)])
    return Buffer.concat([wasm.subarray(0, HEADER_BYTES), ...encoded])
}

/** [5.5.13 Code Section] The functions' bodies: locals and code. */
export function bodiesOf(code: Buffer): Buffer[] {
    const bodies: Buffer[] = []
    const [count, first] = readUnsigned(code, 0)
    for (let at = first; bodies.length < count;) {
        const [length, start] = readUnsigned(code, at)
        bodies.push(code.subarray(start, start + length))
        at = start + length
    }
    return bodies
}

/** [5.5.13 Code Section] */
export function codeOf(bodies: Buffer[]): Buffer {
    return Buffer.concat([unsigned(bodies.length), ...bodies.map(sized)])
}

/** [5.5.5 Import Section] The names of imported functions, in order. @throws RangeError when it imports anything else */
export function importNames(imports: Buffer): string[] {
    const names: string[] = []
    const [count, first] = readUnsigned(imports, 0)
    for (let at = first; names.length < count;) {
        const [moduleBytes, module] = readUnsigned(imports, at)
        const [nameBytes, name] = readUnsigned(imports, module + moduleBytes)
        const kind = name + nameBytes
        if (imports[kind] !== FUNCTION)
            throw new RangeError(`import ${names.length} is no function`)
        names.push(imports.toString("utf8", name, kind))
        at = readUnsigned(imports, kind + 1)[1]
    }
    return names
}

/** [5.1.3 Vectors] A vector with more elements behind its own. */
export function extended(vector: Buffer, elements: Buffer[]): Buffer {
    const [count, first] = readUnsigned(vector, 0)
    return Buffer.concat([unsigned(count + elements.length), vector.subarray(first), ...elements])
}

/** [5.2.4 Names] */
export function encodedName(name: string): Buffer {
    return sized(Buffer.from(name))
}

/** [5.2.2 Integers] An unsigned number and where it ends. @throws RangeError beyond 32 bits */
export function readUnsigned(bytes: Uint8Array, at: number): [value: number, end: number] {
    let value = 0
    for (let scale = 1; scale < 2 ** 35; scale *= 0x80) {
        const byte = bytes[at++]
        value += (byte & 0x7f) * scale
        if (byte < 0x80) return [value, at]
    }
    throw new RangeError(`no number of 32 bits ends at byte ${at}`)
}

/** [5.2.2 Integers] As short as it can be. */
export function unsigned(value: number): Buffer {
    const bytes: number[] = []
    for (; value >= 0x80; value = Math.floor(value / 0x80)) bytes.push((value & 0x7f) | 0x80)
    return Buffer.from([...bytes, value])
}

function sized(bytes: Buffer): Buffer {
    return Buffer.concat([unsigned(bytes.length), bytes])
}
