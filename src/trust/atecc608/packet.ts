/**
 * What goes over the wires to an ATECC608, and what its answers mean.
 *
 * A command is [word address 03, count, opcode, mode, parameter (little-endian), data, CRC], an answer [count, data, CRC]; count counts
 * itself and the CRC. Both, the CRC and the status bytes are in Microchip's data sheets of the ATECC608A-TNGTLS (DS40002112) and
 * ATECC608B-TNGLoRaWAN, chapters 4 and 7, and in its CryptoAuthLib (github.com/MicrochipTech/cryptoauthlib, calib_command.c). The complete
 * data sheet of the bare chip is not public, and was not seen.
 */
import { ChipFault } from "./fault"

/** Word addresses: the first byte of each write. */
export const REWIND = 0x00
export const SLEEP = 0x01
export const IDLE = 0x02
const COMMAND = 0x03

/** Count, opcode, mode, two of parameter, two of CRC. */
const COMMAND_BYTES_MIN = 7
/** What an answer has around its data. */
export const ANSWER_OVERHEAD_BYTES = 3
/** An answer with a status in place of data. */
export const STATUS_ANSWER_BYTES = 4

export const STATUS_SUCCESS = 0x00
/** The answer to being woken: there is no other before the first command. */
export const STATUS_AWAKE = 0x11

const CRC_POLYNOMIAL = 0x8005

/** CRC-16: each byte from its lowest bit, the register from its highest, initially 0. Of 07 30 00 00 00 it is 0x5d03, sent as 03 5d. */
export function crc16(bytes: Buffer, start: number, length: number): number {
    let crc = 0
    for (let at = start; at < start + length; ++at)
        for (let bit = 0; bit < 8; ++bit) {
            const differs = ((bytes[at] >> bit) & 1) !== crc >> 15
            crc = (crc << 1) & 0xffff
            if (differs) crc = crc ^ CRC_POLYNOMIAL
        }
    return crc
}

/** For commands that have none. */
export const NO_DATA = Buffer.alloc(0)

/** @param parameter 0..65535 */
export function commandPacket(
    opcode: number,
    mode: number,
    parameter: number,
    data: Buffer
): Buffer {
    const count = COMMAND_BYTES_MIN + data.length
    const packet = Buffer.alloc(1 + count)
    packet[0] = COMMAND
    packet[1] = count
    packet[2] = opcode
    packet[3] = mode
    packet[4] = parameter & 0xff
    packet[5] = parameter >> 8
    for (let at = 0; at < data.length; ++at) packet[6 + at] = data[at]
    const crc = crc16(packet, 1, count - 2)
    packet[count - 1] = crc & 0xff
    packet[count] = crc >> 8
    return packet
}

/** How many bytes the answer says it has, when they are all there and their CRC is right; else 0. */
export function answerLength(frame: Buffer): number {
    const count = frame[0]
    if (count < STATUS_ANSWER_BYTES || count > frame.length) return 0
    const crc = crc16(frame, 0, count - 2)
    return frame[count - 2] === (crc & 0xff) && frame[count - 1] === crc >> 8 ? count : 0
}

/** What a status means that is neither success nor the answer to being woken. */
export function faultOfStatus(status: number): ChipFault {
    switch (status) {
        case 0x01:
            return "miscompare"
        case 0x03:
            return "parse"
        case 0x05:
            return "ecc"
        case 0x07:
            return "selfTest"
        case 0x08:
            return "health"
        case 0x0f:
            return "execution"
        case 0xee:
            return "watchdog"
        case 0xff:
        // It slept meanwhile, woke, and knows of no command.
        case STATUS_AWAKE:
            return "communication"
        default:
            return "status"
    }
}
