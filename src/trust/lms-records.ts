/**
 * What an LMS identity keeps in the store: the key and its leaves, in one of two places, and how much of it is used, in two slots.
 *
 * Each record ends with four bytes of a hash over it and its name, so what is torn, of an older key, or in another's place is none.
 */
import { putU32, u32At } from "./big-endian"
import { sha256 } from "./lm-ots"
import { LmsKey } from "./lms-key"
import { IDENTIFIER_BYTES, lmsParameters } from "./lms-parameters"

const CHECK_BYTES = 4
/** A value of the store holds 222 bytes, a record of leaves 192 and its check. */
const LEAVES_BYTES_MAX = 192
const STATE_BYTES = 9
const KEY_HEAD_BYTES = 6

/** Which key signs, and how many of its one-time keys are used: the state with the higher counter holds. */
export interface UseState {
    counter: number
    generation: number
    used: number
}

/** States go to the two slots in turn, so the last one is still there when power fails while the next is written. */
export function stateName(counter: number): string {
    return "i" + "01"[counter & 1]
}

/** Generations go to the two places in turn: a key is made while the one before it signs. */
export function keyName(generation: number): string {
    return "k" + "01"[generation & 1]
}

export function leavesName(generation: number, chunk: number): string {
    return keyName(generation) + "012345"[chunk]
}

export function encodeState(state: UseState): Buffer {
    const record = Buffer.alloc(STATE_BYTES + CHECK_BYTES)
    putU32(record, 0, state.counter)
    putU32(record, 4, state.generation)
    record[8] = state.used
    return checked(record, stateName(state.counter))
}

/** Undefined when there is none, or it is not whole. @param slot 0 or 1 */
export function decodeState(record: Buffer, slot: number): UseState {
    if (!isWhole(record, stateName(slot), STATE_BYTES)) return undefined
    return { counter: u32At(record, 0), generation: u32At(record, 4), used: record[8] }
}

/** [LMS type, LM-OTS type, generation 4, I, seed] */
export function encodeKey(key: LmsKey, generation: number): Buffer {
    const { lmsType, otsType, hashBytes } = key.parameters
    const record = Buffer.alloc(KEY_HEAD_BYTES + IDENTIFIER_BYTES + hashBytes + CHECK_BYTES)
    record[0] = lmsType
    record[1] = otsType
    putU32(record, 2, generation)
    record.blitAt(KEY_HEAD_BYTES, key.identifier, 0, IDENTIFIER_BYTES)
    record.blitAt(KEY_HEAD_BYTES + IDENTIFIER_BYTES, key.seed, 0, hashBytes)
    return checked(record, keyName(generation))
}

/** The key, still without leaves; undefined when there is none, it is not whole, or of another generation. */
export function decodeKey(record: Buffer, generation: number): LmsKey {
    if (record === undefined || record.length < 2) return undefined
    const parameters = lmsParameters(record[0], record[1])
    if (parameters === undefined) return undefined
    const seedAt = KEY_HEAD_BYTES + IDENTIFIER_BYTES
    if (!isWhole(record, keyName(generation), seedAt + parameters.hashBytes)) return undefined
    if (u32At(record, 2) !== generation) return undefined
    return new LmsKey(
        parameters,
        record.slice(seedAt, seedAt + parameters.hashBytes),
        record.slice(KEY_HEAD_BYTES, seedAt)
    )
}

export function leavesPerChunk(key: LmsKey): number {
    return Math.idiv(LEAVES_BYTES_MAX, key.parameters.hashBytes)
}

/** @param from the first leaf of the chunk @param count of its leaves */
export function encodeLeaves(key: LmsKey, from: number, count: number): Buffer {
    const { hashBytes } = key.parameters
    const record = Buffer.alloc(count * hashBytes + CHECK_BYTES)
    record.blitAt(0, key.leaves, from * hashBytes, count * hashBytes)
    return checked(record, leavesContext(key, from))
}

/** Puts the leaves of a record into the key. False when they are not whole, or another key's. */
export function restoreLeaves(key: LmsKey, from: number, count: number, record: Buffer): boolean {
    const { hashBytes } = key.parameters
    if (!isWhole(record, leavesContext(key, from), count * hashBytes)) return false
    key.leaves.blitAt(from * hashBytes, record, 0, count * hashBytes)
    return true
}

function leavesContext(key: LmsKey, from: number): string {
    return key.identifier.toString("hex") + from
}

function checked(record: Buffer, context: string): Buffer {
    const bodyBytes = record.length - CHECK_BYTES
    record.blitAt(bodyBytes, checkOf(record, bodyBytes, context), 0, CHECK_BYTES)
    return record
}

function isWhole(record: Buffer, context: string, bodyBytes: number): boolean {
    if (record === undefined || record.length !== bodyBytes + CHECK_BYTES) return false
    const check = checkOf(record, bodyBytes, context).slice(0, CHECK_BYTES)
    return check.toString("hex") === record.slice(bodyBytes).toString("hex")
}

function checkOf(record: Buffer, bodyBytes: number, context: string): Buffer {
    return sha256([Buffer.from(context), record.slice(0, bodyBytes)])
}
