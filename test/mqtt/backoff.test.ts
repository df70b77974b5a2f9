import { describe, expect, test } from "../suite"
import { Backoff, backoffMs } from "../../src/mqtt/backoff"

const HALF = 32768
const NO_SESSION = 0
const MINUTE_MS = 60000

describe("mqtt backoff", () => {
    // 1 s, 2 s, 4 s ... 256 s, 300 s: full jitter is anywhere below
    test("the ceiling doubles from 1 s to 5 min, and any part of it may be drawn", () => {
        expect(backoffMs(0, 0)).toBe(0)
        expect(backoffMs(0, 65535)).toBe(999)
        expect(backoffMs(0, HALF)).toBe(500)
        expect(backoffMs(3, HALF)).toBe(4000)
        expect(backoffMs(8, HALF)).toBe(128000)
        expect(backoffMs(9, HALF)).toBe(150000)
        expect(backoffMs(1000, 65535)).toBe(299995)
    })

    test("attempts that never become a session double it each time", () => {
        const backoff = new Backoff()
        const waits: number[] = []
        for (let i = 0; i < 11; ++i) waits.push(backoff.nextMs(NO_SESSION, HALF))
        expect(waits.join(" ")).toBe(
            "500 1000 2000 4000 8000 16000 32000 64000 128000 150000 150000"
        )
    })

    test("a session that ends may be everybody's: the wait is spread over 32 s", () => {
        expect(new Backoff().nextMs(MINUTE_MS, HALF)).toBe(16000)
        expect(new Backoff().nextMs(1, HALF)).toBe(16000)
    })

    test("kicks that follow good connects back off as well", () => {
        const backoff = new Backoff()
        const waits: number[] = []
        for (let i = 0; i < 5; ++i) waits.push(backoff.nextMs(MINUTE_MS - 1, HALF))
        expect(waits.join(" ")).toBe("16000 32000 64000 128000 150000")
    })

    test("only a session that held for a minute starts again from below", () => {
        const backoff = new Backoff()
        for (let i = 0; i < 20; ++i) backoff.nextMs(NO_SESSION, HALF)
        expect(backoff.nextMs(MINUTE_MS - 1, HALF)).toBe(150000)
        expect(backoff.nextMs(NO_SESSION, HALF)).toBe(150000)
        expect(backoff.nextMs(MINUTE_MS, HALF)).toBe(16000)
        expect(backoff.nextMs(NO_SESSION, HALF)).toBe(32000)
    })
})
