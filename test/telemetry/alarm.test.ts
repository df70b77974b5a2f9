import { describe, expect, test } from "../suite"
import { Alarm, decodeAlarm, encodeAlarm } from "../../src/telemetry/alarm"
import { expectBytes } from "../expect"

const ALARM: Alarm = {
    program: 0xa5,
    boot: hex`0123456789abcdef`,
    number: 5,
    waiting: 2,
    sequence: 300,
    uptimeSeconds: 59945,
    events: [0x01, 0x22],
}
// 300 = 0b10_0101100, 59945 = 0b11_1010100_0101001: LEB128, lowest seven bits first
const BYTES = "a5" + "0123456789abcdef" + "05" + "02" + "ac02" + "a9d403" + "0122"

describe("alarm", () => {
    test("is written as its format says", () => {
        expectBytes(encodeAlarm(ALARM), BYTES)
    })

    test("comes back as it was", () => {
        const alarm = decodeAlarm(Buffer.from(BYTES, "hex"))
        expect(alarm.program).toBe(0xa5)
        expectBytes(alarm.boot, "0123456789abcdef")
        expect(alarm.number).toBe(5)
        expect(alarm.waiting).toBe(2)
        expect(alarm.sequence).toBe(300)
        expect(alarm.uptimeSeconds).toBe(59945)
        expect(alarm.events.length).toBe(2)
        expect(alarm.events[1]).toBe(0x22)
    })

    test("the ends of the ranges come back", () => {
        for (const value of [0, 127, 128, 16383, 16384, 2147483647]) {
            const alarm = decodeAlarm(
                encodeAlarm({
                    program: 0,
                    boot: ALARM.boot,
                    number: value,
                    waiting: value,
                    sequence: value,
                    uptimeSeconds: value,
                    events: [0],
                })
            )
            expect(alarm.number).toBe(value)
            expect(alarm.waiting).toBe(value)
            expect(alarm.sequence).toBe(value)
            expect(alarm.uptimeSeconds).toBe(value)
        }
    })

    test("no part of one is one, nor one with too much", () => {
        const whole = Buffer.from(BYTES, "hex")
        // without its last event it is still an alarm; without both it is none
        for (let length = 0; length < whole.length - 1; ++length)
            expect(decodeAlarm(whole.slice(0, length))).toBe(undefined)
        expect(decodeAlarm(Buffer.concat(whole, hex`010203040506`))).toBe(undefined)
        expect(decodeAlarm(Buffer.concat(whole.slice(0, 9), hex`ffffffffff0101010101`))).toBe(
            undefined
        )
    })
})
