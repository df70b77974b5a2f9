/** Numbers as RFC 8554 writes them. The runtime's own readUInt32BE is negative from 2^31 on. */

/** The caller has checked that four bytes are there. */
export function u32At(bytes: Buffer, at: number): number {
    return bytes[at] * 0x1000000 + ((bytes[at + 1] << 16) | (bytes[at + 2] << 8) | bytes[at + 3])
}

export function putU32(bytes: Buffer, at: number, value: number): void {
    bytes[at] = value >>> 24
    bytes[at + 1] = value >> 16
    bytes[at + 2] = value >> 8
    bytes[at + 3] = value
}
