/** One report: a SenML pack (see contract/senml.ts) put together record by record in a kept buffer. */
import { CborWriter } from "./cbor"
import { Measurand } from "./contract/measurands"
import {
    FIELD_BOOT,
    FIELD_SEQUENCE,
    FIELD_UPTIME_MS,
    LABEL_BASE_TIME,
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

/** What tells a report from every other, and when its sample was taken. */
export interface ReportHead {
    /** 8 bytes. */
    boot: Buffer
    sequence: number
    uptimeMs: number
    /** Sampling rounds since boot; 0 when it is not known any more. */
    samples: number
    /** Milliseconds since 1970, once the node knows. */
    epochMs?: number
}

export class ReportWriter {
    private readonly cbor = new CborWriter(Buffer.alloc(REPORT_BYTES_MAX))
    private records = 0

    start(head: ReportHead): void {
        const cbor = this.cbor
        const { epochMs } = head
        cbor.start()
        cbor.array(0)
        this.records = 1
        cbor.map(epochMs === undefined ? 5 : 6)
        if (epochMs !== undefined) {
            cbor.integer(LABEL_BASE_TIME)
            cbor.integer(Math.floor(epochMs / 1000))
        }
        cbor.integer(LABEL_NAME)
        cbor.text(NAME_SAMPLES)
        cbor.integer(LABEL_VALUE)
        cbor.integer(head.samples)
        cbor.text(FIELD_BOOT)
        cbor.byteString(head.boot)
        cbor.text(FIELD_SEQUENCE)
        cbor.integer(head.sequence)
        cbor.text(FIELD_UPTIME_MS)
        cbor.integer(head.uptimeMs)
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
