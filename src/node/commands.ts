/** What is said beside telemetry, read and written (contract/commands.ts): a map of one pair. The time has a form of its own, in WallClock. */
import { CborWriter } from "../telemetry/cbor"
import { CborReader } from "../telemetry/cbor-reader"
import { COMMAND_ROLLOVER } from "../telemetry/contract/commands"

export interface Command {
    name: string
    value: number
}

/** No name is longer. */
const NAME_BYTES_MAX = 8
/** Map, name, and the head of what stands beside it. */
const EXTRA_BYTES = 1 + 1 + NAME_BYTES_MAX + 9

/** Undefined for what is no name and a number. */
export function parseCommand(bytes: Buffer): Command | undefined {
    const reader = new CborReader(bytes)
    if (reader.map() !== 1) return undefined
    const name = reader.text(NAME_BYTES_MAX)
    const value = reader.unsigned()
    return reader.isDone() ? { name, value } : undefined
}

/** The answer to a command: its name again, and a number. */
export function encodeAnswer(name: string, value: number): Buffer {
    const writer = begun(name, 0)
    writer.integer(value)
    return writer.bytes.slice(0, writer.length)
}

/** @param rollover as contract/rollover.ts has it */
export function encodeRollover(rollover: Buffer): Buffer {
    const writer = begun(COMMAND_ROLLOVER, rollover.length)
    writer.byteString(rollover)
    return writer.bytes.slice(0, writer.length)
}

function begun(name: string, valueBytes: number): CborWriter {
    const writer = new CborWriter(Buffer.alloc(EXTRA_BYTES + valueBytes))
    writer.map(1)
    writer.text(name)
    return writer
}
