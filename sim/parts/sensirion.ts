/**
 * Frames as Sensirion's parts send them: [msb, lsb, crc] for each word.
 *
 * The checksum is worked out apart from the drivers', a nibble at a time from a table, so that one misreading of the datasheet
 * (CRC-8, polynomial 0x31, initial value 0xff) does not cancel itself out between the two.
 */

const CRC_OF_NIBBLE = [
    0x00, 0x31, 0x62, 0x53, 0xc4, 0xf5, 0xa6, 0x97, 0xb9, 0x88, 0xdb, 0xea, 0x7d, 0x4c, 0x1f, 0x2e,
]

function checksum(msb: number, lsb: number): number {
    let crc = 0xff
    crc = ((crc << 4) & 0xff) ^ CRC_OF_NIBBLE[(crc >> 4) ^ (msb >> 4)]
    crc = ((crc << 4) & 0xff) ^ CRC_OF_NIBBLE[(crc >> 4) ^ (msb & 0x0f)]
    crc = ((crc << 4) & 0xff) ^ CRC_OF_NIBBLE[(crc >> 4) ^ (lsb >> 4)]
    crc = ((crc << 4) & 0xff) ^ CRC_OF_NIBBLE[(crc >> 4) ^ (lsb & 0x0f)]
    return crc
}

/** The words as they go over the wire; the lowest data bit of word `corruptWord` is flipped after its checksum was made. */
export function sensirionFrame(words: number[], corruptWord: number): Buffer {
    const frame = Buffer.alloc(words.length * 3)
    for (let index = 0; index < words.length; ++index) {
        const msb = words[index] >> 8
        const lsb = words[index] & 0xff
        frame[index * 3] = msb
        frame[index * 3 + 1] = index === corruptWord ? lsb ^ 1 : lsb
        frame[index * 3 + 2] = checksum(msb, lsb)
    }
    return frame
}

/** The first `length` bytes of a frame: a master may stop early. Past its end nobody pulls the line low. */
export function firstBytes(frame: Buffer, length: number): Buffer {
    const bytes = Buffer.alloc(length)
    for (let at = 0; at < length; ++at) bytes[at] = at < frame.length ? frame[at] : 0xff
    return bytes
}

/** The nearest tick a 16-bit register can hold. */
export function nearestTicks(ticks: number): number {
    return Math.round(Math.min(Math.max(ticks, 0), 0xffff))
}

/** A number as IEEE 754 single precision, high word first. */
export function floatWords(value: number): number[] {
    if (value !== value) return [0x7fc0, 0]
    const sign = value < 0 ? 0x8000 : 0
    let fraction = Math.abs(value)
    let exponent = 127
    for (; fraction >= 2 && exponent < 255; ++exponent) fraction /= 2
    for (; fraction < 1 && exponent > 0; --exponent) fraction *= 2
    if (exponent === 0) return [sign, 0]
    if (exponent === 255) return [sign | 0x7f80, 0]
    const mantissa = Math.round((fraction - 1) * 0x800000)
    if (mantissa === 0x800000) return [sign | ((exponent + 1) << 7), 0]
    return [sign | (exponent << 7) | (mantissa >> 16), mantissa & 0xffff]
}
