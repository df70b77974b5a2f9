/** One report: a SenML pack (see contract/senml.ts) put together record by record in a kept buffer. */
import { CborWriter } from "./cbor"
import { Measurand } from "./contract/measurands"
import {
    FIELD_BOOT,
    FIELD_SEQUENCE,
    FIELD_UPTIME_MS,
    LABEL_NAME,
    LABEL_STRING_VALUE,
    LABEL_UNIT,
    LABEL_VALUE,
    NAME_SAMPLES,
    RECORDS_MAX,
    REPORT_BYTES_MAX,
} from "./contract/senml"

/** The first byte of an array; how many records it has is filled in at the end. */
const ARRAY_OF_NONE = 0x80

export class ReportWriter {
    private readonly cbor = new CborWriter(Buffer.alloc(REPORT_BYTES_MAX))
    private records = 0

    constructor(private readonly boot: Buffer) {}

    /** Begins a report of the sample taken at `uptimeMs`, the `samples`-th since boot. */
    start(sequence: number, uptimeMs: number, samples: number): void {
        const cbor = this.cbor
        cbor.start()
        cbor.array(0)
        this.records = 1
        cbor.map(5)
        cbor.integer(LABEL_NAME)
        cbor.text(NAME_SAMPLES)
        cbor.integer(LABEL_VALUE)
        cbor.integer(samples)
        cbor.text(FIELD_BOOT)
        cbor.byteString(this.boot)
        cbor.text(FIELD_SEQUENCE)
        cbor.integer(sequence)
        cbor.text(FIELD_UPTIME_MS)
        cbor.integer(uptimeMs)
    }

    value(measurand: Measurand, value: number): void {
        this.records++
        this.cbor.map(3)
        this.cbor.integer(LABEL_NAME)
        this.cbor.text(measurand.wire)
        this.cbor.integer(LABEL_UNIT)
        this.cbor.text(measurand.unit)
        this.cbor.integer(LABEL_VALUE)
        this.cbor.decimal(value, measurand.decimals)
    }

    count(name: string, count: number): void {
        this.records++
        this.cbor.map(2)
        this.cbor.integer(LABEL_NAME)
        this.cbor.text(name)
        this.cbor.integer(LABEL_VALUE)
        this.cbor.integer(count)
    }

    text(name: string, value: string): void {
        this.records++
        this.cbor.map(2)
        this.cbor.integer(LABEL_NAME)
        this.cbor.text(name)
        this.cbor.integer(LABEL_STRING_VALUE)
        this.cbor.text(value)
    }

    /** The report in a buffer of its own; undefined when it grew past its bounds. */
    finish(): Buffer | undefined {
        if (!this.cbor.fits() || this.records > RECORDS_MAX) return undefined
        this.cbor.bytes[0] = ARRAY_OF_NONE | this.records
        return this.cbor.bytes.slice(0, this.cbor.length)
    }
}
