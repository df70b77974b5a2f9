/**
 * One report: a SenML pack (see contract/senml.ts) put together record by record in a kept buffer. A terse one leaves out what the far
 * end knows without it: units, for the contract has them, and which report it is, for the nonce that it is sealed with says so.
 */
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

    /** @param isTerse for what is sealed */
    constructor(readonly isTerse: boolean) {}

    /** A report that says itself which one it is. */
    start(head: ReportHead): void {
        const { epochMs } = head
        this.startWith(head.samples, epochMs, epochMs === undefined ? 5 : 6)
        this.cbor.text(FIELD_BOOT)
        this.cbor.byteString(head.boot)
        this.cbor.text(FIELD_SEQUENCE)
        this.cbor.integer(head.sequence)
        this.uptime(head.uptimeMs)
    }

    /** A report that is sealed as what it is. @param isFull it tells its uptime beside the time of day: that dates all of the boot */
    startSealed(head: ReportHead, isFull: boolean): void {
        const { epochMs } = head
        const tellsUptime = isFull || epochMs === undefined
        this.startWith(head.samples, epochMs, epochMs !== undefined && tellsUptime ? 4 : 3)
        if (tellsUptime) this.uptime(head.uptimeMs)
    }

    /** @param fields of the first record, all of them */
    private startWith(samples: number, epochMs: number | undefined, fields: number): void {
        const { cbor } = this
        cbor.start()
        cbor.array(0)
        this.records = 1
        cbor.map(fields)
        if (epochMs !== undefined) {
            cbor.integer(LABEL_BASE_TIME)
            cbor.integer(Math.floor(epochMs / 1000))
        }
        cbor.integer(LABEL_NAME)
        cbor.text(NAME_SAMPLES)
        cbor.integer(LABEL_VALUE)
        cbor.integer(samples)
    }

    private uptime(uptimeMs: number): void {
        this.cbor.text(FIELD_UPTIME_MS)
        this.cbor.integer(uptimeMs)
    }

    value(measurand: Measurand, value: number): void {
        this.records++
        this.cbor.map(this.isTerse ? 2 : 3)
        this.cbor.integer(LABEL_NAME)
        this.cbor.text(measurand.wire)
        if (!this.isTerse) {
            this.cbor.integer(LABEL_UNIT)
            this.cbor.text(measurand.unit)
        }
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
