/**
 * What a node that stands by knows when it wakes: one small value in flash, written once between two standbys.
 *
 * Two keys take turns, so that a value whose entry power cut short leaves the one before it. Such an entry, whose size is not whole, would
 * crash the runtime when it next compacts the store (DESIGN.md, "What a power cut in a write does"), unless a later one of the same key
 * stands behind it: so it is written over at once, with a single byte, which hardly ever makes the store compact.
 *
 * The value is a sequence of CBOR items, all of them unsigned integers and byte strings, in the order of `encodeRetained`.
 */
import { CborWriter } from "../telemetry/cbor"
import { CborReader } from "../telemetry/cbor-reader"
import { Store } from "../telemetry/store"

/** Times are of the span: milliseconds since the round that was told last. */
export interface Retained {
    /** Of the model's classes and the parts' names: another program takes over the alarms, and no more. */
    program: number
    /** Of all alarms this node has raised. */
    nextAlarm: number
    /** As an alarm is in flash, oldest first: those that nobody has acknowledged. */
    alarms: Buffer[]
    /** Of this span. */
    flashWrites: number
    samples: number
    gaps: number
    /** The next round. */
    dueMs: number
    /** From the chip's start to where a round can begin. */
    leadMs: number
    summaryDueMs: number
    /** Attempts in a row to tell what waits; before `retryMs` there is no other. */
    failures: number
    retryMs: number
    /** When the next round is due, in milliseconds since 1970 by the chip's clock since it was last set; 0: never. */
    epochMs: number
    /** Standby since then. */
    sleptMs: number
    /** How long a million milliseconds of standby take. */
    pacePpm: number
    /** Verdicts as codes: an index into the classes, or VERDICT_UNKNOWN_CODE; NO_VERDICT before the first. */
    toldVerdict: number
    heldVerdict: number
    nextVerdict: number
    nextRounds: number
    /** By part, what was told: 0, or 1 and an index into FAULTS. */
    faults: number[]
    /** By measurand: of this summary, so far. */
    counts: number[]
    sums: number[]
    /** An account of energy, as whoever keeps one writes it; at most ENERGY_BYTES_MAX. */
    energy: Buffer
}

export const NO_VERDICT = 255
export const ENERGY_BYTES_MAX = 24
/** What a value of the store holds, less the key. */
export const RETAINED_BYTES_MAX = 220
const FORMAT = 1
const ALARM_BYTES_MAX = 36
const LIST_MAX = 23
const SUM_BYTES = 8
const KEYS = ["w0", "w1"]
/** All but what is by part and by summary, with one alarm, at its longest in a span of 49 days. */
const BASE_BYTES = 124
const BYTES_A_SUMMARY = 11

/** A node with so many parts and summaries finds room for what it has to know. */
export function hasRoomFor(parts: number, summaries: number): boolean {
    return BASE_BYTES + parts + BYTES_A_SUMMARY * summaries <= RETAINED_BYTES_MAX
}

/** With which generation, 0, 1, 2, ...; undefined when it is too long. */
export function encodeRetained(retained: Retained, generation: number): Buffer | undefined {
    const cbor = new CborWriter(Buffer.alloc(RETAINED_BYTES_MAX))
    const { faults, counts, sums, energy, alarms } = retained
    cbor.integer(FORMAT)
    cbor.integer(generation)
    cbor.integer(retained.program)
    cbor.integer(retained.nextAlarm)
    cbor.integer(retained.flashWrites)
    cbor.integer(retained.samples)
    cbor.integer(retained.gaps)
    cbor.integer(retained.dueMs)
    cbor.integer(retained.leadMs)
    cbor.integer(retained.summaryDueMs)
    cbor.integer(retained.failures)
    cbor.integer(retained.retryMs)
    cbor.integer(retained.epochMs)
    cbor.integer(retained.sleptMs)
    cbor.integer(retained.pacePpm)
    cbor.integer(retained.toldVerdict)
    cbor.integer(retained.heldVerdict)
    cbor.integer(retained.nextVerdict)
    cbor.integer(retained.nextRounds)
    writeList(cbor, faults)
    writeList(cbor, counts)
    const bits = Buffer.alloc(sums.length * SUM_BYTES)
    for (let i = 0; i < sums.length; ++i) bits.setAt(i * SUM_BYTES, "f64", sums[i])
    cbor.byteString(bits)
    cbor.byteString(energy)
    cbor.array(alarms.length)
    for (const alarm of alarms) cbor.byteString(alarm)
    return cbor.fits() ? cbor.bytes.slice(0, cbor.length) : undefined
}

/** Undefined for anything that `encodeRetained` does not make. */
export function decodeRetained(
    bytes: Buffer
): { generation: number; retained: Retained } | undefined {
    const cbor = new CborReader(bytes)
    if (cbor.unsigned() !== FORMAT) return undefined
    const generation = cbor.unsigned()
    // An object literal's values are taken in its order.
    const retained: Retained = {
        program: cbor.unsigned(),
        nextAlarm: cbor.unsigned(),
        flashWrites: cbor.unsigned(),
        samples: cbor.unsigned(),
        gaps: cbor.unsigned(),
        dueMs: cbor.unsigned(),
        leadMs: cbor.unsigned(),
        summaryDueMs: cbor.unsigned(),
        failures: cbor.unsigned(),
        retryMs: cbor.unsigned(),
        epochMs: cbor.unsigned(),
        sleptMs: cbor.unsigned(),
        pacePpm: cbor.unsigned(),
        toldVerdict: cbor.unsigned(),
        heldVerdict: cbor.unsigned(),
        nextVerdict: cbor.unsigned(),
        nextRounds: cbor.unsigned(),
        faults: readList(cbor),
        counts: readList(cbor),
        sums: [],
        energy: undefined,
        alarms: [],
    }
    const bits = cbor.byteString(LIST_MAX * SUM_BYTES)
    for (let at = 0; at + SUM_BYTES <= bits.length; at += SUM_BYTES)
        retained.sums.push(bits.getAt(at, "f64"))
    retained.energy = cbor.byteString(ENERGY_BYTES_MAX)
    const alarms = Math.min(cbor.array(), LIST_MAX)
    for (let i = 0; i < alarms; ++i) retained.alarms.push(cbor.byteString(ALARM_BYTES_MAX))
    if (!cbor.isDone() || retained.sums.length !== retained.counts.length) return undefined
    return { generation, retained }
}

function writeList(cbor: CborWriter, numbers: number[]): void {
    cbor.array(numbers.length)
    for (const value of numbers) cbor.integer(value)
}

function readList(cbor: CborReader): number[] {
    const numbers: number[] = []
    const length = Math.min(cbor.array(), LIST_MAX)
    for (let i = 0; i < length; ++i) numbers.push(cbor.unsigned())
    return numbers
}

export class RetainedLog {
    private generation = 0

    constructor(private readonly store: Store) {}

    /** What was kept last; undefined when nothing was. To be called once, before `keep`. */
    async restore(): Promise<Retained | undefined> {
        let newest: Retained
        let isHole = false
        for (const key of KEYS) {
            const bytes = await this.store.read(key)
            if (bytes === undefined) isHole = true
            const found = bytes === undefined ? undefined : decodeRetained(bytes)
            if (found !== undefined && found.generation >= this.generation) {
                newest = found.retained
                this.generation = found.generation + 1
            }
        }
        // Until both were written there is a hole that nobody tore; to fill it costs no more than one byte once.
        if (newest !== undefined && isHole) await this.store.write(this.key(), hex`ff`)
        return newest
    }

    /** Writes over what was kept before the last, in 20 ms; the oldest alarms make room. False when it cannot be read back. */
    async keep(retained: Retained): Promise<boolean> {
        const { alarms } = retained
        let bytes = encodeRetained(retained, this.generation)
        while (bytes === undefined && alarms.length > 1) {
            alarms.shift()
            bytes = encodeRetained(retained, this.generation)
        }
        if (bytes === undefined) return false
        const key = this.key()
        this.generation++
        return await this.store.write(key, bytes)
    }

    private key(): string {
        return KEYS[this.generation % KEYS.length]
    }
}
