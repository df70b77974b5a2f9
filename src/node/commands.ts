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
const ANSWER_BYTES_MAX = 1 + 1 + NAME_BYTES_MAX + 9
/** Map, "rollover", and the head of a string of 256 bytes or more. */
const ROLLOVER_EXTRA_BYTES = 1 + 9 + 3

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
    const writer = new CborWriter(Buffer.alloc(ANSWER_BYTES_MAX))
    writer.map(1)
    writer.text(name)
    writer.integer(value)
    return writer.bytes.slice(0, writer.length)
}

/** @param rollover as contract/rollover.ts has it; as long as an LMS signature, and so not copied once more */
export function encodeRollover(rollover: Buffer): Buffer {
    const writer = new CborWriter(Buffer.alloc(ROLLOVER_EXTRA_BYTES + rollover.length))
    writer.map(1)
    writer.text(COMMAND_ROLLOVER)
    writer.byteString(rollover)
    return writer.bytes
}
