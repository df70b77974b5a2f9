import * as ds from "@devicescript/core"
import { beforeEach, describe, expect, test } from "../suite"
import { Alarm } from "../../src/telemetry/alarm"
import { ALARM_SLOTS, AlarmLog } from "../../src/telemetry/alarm-log"
import { MemoryStore } from "./memory-store"

let store: MemoryStore
let log: AlarmLog

function alarm(sequence: number): Alarm {
    return {
        program: 1,
        boot: hex`0123456789abcdef`,
        number: 0,
        waiting: 0,
        sequence,
        uptimeSeconds: 60 * sequence,
        events: [1],
    }
}

/** What is there after a reboot: the sequences that wait, in order. */
async function rebooted(): Promise<string> {
    log = new AlarmLog(store)
    const waiting: number[] = []
    for (const kept of await log.restore())
        if (log.isWaiting(kept.number)) waiting.push(kept.sequence)
    return waiting.join(" ")
}

describe("alarm log", () => {
    beforeEach(() => {
        store = new MemoryStore()
        log = new AlarmLog(store)
    })

    test("a new store holds nothing, and looking at it writes nothing", async () => {
        expect((await log.restore()).length).toBe(0)
        expect(log.kept).toBe(false)
        expect(store.writes).toBe(0)
    })

    test("alarms wait through a reboot, in their order", async () => {
        await log.restore()
        for (const sequence of [3, 5, 8]) await log.keep(alarm(sequence))
        expect(await rebooted()).toBe("3 5 8")
        expect(log.kept).toBe(true)
        expect(store.writes).toBe(3)
    })

    test("an acknowledgement writes nothing; the next alarm says what was acknowledged before it", async () => {
        await log.restore()
        for (const sequence of [3, 5]) await log.acknowledge(await log.keep(alarm(sequence)))
        await log.keep(alarm(8))
        expect(store.writes).toBe(3)
        expect(await rebooted()).toBe("8")
    })

    test("alarms that still wait are known to, past others that were acknowledged", async () => {
        await log.restore()
        const numbers: number[] = []
        for (const sequence of [3, 5, 8]) numbers.push(await log.keep(alarm(sequence)))
        await log.acknowledge(numbers[1])
        await log.keep(alarm(9))
        // 5 comes along, for it lies between two that wait
        expect(await rebooted()).toBe("3 5 8 9")
        expect(store.writes).toBe(4)
    })

    test("the last alarm is told again after a reboot, once: then a mark is written", async () => {
        await log.restore()
        await log.acknowledge(await log.keep(alarm(3)))
        expect(await rebooted()).toBe("3")
        await log.acknowledge(0)
        expect(store.writes).toBe(2)
        expect(await rebooted()).toBe("")
        expect(log.kept).toBe(true)
    })

    test("the mark waits until all that was found at boot is acknowledged", async () => {
        await log.restore()
        for (const sequence of [3, 5]) await log.keep(alarm(sequence))
        expect(await rebooted()).toBe("3 5")
        await log.acknowledge(1)
        expect(store.writes).toBe(2)
        await log.acknowledge(0)
        expect(store.writes).toBe(3)
        expect(await rebooted()).toBe("")
    })

    test("a new alarm before that makes the mark needless", async () => {
        await log.restore()
        await log.keep(alarm(3))
        expect(await rebooted()).toBe("3")
        const number = await log.keep(alarm(0))
        await log.acknowledge(0)
        await log.acknowledge(number)
        expect(store.writes).toBe(2)
    })

    test("an acknowledgement that comes twice, or for nothing, writes nothing", async () => {
        await log.restore()
        await log.keep(alarm(3))
        await rebooted()
        await log.acknowledge(0)
        await log.acknowledge(0)
        await log.acknowledge(77)
        expect(store.writes).toBe(2)
    })

    test("numbers go on after a reboot, acknowledged or not", async () => {
        await log.restore()
        await log.keep(alarm(3))
        await rebooted()
        await log.acknowledge(0)
        await rebooted()
        expect(await log.keep(alarm(0))).toBe(1)
        await rebooted()
        expect(await log.keep(alarm(0))).toBe(2)
    })

    test("a full ring with a hole where the next alarm belongs is torn: told, and not written to", async () => {
        await log.restore()
        for (let i = 0; i < 2 * ALARM_SLOTS + 6; ++i) {
            await log.acknowledge(await log.keep(alarm(i)))
            await ds.sleep(0)
        }
        expect(await rebooted()).toBe("69")
        expect(log.torn).toBe(false)
        await store.write("a6", undefined) // 70 would go there
        const writes = store.writes
        expect(await rebooted()).toBe("69")
        expect(log.torn).toBe(true)
        expect(await log.keep(alarm(0))).toBe(70)
        await log.acknowledge(69)
        expect(log.unwritten).toBe(1)
        expect(store.writes).toBe(writes)
    })

    test("a hole in a ring that is not full yet is none", async () => {
        await log.restore()
        for (let i = 0; i < 3; ++i) await log.keep(alarm(i))
        await rebooted()
        expect(log.torn).toBe(false)
    })

    test("the ring goes round, and stays in order through reboots", async () => {
        await log.restore()
        for (let i = 0; i < ALARM_SLOTS + 5; ++i) {
            await log.acknowledge(await log.keep(alarm(i)))
            await ds.sleep(0)
        }
        for (let i = 0; i < 4; ++i) await log.keep(alarm(100 + i))
        expect(await rebooted()).toBe("100 101 102 103")
    })

    test("more than the ring holds: the oldest goes, and is counted", async () => {
        await log.restore()
        for (let i = 0; i < ALARM_SLOTS + 2; ++i) {
            await log.keep(alarm(i))
            await ds.sleep(0)
        }
        expect(log.overwritten).toBe(2)
        expect((await rebooted()).startsWith("2 3 4 ")).toBe(true)
    })

    test("a store that takes no more is noticed", async () => {
        await log.restore()
        store.full = true
        await log.keep(alarm(3))
        expect(log.unwritten).toBe(1)
        expect(await rebooted()).toBe("")
    })

    test("what is no alarm, or in another's slot, is passed over", async () => {
        await log.restore()
        await log.keep(alarm(3))
        await store.write("a5", hex`00`)
        await store.write("a6", await store.read("a0"))
        expect(await rebooted()).toBe("3")
    })
})
