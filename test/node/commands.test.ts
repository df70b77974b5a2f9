import { describe, expect, test } from "../suite"
import { encodeAnswer, encodeRollover, parseCommand } from "../../src/node/commands"
import { expectBytes } from "../expect"

// Bytes by hand, from RFC 8949.
describe("commands", () => {
    test("a map of a name and a number", () => {
        const { name, value } = parseCommand(hex`a1 65 616c697665 19 1267`)
        expect(name).toBe("alive")
        expect(value).toBe(4711)
        expect(parseCommand(hex`a1 68 726f6c6c6f766572 01`).name).toBe("rollover")
    })

    test("anything else is none", () => {
        for (const bytes of [
            hex``,
            hex`a0`,
            hex`a1 65 616c697665`,
            hex`a1 65 616c697665 20`, // -1
            hex`a1 65 616c697665 41 00`,
            hex`a1 65 616c697665 01 00`,
            hex`a2 65 616c697665 01 65 656e726f6c 01`,
            hex`a1 69 616c697665616c6976 01`, // nine letters
            hex`82 65 616c697665 01`,
        ])
            expect(parseCommand(bytes)).toBe(undefined)
    })

    test("answers, the longest too", () => {
        expectBytes(encodeAnswer("alive", 4711), "a165616c697665191267")
        expectBytes(
            encodeAnswer("rollover", 9007199254740991),
            "a168726f6c6c6f7665721b001fffffffffffff"
        )
    })

    test("a rollover is a byte string, whole", () => {
        const rollover = Buffer.alloc(1434)
        rollover[1433] = 7
        const message = encodeRollover(rollover)
        expect(message.length).toBe(13 + 1434)
        expectBytes(message.slice(0, 14), "a168726f6c6c6f766572" + "59059a" + "00")
        expect(message[message.length - 1]).toBe(7)
    })
})
