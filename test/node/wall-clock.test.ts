import { beforeEach, describe, expect, test } from "../suite"
import { WallClock } from "../../src/node/wall-clock"
import { expectBytes } from "../expect"

const NOON = 1763640000000 // 20 November 2025, 12:00 UTC
const HOUR_MS = 3600000

let clock: WallClock

/** `{"time": [asked, epoch]}`, the numbers in nine bytes. */
function answer(askedMs: number, epochMs: number): Buffer {
    const bytes = Buffer.concat(hex`a16474696d6582`, wide(askedMs), wide(epochMs))
    return bytes
}

function wide(value: number): Buffer {
    const bytes = Buffer.alloc(9)
    bytes[0] = 0x1b
    let rest = value
    for (let i = 8; i > 0; --i) {
        bytes[i] = rest - Math.floor(rest / 256) * 256
        rest = Math.floor(rest / 256)
    }
    return bytes
}

describe("wall clock", () => {
    beforeEach(() => {
        clock = new WallClock()
    })

    test("it asks with its uptime, in CBOR", () => {
        expectBytes(clock.ask(6200), "a1" + "6474696d65" + "191838")
    })

    test("half the round trip is taken off", () => {
        expect(clock.epochMs(0)).toBe(undefined)
        clock.ask(10000)
        // 400 ms there and back: it was noon 200 ms ago
        expect(clock.answer(answer(10000, NOON), 10400)).toBe(true)
        expect(clock.epochMs(10400)).toBe(NOON + 200)
        expect(clock.epochMs(10400 + HOUR_MS)).toBe(NOON + 200 + HOUR_MS)
        // and what was before can be dated
        expect(clock.epochMs(0)).toBe(NOON + 200 - 10400)
    })

    test("it asks at once, ever more seldom until there is an answer, then every hour", () => {
        expect(clock.isDue(0)).toBe(true)
        clock.ask(1000)
        expect(clock.isDue(60999)).toBe(false)
        expect(clock.isDue(61000)).toBe(true)
        clock.ask(61000)
        expect(clock.isDue(180999)).toBe(false)
        expect(clock.isDue(181000)).toBe(true)
        clock.ask(181000)
        clock.answer(answer(181000, NOON), 181100)
        expect(clock.isDue(181100 + HOUR_MS - 1)).toBe(false)
        expect(clock.isDue(181100 + HOUR_MS)).toBe(true)
        clock.ask(181100 + HOUR_MS)
        expect(clock.isDue(181100 + HOUR_MS + 60000)).toBe(true)
    })

    test("a drift is corrected by the next answer", () => {
        clock.ask(0)
        clock.answer(answer(0, NOON), 0)
        clock.ask(HOUR_MS)
        clock.answer(answer(HOUR_MS, NOON + HOUR_MS + 180), HOUR_MS)
        expect(clock.epochMs(HOUR_MS)).toBe(NOON + HOUR_MS + 180)
    })

    test("an answer to another question, twice, unasked or too late is none", () => {
        expect(clock.answer(answer(0, NOON), 0)).toBe(false)
        clock.ask(1000)
        expect(clock.answer(answer(999, NOON), 1001)).toBe(false)
        expect(clock.answer(answer(1000, NOON), 11001)).toBe(false)
        clock.ask(20000)
        expect(clock.answer(answer(20000, NOON), 20010)).toBe(true)
        expect(clock.answer(answer(20000, NOON + 5000), 20020)).toBe(false)
        expect(clock.epochMs(20010)).toBe(NOON + 5)
    })

    test("whatever else comes is no answer", () => {
        for (const command of [
            hex``,
            hex`a1`,
            hex`a16474696d65`,
            hex`a16474696d6582`,
            hex`a16474696d65820000ff`, // something after it
            hex`a16474696d658100`,
            hex`a16474696d658300000000`,
            hex`a16474696d65822000`, // negative
            hex`a16474696d65821bffffffffffffffff00`, // past 2^53
            hex`a16474696d65829f00`,
            hex`a2647469`,
            hex`bb7fffffffffffffff`,
            hex`a17b7fffffffffffffff00`,
            hex`ff`,
        ]) {
            clock.ask(0)
            if (clock.answer(command, 0)) throw new Error(`took ${command.toString("hex")}`)
        }
        expect(clock.epochMs(0)).toBe(undefined)
    })
})
