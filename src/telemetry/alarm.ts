/**
 * An alarm as it is kept in flash: so few bytes as can be, for every byte that is written is one more moment in which a power cut
 * makes the stock runtime format the store. The rich report goes out from RAM; this is what is left of it after a reboot.
 *
 * `[program, boot 8, number varint, waiting varint, sequence varint, uptime in s varint, events ...]`, 14 to 17 B as a rule, 36 at
 * most. Varints are LEB128: seven bits a byte, the lowest first.
 */

/** One thing that changed, in a byte: whose it is in the high nibble (0 the verdict, 1.. the parts), what it became in the low. */
export type AlarmEvent = number

export const EVENTS_MAX = 7
/** The low nibble of a verdict that is `unknown`. */
export const VERDICT_UNKNOWN_CODE = 15

export interface Alarm {
    /** Which program's classes and parts the events speak of: a hash of them. */
    program: number
    /** 8 bytes. */
    boot: Buffer
    /** Of all alarms this store has held; grows for ever. */
    number: number
    /** Alarms up to this one, itself counted, that were not acknowledged when it was written; 0: none, and it neither. */
    waiting: number
    /** Of the report, within its boot. */
    sequence: number
    uptimeSeconds: number
    events: AlarmEvent[]
}

/** Where alarms are from before they are sent until they are acknowledged. */
export interface AlarmKeeper {
    /** It has held an alarm before. */
    readonly kept: boolean
    /** It takes no more: see AlarmLog. */
    readonly torn: boolean
    /** What it holds, oldest first. To be called once, before `keep`. */
    restore(): Promise<Alarm[]>
    isWaiting(number: number): boolean
    /** The alarm's number. */
    keep(alarm: Alarm): Promise<number>
    acknowledge(number: number): Promise<void>
}

const HEADER_BYTES = 9
/** number, waiting, sequence, uptime */
const NUMBERS = 4
const VARINT_BYTES_MAX = 5

export function encodeAlarm(alarm: Alarm): Buffer {
    const bytes: number[] = [alarm.program]
    for (let i = 0; i < 8; ++i) bytes.push(alarm.boot[i])
    pushVarint(bytes, alarm.number)
    pushVarint(bytes, alarm.waiting)
    pushVarint(bytes, alarm.sequence)
    pushVarint(bytes, alarm.uptimeSeconds)
    for (const event of alarm.events) bytes.push(event)
    return Buffer.from(bytes)
}

/** Undefined for anything that `encodeAlarm` does not make. */
export function decodeAlarm(bytes: Buffer): Alarm | undefined {
    if (bytes.length < HEADER_BYTES + NUMBERS) return undefined
    const numbers: number[] = []
    let at = HEADER_BYTES
    for (let i = 0; i < NUMBERS; ++i) {
        let value = 0
        let scale = 1
        let length = 0
        let byte = 128
        while (byte > 127) {
            if (at >= bytes.length || length === VARINT_BYTES_MAX) return undefined
            byte = bytes[at]
            at++
            length++
            value += (byte & 127) * scale
            scale = scale * 128
        }
        numbers.push(value)
    }
    const events: AlarmEvent[] = []
    while (at < bytes.length) {
        events.push(bytes[at])
        at++
    }
    if (events.length === 0 || events.length > EVENTS_MAX) return undefined
    return {
        program: bytes[0],
        boot: bytes.slice(1, HEADER_BYTES),
        number: numbers[0],
        waiting: numbers[1],
        sequence: numbers[2],
        uptimeSeconds: numbers[3],
        events,
    }
}

/** 0..2^31-1 */
function pushVarint(bytes: number[], value: number): void {
    while (value > 127) {
        bytes.push((value & 127) | 128)
        value = value >> 7
    }
    bytes.push(value)
}
