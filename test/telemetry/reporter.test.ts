import { beforeEach, describe, expect, test } from "@devicescript/test"
import { Sensor, SensorError } from "../../src/drivers/sensor"
import { Sampler } from "../../src/sensing/sampler"
import { ReportWriter } from "../../src/telemetry/report"
import { Reporter } from "../../src/telemetry/reporter"
import { ReportAs } from "../../src/telemetry/policy"

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

let part: Thermometer
let sampler: Sampler
let reporter: Reporter

function setUp(as: ReportAs): void {
    part = new Thermometer()
    sampler = new Sampler([{ sensor: part, measurands: ["temperatureCelsius"] }])
    const policy = { everyMs: 5 * MINUTE_MS, measurands: { temperatureCelsius: as } }
    const writer = new ReportWriter(Buffer.alloc(8))
    reporter = new Reporter(writer, policy, sampler, "occupancy")
}

/** One round at a minute, with a verdict; the report as hex, "" for none. */
async function round(minute: number, celsius: number, verdict: string): Promise<string> {
    part.celsius = celsius
    await sampler.round()
    const report = reporter.report(minute * MINUTE_MS, verdict, 0)
    return report === undefined ? "" : report.toString("hex")
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

    test("off is never told", async () => {
        setUp("off")
        expect((await round(0, 20, "vacant")).includes("016343656c")).toBe(false)
        expect((await round(5, 20, "occupied")).includes("016343656c")).toBe(false)
    })

    test("sequence numbers have no holes", async () => {
        await round(0, 20, "vacant")
        await round(1, 20, "vacant")
        await round(2, 20, "occupied")
        expect(reporter.sequence).toBe(2)
    })

    test("a late summary does not shift the ones after it", async () => {
        await round(0, 20, "vacant")
        expect((await round(7, 20, "vacant")).length > 0).toBe(true)
        expect(await round(9, 20, "vacant")).toBe("")
        expect((await round(10, 20, "vacant")).length > 0).toBe(true)
    })
})
