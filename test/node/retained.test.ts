import * as ds from "@devicescript/core"
import { describe, expect, test } from "../suite"
import { expectBytes } from "../expect"
import { MemoryStore } from "../telemetry/memory-store"
import {
    ENERGY_BYTES_MAX,
    RETAINED_BYTES_MAX,
    Retained,
    RetainedLog,
    decodeRetained,
    encodeRetained,
    hasRoomFor,
} from "../../src/node/retained"

const ALARM = hex`2a0123456789abcdef0001008c0401`

function known(): Retained {
    return {
        program: 0x2a,
        nextAlarm: 300,
        alarms: [ALARM],
        flashWrites: 7,
        samples: 6,
        gaps: 2,
        dueMs: 3601851,
        leadMs: 1851,
        summaryDueMs: 7201851,
        failures: 3,
        retryMs: 4000000,
        epochMs: 1763640000000,
        sleptMs: 598149,
        pacePpm: 1001700,
        toldVerdict: 1,
        heldVerdict: 0,
        nextVerdict: 255,
        nextRounds: 2,
        faults: [0, 3],
        counts: [6, 5],
        sums: [126.3, -0.1],
        energy: hex`0102`,
    }
}

/** All of it, as text: what comes back from flash must be what went there. */
function text(retained: Retained): string {
    const { alarms, energy, sums, ...rest } = retained
    const hexes = alarms.map(alarm => alarm.toString("hex")).join()
    return `${JSON.stringify(rest)} ${hexes} ${energy.toString("hex")} ${sums[0] === 126.3} ${sums[1] === -0.1}`
}

/** The longest that `hasRoomFor` lets pass: 49 days since anything was told. */
function longest(parts: number, summaries: number): Retained {
    const retained = known()
    const time = 4294967295
    retained.nextAlarm = time
    retained.flashWrites = 65535
    retained.samples = 65535
    retained.gaps = 65535
    retained.leadMs = 65535
    retained.dueMs = time
    retained.summaryDueMs = time
    retained.retryMs = time
    retained.sleptMs = time
    retained.toldVerdict = 15
    retained.energy = Buffer.alloc(ENERGY_BYTES_MAX)
    retained.faults = []
    retained.counts = []
    retained.sums = []
    for (let i = 0; i < parts; ++i) retained.faults.push(6)
    for (let i = 0; i < summaries; ++i) {
        retained.counts.push(65535)
        retained.sums.push(1e9)
    }
    return retained
}

describe("retained", () => {
    test("what is known comes back, floats to the last bit", () => {
        const bytes = encodeRetained(known(), 70000)
        expect(bytes.length).toBe(100)
        const { generation, retained } = decodeRetained(bytes)
        expect(generation).toBe(70000)
        expect(text(retained)).toBe(text(known()))
    })

    test("bytes cut short, or with more behind them, are nothing", async () => {
        const bytes = encodeRetained(known(), 1)
        for (let length = 0; length < bytes.length; ++length) {
            expect(decodeRetained(bytes.slice(0, length))).toBe(undefined)
            await ds.sleep(0)
        }
        expect(decodeRetained(Buffer.concat(bytes, hex`00`))).toBe(undefined)
        bytes[0] = 2
        expect(decodeRetained(bytes)).toBe(undefined)
    })

    test("a node whose state is let pass finds room for it; one summary more is refused", () => {
        expect(hasRoomFor(3, 8)).toBe(true)
        expect(hasRoomFor(3, 9)).toBe(false)
        expect(encodeRetained(longest(3, 8), 4294967295).length <= RETAINED_BYTES_MAX).toBe(true)
    })

    test("the newest of two keys is known, and the older is the next to be written over", async () => {
        const store = new MemoryStore()
        for (let wake = 0; wake < 5; ++wake) {
            const log = new RetainedLog(store)
            const found = await log.restore()
            if (wake === 0) expect(found).toBe(undefined)
            else expect(found.samples).toBe(wake - 1)
            const retained = known()
            retained.samples = wake
            expect(await log.keep(retained)).toBe(true)
        }
        // Five, and a byte where the second key was not yet written.
        expect(store.writes).toBe(6)
        expect(decodeRetained(await store.read("w0")).retained.samples).toBe(4)
        expect(decodeRetained(await store.read("w1")).retained.samples).toBe(3)
    })

    test("a key that lost its value is written over at once, and what was known before it is known", async () => {
        const store = new MemoryStore()
        const log = new RetainedLog(store)
        for (let samples = 0; samples < 3; ++samples) {
            const retained = known()
            retained.samples = samples
            await log.keep(retained)
        }
        const torn = new MemoryStore()
        await torn.write("w1", await store.read("w1"))
        const found = await new RetainedLog(torn).restore()
        expect(found.samples).toBe(1)
        expect(torn.writes).toBe(2)
        expectBytes(await torn.read("w0"), "ff")
    })

    test("where alarms are more than there is room for, the oldest go", async () => {
        const store = new MemoryStore()
        const retained = known()
        for (let i = 0; i < 12; ++i) {
            const alarm = Buffer.concat(ALARM)
            alarm[9] = i
            retained.alarms.push(alarm)
        }
        await new RetainedLog(store).keep(retained)
        const kept = decodeRetained(await store.read("w0")).retained.alarms
        expect(kept.length > 4 && kept.length < 13).toBe(true)
        expect(kept[kept.length - 1][9]).toBe(11)
        expect(kept[0][9]).toBe(12 - kept.length)
    })

    test("a store that takes nothing is told", async () => {
        const store = new MemoryStore()
        store.full = true
        expect(await new RetainedLog(store).keep(known())).toBe(false)
    })
})
