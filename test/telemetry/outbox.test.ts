import { beforeEach, describe, expect, test } from "../suite"
import { Form, Outbox } from "../../src/telemetry/outbox"
import { RANGES_MAX, SequenceRanges } from "../../src/telemetry/ranges"

let outbox: Outbox

/** Everything that waits, in the order it would go. */
function order(): string {
    const sequences: number[] = []
    for (let next = outbox.take(); next !== undefined; next = outbox.take())
        sequences.push(next.sequence)
    return sequences.join(" ")
}

function pushAlarm(sequence: number, retold: boolean): void {
    const form = retold ? Form.KeptBefore : Form.Report
    outbox.pushAlarm(sequence, form, hex`00`, 7)
}

function taken(): any[] {
    const { sequence, form, bytes, alarm } = outbox.take()
    return [sequence, form, bytes.toString("hex"), alarm]
}

function ranges(sequences: number[]): string {
    const set = new SequenceRanges()
    for (const sequence of sequences) set.add(sequence)
    return set.toText()
}

describe("outbox", () => {
    beforeEach(() => {
        outbox = new Outbox(3, 4)
    })

    test("alarms go first, in their order; then routine reports, the newest first", () => {
        outbox.pushRoutine(0, hex`00`)
        pushAlarm(1, false)
        outbox.pushRoutine(2, hex`02`)
        pushAlarm(3, false)
        expect(order()).toBe("1 3 2 0")
    })

    test("the oldest routine report makes room, and its number is told; alarms stay", () => {
        pushAlarm(0, false)
        for (let sequence = 1; sequence <= 6; ++sequence)
            outbox.pushRoutine(sequence, Buffer.from([sequence]))
        expect(outbox.lost.toText()).toBe("1-3")
        expect(outbox.count()).toBe(4)
        expect(order()).toBe("0 6 5 4")
    })

    test("more alarms than the log holds: the oldest goes and is told, unless it was an earlier boot's", () => {
        pushAlarm(3, true)
        for (let sequence = 0; sequence <= 4; ++sequence) pushAlarm(sequence, false)
        expect(outbox.lost.toText()).toBe("0")
        expect(order()).toBe("1 2 3 4")
    })

    test("what waits comes out as it was put in", () => {
        outbox.pushAlarm(70000, Form.Kept, hex`0102`, 9)
        outbox.pushAlarm(3, Form.KeptBefore, hex``, 10)
        outbox.pushAlarm(4, Form.Report, hex`03`, 11)
        outbox.pushRoutine(5, hex`04`)
        expect(JSON.stringify(taken())).toBe(`[70000,1,"0102",9]`)
        expect(JSON.stringify(taken())).toBe(`[3,2,"",10]`)
        expect(JSON.stringify(taken())).toBe(`[4,0,"03",11]`)
        expect(JSON.stringify(taken())).toBe(`[5,0,"04",-1]`)
    })

    test("an outbox of one keeps the newest", () => {
        outbox = new Outbox(1, 4)
        for (let sequence = 0; sequence < 4; ++sequence) outbox.pushRoutine(sequence, hex`00`)
        expect(order()).toBe("3")
        expect(outbox.lost.toText()).toBe("0-2")
    })

    test("lost numbers are a few ranges", () => {
        expect(ranges([])).toBe("")
        expect(ranges([5])).toBe("5")
        expect(ranges([3, 4, 5, 9])).toBe("3-5,9")
        expect(ranges([3, 5, 4])).toBe("3-5")
        expect(ranges([9, 3, 6, 4, 8])).toBe("3-4,6,8-9")
        expect(ranges([7, 7, 7])).toBe("7")
    })

    test("too many ranges become fewer where they are nearest, and lose no number", () => {
        // gaps of 10, 3, 20, 30: the one of 3 closes
        expect(ranges([0, 10, 13, 33, 63])).toBe("0,10-13,33,63")
        const all: number[] = []
        for (let i = 0; i < 40; ++i) all.push(i * i)
        const text = ranges(all)
        expect(text.split(",").length <= RANGES_MAX).toBe(true)
        expect(text.startsWith("0-")).toBe(true)
        expect(text.endsWith("1521")).toBe(true)
    })
})
