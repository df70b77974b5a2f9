/** Bytes put together. Byte by byte: to join buffers, or copy a part of one, the two runtimes have no call in common. */

export function joined(parts: Buffer[]): Buffer {
    let length = 0
    for (const part of parts) length += part.length
    const bytes = Buffer.alloc(length)
    let at = 0
    for (const part of parts) {
        for (let i = 0; i < part.length; ++i) bytes[at + i] = part[i]
        at += part.length
    }
    return bytes
}

/** Big-endian. @param value 0..2^32-1 */
export function u32(value: number): Buffer {
    const bytes = Buffer.alloc(4)
    for (let i = 0; i < 4; ++i) bytes[i] = (value >>> (24 - 8 * i)) & 0xff
    return bytes
}

/** Of ASCII. */
export function ascii(text: string): Buffer {
    const bytes = Buffer.alloc(text.length)
    for (let i = 0; i < text.length; ++i) bytes[i] = text.charCodeAt(i)
    return bytes
}
