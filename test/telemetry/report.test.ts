import { beforeEach, describe, expect, test } from "../suite"
import { measurandByName } from "../../src/telemetry/contract/measurands"
import { NAME_FAULT_PREFIX, NAME_GAPS } from "../../src/telemetry/contract/senml"
import { BOOT_HEX, EMPTY_REPORT_HEX, FULL_REPORT_HEX } from "../../src/telemetry/contract/vectors"
import { ReportWriter } from "../../src/telemetry/report"
import { expectBytes } from "../expect"

let writer: ReportWriter
const boot = Buffer.from(BOOT_HEX, "hex")

function start(sequence: number, uptimeMs: number, samples: number): void {
    writer.start({ boot, sequence, uptimeMs, samples })
}
const temperature = measurandByName("temperatureCelsius")

describe("report", () => {
    beforeEach(() => {
        writer = new ReportWriter(false)
    })

    test("the least report is the contract's vector", () => {
        start(0, 6200, 1)
        expectBytes(writer.finish(), EMPTY_REPORT_HEX)
    })

    test("a report with all kinds of records is the contract's vector", () => {
        start(300, 59945880, 1000)
        writer.text("occupancy", "occupied")
        writer.value(temperature, 21.7)
        writer.value(temperature, 21.04)
        writer.text(NAME_FAULT_PREFIX + "scd4x", "crc")
        writer.count(NAME_GAPS, 3)
        expectBytes(writer.finish(), FULL_REPORT_HEX)
    })

    test("once the time is known it is the base time, in whole seconds [RFC 8428 4.1]", () => {
        writer.start({ boot, sequence: 0, uptimeMs: 6200, samples: 1, epochMs: 1763640006999 })
        // the label -3 is 0x22
        expectBytes(writer.finish(), "81a6" + "221a691f02c6" + EMPTY_REPORT_HEX.slice(4))
    })

    test("a report is its own: the next one does not change it", () => {
        start(0, 6200, 1)
        const first = writer.finish()
        start(7, 1, 1)
        writer.finish()
        expectBytes(first, EMPTY_REPORT_HEX)
    })

    test("22 records fit beside the first, 23 do not", () => {
        start(0, 0, 0)
        for (let i = 0; i < 22; ++i) writer.count("x", i)
        expect(writer.finish()[0]).toBe(0x97)
        start(0, 0, 0)
        for (let i = 0; i < 23; ++i) writer.count("x", i)
        expect(writer.finish()).toBe(undefined)
    })

    test("a report longer than 512 B is refused, and the next is sound", () => {
        start(0, 0, 0)
        for (let i = 0; i < 10; ++i)
            writer.text("a name of thirty-two characters.", "a text of thirty-two characters.")
        expect(writer.finish()).toBe(undefined)
        start(0, 6200, 1)
        expectBytes(writer.finish(), EMPTY_REPORT_HEX)
    })
})
