import { beforeEach, describe, expect, test } from "../suite"
import { Sensor, SensorError } from "../../src/drivers/sensor"
import { Sampler } from "../../src/sensing/sampler"
import { ReportWriter } from "../../src/telemetry/report"
import { Reporter } from "../../src/telemetry/reporter"
import { ReportAs, ReportPolicy } from "../../src/telemetry/policy"

const MINUTE_MS = 60000

class Thermometer implements Sensor {
    readonly part = "thermometer"
    readonly warmUpMs = 0
    celsius = 20
    broken = false
    async start(): Promise<void> {}
    async sample(): Promise<object> {
        if (this.broken) throw new SensorError(this.part, "crc", "seeded")
        return { temperatureCelsius: this.celsius }
    }
}

const CLASSES = ["vacant", "occupied"]
const BOOT = hex`0123456789abcdef`

let part: Thermometer
let sequence: number
let flashWrites: number
/** Of the last report, in hex. */
let events: string
let sampler: Sampler
let policy: ReportPolicy
let reporter: Reporter

function setUp(as: ReportAs): void {
    part = new Thermometer()
    sampler = new Sampler([{ sensor: part, measurands: ["temperatureCelsius"] }])
    policy = { everyMs: 5 * MINUTE_MS, measurands: { temperatureCelsius: as } }
    sequence = 0
    flashWrites = 0
    reporter = new Reporter(new ReportWriter(false), policy, sampler, "occupancy", CLASSES)
}

/** One round at a minute, with a verdict; the report as hex, "" for none. */
async function round(minute: number, celsius: number, verdict: string): Promise<string> {
    part.celsius = celsius
    await sampler.round()
    const head = { boot: BOOT, sequence, uptimeMs: minute * MINUTE_MS, samples: sampler.samples }
    const isDue = reporter.take(verdict, head.uptimeMs)
    const draft = isDue ? reporter.report(head, verdict, { lost: "", flashWrites }) : undefined
    events = ""
    if (draft === undefined) return ""
    sequence++
    events = Buffer.from(draft.events).toString("hex")
    return draft.bytes.toString("hex")
}

const temperature = (decimal: string) => `a3006174016343656c02${decimal}`
const VACANT = "a200696f63637570616e6379036676616361" + "6e74"
const OCCUPIED = "a200696f63637570616e637903686f63637570696564"

describe("reporter", () => {
    beforeEach(() => {
        setUp("summary")
    })

    test("the first sample is reported at once, then silence until the interval is over", async () => {
        const first = await round(0, 20, "vacant")
        expect(first.includes(VACANT)).toBe(true)
        expect(first.includes(temperature("14"))).toBe(true)
        for (let minute = 1; minute < 5; ++minute)
            expect(await round(minute, 20, "vacant")).toBe("")
        expect((await round(5, 20, "vacant")).includes(temperature("14"))).toBe(true)
    })

    test("a summary is the mean of its interval and of nothing before", async () => {
        await round(0, 99, "vacant")
        for (let minute = 1; minute < 5; ++minute) await round(minute, 20 + minute, "vacant")
        // (21 + 22 + 23 + 24 + 26) / 5 = 23.2
        const report = await round(5, 26, "vacant")
        expect(report.includes(temperature("c4822018e8"))).toBe(true)
    })

    test("a change of verdict is reported at once, without the summary", async () => {
        await round(0, 20, "vacant")
        const report = await round(1, 20, "occupied")
        expect(report.includes(OCCUPIED)).toBe(true)
        expect(report.includes(temperature("14"))).toBe(false)
        expect(await round(2, 20, "occupied")).toBe("")
    })

    test("a lost part is told once, and once when it is back", async () => {
        await round(0, 20, "vacant")
        part.broken = true
        const lost = await round(1, 20, "vacant")
        expect(lost.includes(Buffer.from("fault/thermometer").toString("hex"))).toBe(true)
        expect(lost.includes(Buffer.from("crc").toString("hex"))).toBe(true)
        expect(lost.includes("a20061670201")).toBe(true) // one gap
        expect(await round(2, 20, "vacant")).toBe("")
        part.broken = false
        const back = await round(3, 20, "vacant")
        expect(back.includes(Buffer.from("none").toString("hex"))).toBe(true)
    })

    test("an interval without a reading has no mean, not an old one", async () => {
        await round(0, 20, "vacant")
        part.broken = true
        for (let minute = 1; minute < 5; ++minute) await round(minute, 20, "vacant")
        const report = await round(5, 20, "vacant")
        expect(report.length > 0).toBe(true)
        expect(report.includes("016343656c")).toBe(false)
    })

    test("raw is every sample", async () => {
        setUp("raw")
        for (let minute = 0; minute < 3; ++minute)
            expect((await round(minute, 20, "vacant")).includes(temperature("14"))).toBe(true)
    })

    test("verdict is the latest value, when the verdict changes and only then", async () => {
        setUp("verdict")
        expect((await round(0, 20, "vacant")).includes(temperature("14"))).toBe(true)
        expect((await round(1, 21, "occupied")).includes(temperature("15"))).toBe(true)
        expect((await round(5, 21, "occupied")).includes(temperature("15"))).toBe(false)
    })

    test("writes to flash are told with the summary, not with every report", async () => {
        const told = "a20062667702" // fw
        await round(0, 20, "vacant")
        flashWrites = 3
        expect((await round(1, 20, "occupied")).includes(told)).toBe(false)
        expect((await round(5, 20, "occupied")).includes(told + "03")).toBe(true)
    })

    test("off is never told", async () => {
        setUp("off")
        expect((await round(0, 20, "vacant")).includes("016343656c")).toBe(false)
        expect((await round(5, 20, "occupied")).includes("016343656c")).toBe(false)
    })

    test("a change of verdict or fault is an alarm, the first report and summaries are none", async () => {
        await round(0, 20, "vacant")
        expect(events).toBe("")
        await round(1, 20, "occupied")
        expect(events).toBe("01")
        await round(2, 20, "unknown")
        expect(events).toBe("0f")
        part.broken = true
        await round(3, 20, "vacant")
        expect(events).toBe("0012") // vacant; part 1, crc
        part.broken = false
        await round(4, 20, "vacant")
        expect(events).toBe("10")
        await round(5, 20, "vacant")
        expect(events).toBe("")
    })

    test("a verdict that is named as no alarm is told as soon, and its fault is one all the same", async () => {
        policy.alarms = ["occupied"]
        await round(0, 20, "vacant")
        await round(1, 20, "occupied")
        expect(events).toBe("01")
        expect((await round(2, 20, "vacant")).includes(VACANT)).toBe(true)
        expect(events).toBe("")
        await round(3, 20, "unknown")
        expect(events).toBe("")
        part.broken = true
        await round(4, 20, "vacant")
        expect(events).toBe("12")
    })

    test("after a reboot only what differs from the last alarm is one", async () => {
        const alarm = {
            program: reporter.program,
            boot: BOOT,
            number: 0,
            waiting: 0,
            sequence: 1,
            uptimeSeconds: 60,
            events: [0x01],
        }
        reporter.remember(alarm)
        await round(0, 20, "occupied")
        expect(events).toBe("")
        setUp("summary")
        reporter.remember(alarm)
        await round(0, 20, "vacant")
        expect(events).toBe("00")
        setUp("summary")
        alarm.program = (reporter.program + 1) & 0xff
        reporter.remember(alarm)
        await round(0, 20, "vacant")
        expect(events).toBe("")
    })

    test("an alarm of an earlier boot is retold with its own boot, sequence and time", () => {
        const retold = reporter
            .retell({
                program: reporter.program,
                boot: hex`ffffffffffffffff`,
                number: 9,
                waiting: 0,
                sequence: 300,
                uptimeSeconds: 60,
                events: [0x01, 0x12],
            })
            .toString("hex")
        expect(retold.includes("ffffffffffffffff6373657119012c6275701" + "9ea60")).toBe(true)
        expect(retold.includes(OCCUPIED)).toBe(true)
        expect(retold.includes(Buffer.from("crc").toString("hex"))).toBe(true)
    })

    test("a late summary does not shift the ones after it", async () => {
        await round(0, 20, "vacant")
        expect((await round(7, 20, "vacant")).length > 0).toBe(true)
        expect(await round(9, 20, "vacant")).toBe("")
        expect((await round(10, 20, "vacant")).length > 0).toBe(true)
    })
})
