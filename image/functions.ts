/** The functions of an image: their names, and their sizes, read from its tables (bytecode.md of DeviceScript 2.16). */

/** The first section descriptor, (offset, length), follows a header of 32 bytes; it is that of the function descriptors. */
const FUNCTIONS_AT = 32
const DESCRIPTOR_BYTES = 16
/** "inline" among the runtime's own strings: what the compiler calls a function expression. */
const INLINE = (1 << 14) | 109

/** Bytes of all function expressions, each with its descriptor: what the compiler's own size table says. */
export function functionExpressionBytes(image: Buffer): number {
    const from = image.readUInt32LE(FUNCTIONS_AT)
    const to = from + image.readUInt32LE(FUNCTIONS_AT + 4)
    let bytes = 0
    for (let at = from; at < to; at += DESCRIPTOR_BYTES)
        if (image.readUInt16LE(at + 12) === INLINE)
            bytes += image.readUInt32LE(at + 4) + DESCRIPTOR_BYTES
    return bytes
}

/** A line of the runtime's, with what the sources call its functions: "at _F12 (pc:35)", for images hold no names. @param functions by number */
export function withFunctionNames(line: string, functions: string[]): string {
    return line.replace(
        /\bat \w*_F(\d+) (?=\(pc:)/,
        (place: string, index: string) => `at ${functions[Number(index)] ?? place} (F${index}) `
    )
}
