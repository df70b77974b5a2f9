/**
 * Opens a report: the bytes of a SenML pack (see src/telemetry/contract/senml.ts) into plain values, or a named reason why not. What was
 * left out of a sealed one is filled in here: nobody after this need know how a report came.
 */
import { decode, type DecodeOptions, type TagDecoder } from "cborg"
import { allMeasurands } from "../src/telemetry/contract/measurands"
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
} from "../src/telemetry/contract/senml"

const TEXT_MAX = 96
const UNITS = new Map(allMeasurands().map(({ wire, unit }) => [wire, unit]))

export interface SenmlRecord {
    name: string
    unit?: string
    value: number | string
}

export interface Report {
    /** 16 hex digits, new at every boot. */
    boot: string
    sequence: number
    /** From boot to the sample; a sealed report may tell the time of day alone. */
    uptimeMs?: number
    /** Sampling rounds since boot; 0 when the node does not know any more. */
    samples: number
    /** Seconds from 1970 to the sample, once the node has learned the time. */
    epochSeconds?: number
    /** What follows the sample count. */
    records: SenmlRecord[]
}

/** Which report it is; of a sealed one the nonce tells. */
export interface ReportIdentity {
    /** 16 hex digits. */
    boot: string
    sequence: number
}

export class ReportError extends Error {}

const decimalFraction: TagDecoder = decodeContent => {
    const content: unknown = decodeContent()
    if (!Array.isArray(content) || content.length !== 2) throw new ReportError("decimal fraction")
    const [exponent, mantissa] = content as unknown[]
    if (!isCount(-Number(exponent)) || Number(exponent) < -6 || !Number.isSafeInteger(mantissa))
        throw new ReportError("decimal fraction")
    // Divided, not multiplied by a fraction: the double nearest to the decimal.
    return Number(mantissa) / 10 ** -Number(exponent)
}

const OPTIONS: DecodeOptions = {
    useMaps: true,
    rejectDuplicateMapKeys: true,
    allowIndefinite: false,
    allowUndefined: false,
    tags: { 4: decimalFraction },
}

/** @param sealed for a report that leaves to its nonce which one it is @throws ReportError for anything that a node of ours does not send */
export function openReport(bytes: Uint8Array, sealed?: ReportIdentity): Report {
    if (bytes.length > REPORT_BYTES_MAX) throw new ReportError(`${bytes.length} B is too long`)
    let pack: unknown
    try {
        pack = decode(bytes, OPTIONS)
    } catch (e) {
        throw new ReportError(`CBOR: ${(e as Error).message}`)
    }
    if (!Array.isArray(pack) || pack.length === 0 || pack.length > RECORDS_MAX)
        throw new ReportError("not a pack of 1 to 23 records")
    const maps = pack.map(asMap)
    const [first, ...rest] = maps
    if (first.get(LABEL_NAME) !== NAME_SAMPLES) throw new ReportError("no sample count")
    const hasBaseTime = first.has(LABEL_BASE_TIME)
    const hasUptime = first.has(FIELD_UPTIME_MS) || sealed === undefined || !hasBaseTime
    return {
        ...(sealed === undefined ? toldIn(first) : untoldIn(first, sealed)),
        ...(hasUptime && { uptimeMs: countIn(first, FIELD_UPTIME_MS) }),
        samples: countIn(first, LABEL_VALUE),
        ...(hasBaseTime && { epochSeconds: countIn(first, LABEL_BASE_TIME) }),
        records: rest.map(recordFrom),
    }
}

function toldIn(first: Map<unknown, unknown>): ReportIdentity {
    const boot = first.get(FIELD_BOOT)
    if (!(boot instanceof Uint8Array) || boot.length !== 8) throw new ReportError(FIELD_BOOT)
    return {
        boot: Buffer.from(boot).toString("hex"),
        sequence: countIn(first, FIELD_SEQUENCE),
    }
}

/** Told twice, the two might differ. */
function untoldIn(first: Map<unknown, unknown>, sealed: ReportIdentity): ReportIdentity {
    for (const field of [FIELD_BOOT, FIELD_SEQUENCE])
        if (first.has(field)) throw new ReportError(`${field} inside, and in the nonce`)
    return sealed
}

function asMap(value: unknown): Map<unknown, unknown> {
    if (!(value instanceof Map)) throw new ReportError("a record is not a map")
    return value
}

function isCount(value: unknown): value is number {
    return Number.isSafeInteger(value) && (value as number) >= 0
}

function countIn(map: Map<unknown, unknown>, key: string | number): number {
    const value = map.get(key)
    if (!isCount(value)) throw new ReportError(`${key} is no count`)
    return value
}

function recordFrom(map: Map<unknown, unknown>): SenmlRecord {
    const name = textIn(map, LABEL_NAME)
    if (name === undefined) throw new ReportError("a record without a name")
    const number = map.get(LABEL_VALUE)
    const value = typeof number === "number" ? number : textIn(map, LABEL_STRING_VALUE)
    if (value === undefined || (typeof value === "number" && !Number.isFinite(value)))
        throw new ReportError(`${name} has no value`)
    const implied = typeof value === "number" ? UNITS.get(name) : undefined
    return { name, unit: textIn(map, LABEL_UNIT) ?? implied, value }
}

function textIn(map: Map<unknown, unknown>, label: number): string | undefined {
    const value = map.get(label)
    if (value === undefined) return undefined
    if (typeof value !== "string" || value.length > TEXT_MAX) throw new ReportError("text")
    return value
}
