/** The checksum and the words that Sensirion's parts share, against the numbers their datasheets print. */
import { describe, expect, test } from "../suite"
import { crc8 } from "../../src/drivers/crc8"
import { checkSerialNumber, checksum, wordAt } from "../../src/drivers/sensirion"
import { firstBytes, nearestTicks, sensirionFrame } from "../../sim/parts/sensirion"
import { expectBytes, expectFault } from "../expect"

// Words with their checksums: SCD4x datasheet 1.3, tables 11, 13 to 20, 22, 24 and 32.
const TRIPLETS = [
    hex`BEEF92`,
    hex`6667A2`,
    hex`5EB93C`,
    hex`07E648`,
    hex`091263`,
    hex`7FCE7B`,
    hex`000081`,
    hex`8000A2`,
    hex`F89631`,
    hex`9F07C2`,
    hex`3BBE89`,
]

describe("sensirion", () => {
    test("the checksum is the datasheets', wherever the bytes are in the buffer", () => {
        for (const triplet of TRIPLETS) expect(checksum(triplet, 0, 2)).toBe(triplet[2])
        expect(checksum(hex`0102BEEF92`, 2, 2)).toBe(0x92)
        expect(checksum(hex`BEEF`, 0, 0)).toBe(0xff)
    })

    test("the simulated parts' checksum is the datasheets' too", () => {
        for (const triplet of TRIPLETS)
            expectBytes(
                sensirionFrame([(triplet[0] << 8) | triplet[1]], -1),
                triplet.toString("hex")
            )
    })

    test("words come most significant byte first, each from its own triplet", () => {
        const frame = hex`01F433 6667A2 5EB93C`
        expect(wordAt("part", frame, 0)).toBe(0x01f4)
        expect(wordAt("part", frame, 1)).toBe(0x6667)
        expect(wordAt("part", frame, 2)).toBe(0x5eb9)
    })

    test("any one wrong bit of a word or its checksum is a crc fault", async () => {
        const frame = Buffer.from([0x66, 0x67, 0xa2])
        for (let bit = 0; bit < 24; ++bit) {
            frame[bit >> 3] = frame[bit >> 3] ^ (1 << (bit & 7))
            await expectFault("crc", async () => wordAt("part", frame, 0))
            frame[bit >> 3] = frame[bit >> 3] ^ (1 << (bit & 7))
        }
        expect(wordAt("part", frame, 0)).toBe(0x6667)
    })

    test("every byte has the checksum that the polynomial gives it bit by bit", () => {
        const one = Buffer.alloc(1)
        for (let byte = 0; byte < 256; ++byte) {
            one[0] = byte
            expect(checksum(one, 0, 1)).toBe(crc8(one, 0, 1, 0x31, 0xff))
        }
    })

    test("a bus stuck low or high is a crc fault", async () => {
        await expectFault("crc", async () => wordAt("part", hex`000000`, 0))
        await expectFault("crc", async () => wordAt("part", hex`FFFFFF`, 0))
    })

    test("a serial number passes whole, is a crc fault in part, and an identity fault if nothing of it is right", async () => {
        checkSerialNumber("part", hex`F89631 9F07C2 3BBE89`)
        await expectFault("crc", async () => checkSerialNumber("part", hex`F89631 9F07C2 3BBE88`))
        await expectFault("crc", async () => checkSerialNumber("part", hex`F89630 9F07C3 3BBE89`))
        await expectFault("identity", async () =>
            checkSerialNumber("part", hex`F89630 9F07C3 3BBE88`)
        )
    })

    test("a simulated frame is corrupted in the word asked for, by one data bit", () => {
        expectBytes(sensirionFrame([0x6667, 0x5eb9], 0), "6666a25eb93c")
        expectBytes(sensirionFrame([0x6667, 0x5eb9], 1), "6667a25eb83c")
    })

    test("a simulated part can be read short or long, and its registers clip", () => {
        expectBytes(firstBytes(hex`6667A2`, 2), "6667")
        expectBytes(firstBytes(hex`6667A2`, 5), "6667a2ffff")
        expect(nearestTicks(-1)).toBe(0)
        expect(nearestTicks(1.4)).toBe(1)
        expect(nearestTicks(65535.6)).toBe(65535)
    })
})
