/**
 * What Sensirion's parts share: frames of [msb, lsb, crc] triplets, one per word.
 *
 * CRC-8 with polynomial 0x31 and initial value 0xff, nothing reflected, no final xor, 0xBEEF gives 0x92: "Datasheet SHT3x-DIS",
 * version 5, May 2018, table 20, and "SCD4x" datasheet, version 1.3, September 2022, table 32.
 */
import { SensorError } from "./sensor"

const CRC_INITIAL = 0xff
/** The checksum, with initial value 0, of each byte: bit by bit a word takes 445 steps, and it was two thirds of a room's sample. */
const CRC = hex`
    00316253c4f5a697b988dbea7d4c1f2e4372211087b6e5d4facb98a93e0f5c6d86b7e4d5427320113f0e5d6cfbca99a8c5f4a796013063527c4d1e2fb889daeb
    3d0c5f6ef9c89baa84b5e6d7407122137e4f1c2dba8bd8e9c7f6a59403326150bb8ad9e87f4e1d2c02336051c6f7a495f8c99aab3c0d5e6f4170231285b4e7d6
    7a4b1829be8fdcedc3f2a1900736655439085b6afdcc9fae80b1e2d344752617fccd9eaf38095a6b4574271681b0e3d2bf8eddec7b4a192806376455c2f3a091
    4776251483b2e1d0fecf9cad3a0b586904356657c0f1a293bd8cdfee79481b2ac1f0a3920534675678491a2bbc8ddeef82b3e0d1467724153b0a5968ffce9dac
`

/** Checksum of `length` bytes from `start`. */
export function checksum(bytes: Buffer, start: number, length: number): number {
    let crc = CRC_INITIAL
    for (let at = start; at < start + length; ++at) crc = CRC[crc ^ bytes[at]]
    return crc
}

/** Word `index` of a frame, 0..65535. A bus stuck low does not pass: the checksum of 0x0000 is 0x81. @throws SensorError crc */
export function wordAt(part: string, frame: Buffer, index: number): number {
    const at = index * 3
    const high = frame[at]
    const low = frame[at + 1]
    if (frame[at + 2] !== CRC[CRC[CRC_INITIAL ^ high] ^ low])
        throw new SensorError(part, "crc", `word ${index}`)
    return (high << 8) | low
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
