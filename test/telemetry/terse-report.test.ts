import * as ds from "@devicescript/core"
import { beforeEach, describe, expect, test } from "../suite"
import { Sensor, SensorError } from "../../src/drivers/sensor"
import { publishPacket } from "../../src/mqtt/packets"
import { Sampler } from "../../src/sensing/sampler"
import { upTopic } from "../../src/telemetry/contract/topics"
import {
    BOOT_HEX,
    SEALED_NODE,
    SECRET_HEX,
    TERSE_REPORT_HEX,
} from "../../src/telemetry/contract/vectors"
import { ReportWriter } from "../../src/telemetry/report"
import { Reporter } from "../../src/telemetry/reporter"
import { Sealer } from "../../src/telemetry/sealer"
import { expectBytes } from "../expect"

const MINUTE_MS = 60000
const SAMPLES = 70000
/** 12:00:06.999 UTC on 20 November 2025: 1763640006 s, which the vector has. */
const EPOCH_MS = 1763640006999
const BOOT = Buffer.from(BOOT_HEX, "hex")
const CLASSES = ["vacant", "occupied"]
const SUMMARY = {
    temperatureCelsius: "summary",
    relativeHumidityPercent: "summary",
    carbonDioxidePpm: "summary",
    illuminanceLuxes: "summary",
}

class Room implements Sensor {
    readonly part = "room"
    readonly warmUpMs = 0
    broken = false
    async start(): Promise<void> {}
    async sample(): Promise<object> {
        if (this.broken) throw new SensorError(this.part, "crc", "seeded")
        return {
            temperatureCelsius: 21.7,
            relativeHumidityPercent: 45.3,
            carbonDioxidePpm: 612,
            illuminanceLuxes: 431,
        }
    }
}

let room: Room
let sampler: Sampler
let reporter: Reporter
let lost: string
let flashWrites: number
/** The time of day at boot; undefined until it is known. */
let bootEpochMs: number

async function round(minute: number, verdict: string): Promise<Buffer | undefined> {
    await ds.sleep(0)
    await sampler.round()
    const uptimeMs = minute * MINUTE_MS
    const head: any = { boot: BOOT, sequence: 300, uptimeMs, samples: SAMPLES }
    if (bootEpochMs !== undefined) head.epochMs = bootEpochMs + uptimeMs
    const isDue = reporter.take(verdict, head.uptimeMs)
    const draft = isDue ? reporter.report(head, verdict, { lost, flashWrites }) : undefined
    return draft === undefined ? undefined : draft.bytes
}

const BASE_TIME = "221a" // the label -3, and four bytes
const UPTIME = Buffer.from("up").toString("hex")
const BOOT_FIELD = Buffer.from("boot").toString("hex")
const SEQUENCE_FIELD = Buffer.from("seq").toString("hex")
const VERDICT = Buffer.from("occupancy").toString("hex")

/** What of these it tells, in this order: bt, up, verdict, g, lost, fw. */
function told(report: Buffer): string {
    const hex = report.toString("hex")
    let text = ""
    if (hex.slice(4, 8) === BASE_TIME) text = text + "bt "
    if (hex.includes("62" + UPTIME)) text = text + "up "
    if (hex.includes(VERDICT)) text = text + "verdict "
    if (hex.includes("a200616702")) text = text + "g "
    if (hex.includes("a200646c6f7374")) text = text + "lost "
    if (hex.includes("a20062667702")) text = text + "fw "
    return text
}

describe("terse report", () => {
    beforeEach(() => {
        room = new Room()
        sampler = new Sampler([{ sensor: room, measurands: Object.keys(SUMMARY) }])
        const policy: any = { everyMs: 5 * MINUTE_MS, measurands: SUMMARY }
        reporter = new Reporter(new ReportWriter(true), policy, sampler, "occupancy", CLASSES)
        reporter.heard()
        lost = ""
        flashWrites = 0
        bootEpochMs = undefined
    })

    test("a routine report is the contract's vector, byte for byte", async () => {
        bootEpochMs = EPOCH_MS - 5 * MINUTE_MS
        await round(0, "vacant")
        for (let minute = 1; minute < 5; ++minute) await round(minute, "vacant")
        expectBytes(await round(5, "vacant"), TERSE_REPORT_HEX)
    })

    test("sealed, it is a PUBLISH of at most 120 bytes", async () => {
        bootEpochMs = EPOCH_MS
        await round(0, "vacant")
        const report = await round(5, "vacant")
        const topic = upTopic(SEALED_NODE)
        const sealer = new Sealer(Buffer.from(SECRET_HEX, "hex"), BOOT)
        const message = sealer.seal(topic, 0, 70000, report)
        const { length } = publishPacket(65535, topic, message, false)
        const parts = `${report.length} B of report, ${message.length} B sealed`
        if (length > 120) throw new Error(`a PUBLISH of ${length} B: ${parts}`)
        // 16 + 10 + 12 + 10 + 9 and the array's head; 31 B of COSE; 28 B of MQTT
        expect(`${length} B: ${parts}`).toBe("117 B: 58 B of report, 89 B sealed")
    })

    test("it leaves out what its nonce says, and every unit", async () => {
        const hex = (await round(0, "vacant")).toString("hex")
        expect(hex.includes(BOOT_FIELD)).toBe(false)
        expect(hex.includes(SEQUENCE_FIELD)).toBe(false)
        expect(hex.includes(BOOT_HEX)).toBe(false)
        expect(hex.includes("43656c")).toBe(false)
    })

    test("until the time is known reports tell their uptime; the first that knows it tells both, then it stands alone", async () => {
        expect(told(await round(0, "vacant"))).toBe("up verdict ")
        expect(told(await round(5, "vacant"))).toBe("up ")
        bootEpochMs = EPOCH_MS
        expect(told(await round(10, "vacant"))).toBe("bt up verdict ")
        expect(told(await round(15, "vacant"))).toBe("bt ")
    })

    test("until one was acknowledged each tells everything, for the newest goes first", async () => {
        const policy: any = { everyMs: 5 * MINUTE_MS, measurands: SUMMARY }
        reporter = new Reporter(new ReportWriter(true), policy, sampler, "occupancy", CLASSES)
        bootEpochMs = EPOCH_MS
        for (let minute = 0; minute < 15; minute += 5)
            expect(told(await round(minute, "vacant"))).toBe("bt up verdict ")
        reporter.heard()
        expect(told(await round(15, "vacant"))).toBe("bt ")
    })

    test("a verdict is told when it changes, and else once an hour", async () => {
        bootEpochMs = EPOCH_MS
        expect(told(await round(0, "vacant"))).toBe("bt up verdict ")
        for (let minute = 5; minute < 60; minute += 5)
            expect(told(await round(minute, "vacant"))).toBe("bt ")
        expect(told(await round(60, "vacant"))).toBe("bt up verdict ")
        expect(told(await round(62, "occupied"))).toBe("bt up verdict ")
        // an hour from then on, for it said everything
        for (let minute = 65; minute <= 120; minute += 5)
            expect(told(await round(minute, "occupied"))).toBe("bt ")
        expect(told(await round(125, "occupied"))).toBe("bt up verdict ")
    })

    test("an hour later all is told again, though a round be early", async () => {
        bootEpochMs = EPOCH_MS
        await round(0, "vacant")
        await round(5.001, "vacant")
        expect(told(await round(60, "vacant"))).toBe("bt up verdict ")
        expect(told(await round(119.9999, "vacant"))).toBe("bt up verdict ")
    })

    test("a node that reports once an hour tells everything with every eighth report", async () => {
        const policy: any = { everyMs: 60 * MINUTE_MS, measurands: SUMMARY }
        reporter = new Reporter(new ReportWriter(true), policy, sampler, "occupancy", CLASSES)
        reporter.heard()
        bootEpochMs = EPOCH_MS
        for (let hour = 0; hour < 18; ++hour) {
            const all = hour % 8 === 0 ? "bt up verdict " : "bt "
            expect(told(await round(hour * 60, "vacant"))).toBe(all)
        }
    })

    test("what was not said after all is said by the next", async () => {
        bootEpochMs = EPOCH_MS
        await round(0, "vacant")
        expect(told(await round(5, "vacant"))).toBe("bt ")
        reporter.unsaid()
        expect(told(await round(10, "vacant"))).toBe("bt up verdict ")
        expect(told(await round(15, "vacant"))).toBe("bt ")
    })

    test("a fault is an alarm, and an alarm tells everything", async () => {
        bootEpochMs = EPOCH_MS
        flashWrites = 3
        await round(0, "vacant")
        room.broken = true
        expect(told(await round(1, "vacant"))).toBe("bt up verdict g fw ")
    })

    test("gaps are told when there are more, writes to flash with all the rest", async () => {
        bootEpochMs = EPOCH_MS
        await round(0, "vacant")
        flashWrites = 2
        expect(told(await round(5, "vacant"))).toBe("bt ")
        room.broken = true
        await round(6, "vacant")
        room.broken = false
        await round(7, "vacant")
        expect(told(await round(10, "vacant"))).toBe("bt ")
        sampler.missed(1)
        expect(told(await round(15, "vacant"))).toBe("bt g ")
        expect(told(await round(20, "vacant"))).toBe("bt ")
    })

    test("once a report was dropped the next tells everything: it may have been the one that did", async () => {
        bootEpochMs = EPOCH_MS
        await round(0, "vacant")
        expect(told(await round(5, "vacant"))).toBe("bt ")
        lost = "0"
        expect(told(await round(10, "vacant"))).toBe("bt up verdict lost ")
        expect(told(await round(15, "vacant"))).toBe("bt ")
        lost = "0-1"
        expect(told(await round(20, "vacant"))).toBe("bt up verdict lost ")
    })

    test("an alarm of an earlier boot has its own boot, sequence and uptime inside", () => {
        const retold = reporter
            .retell({
                program: reporter.program,
                boot: hex`ffffffffffffffff`,
                number: 9,
                waiting: 0,
                sequence: 300,
                uptimeSeconds: 60,
                events: [0x01],
            })
            .toString("hex")
        // as an open one has it: test/telemetry/reporter.test.ts
        expect(retold.includes("ffffffffffffffff6373657119012c6275701" + "9ea60")).toBe(true)
        expect(retold.slice(0, 10)).toBe("82a500616e")
    })
})
