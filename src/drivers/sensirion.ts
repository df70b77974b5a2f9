/**
 * What Sensirion's parts share: frames of [msb, lsb, crc] triplets, one per word.
 *
 * CRC-8 with polynomial 0x31 and initial value 0xff, nothing reflected, no final xor, 0xBEEF gives 0x92: "Datasheet SHT3x-DIS",
 * version 5, May 2018, table 20, and "SCD4x" datasheet, version 1.3, September 2022, table 32.
 */
import { crc8 } from "./crc8"
import { SensorError } from "./sensor"

const CRC_POLYNOMIAL = 0x31
const CRC_INITIAL = 0xff

/** Checksum of `length` bytes from `start`. */
export function checksum(bytes: Buffer, start: number, length: number): number {
    return crc8(bytes, start, length, CRC_POLYNOMIAL, CRC_INITIAL)
}

/** Word `index` of a frame, 0..65535. A bus stuck low does not pass: the checksum of 0x0000 is 0x81. @throws SensorError crc */
export function wordAt(part: string, frame: Buffer, index: number): number {
    const at = index * 3
    if (frame[at + 2] !== checksum(frame, at, 2))
        throw new SensorError(part, "crc", `word ${index}`)
    return (frame[at] << 8) | frame[at + 1]
}

const single = Buffer.alloc(4)

/** IEEE 754 single precision from its two words, high word first. */
export function floatFromWords(high: number, low: number): number {
    single[0] = low & 0xff
    single[1] = low >> 8
    single[2] = high & 0xff
    single[3] = high >> 8
    return single.getAt(0, "f32")
}

/** Number `index` of a frame of floats, two words each. @throws SensorError crc */
export function floatAt(part: string, frame: Buffer, index: number): number {
    return floatFromWords(wordAt(part, frame, 2 * index), wordAt(part, frame, 2 * index + 1))
}

/**
 * A serial number is the only proof of identity these parts give: no word of it has a fixed value. A part of another make gets
 * every checksum wrong; some right and some wrong are a bad wire. @throws SensorError identity, crc
 */
export function checkSerialNumber(part: string, frame: Buffer): void {
    let wrong = 0
    for (let at = 0; at < frame.length; at += 3)
        if (frame[at + 2] !== checksum(frame, at, 2)) wrong++
    if (wrong * 3 === frame.length)
        throw new SensorError(part, "identity", "no checksum of the serial number is right")
    if (wrong > 0) throw new SensorError(part, "crc", "serial number")
}
