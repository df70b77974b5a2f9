/**
 * Reports from when they are written until the broker has acknowledged them, in two classes: alarms, in the order they were raised,
 * before everything; routine reports, the newest first, in RAM and bounded. The oldest routine report makes room for the newest, and
 * its sequence number is told.
 */
import { SequenceRanges } from "./ranges"

/** A report on its way. */
export interface Outgoing {
    sequence: number
    bytes: Buffer
    /** The alarm's number in the alarm log; -1 for a routine report. */
    alarm: number
    /** Of an earlier boot, whose sequence numbers are its own. */
    retold: boolean
}

export const ROUTINE = -1

export class Outbox {
    /** Sequence numbers of this boot that were dropped to make room. */
    readonly lost = new SequenceRanges()
    private readonly alarms: Outgoing[] = []
    private readonly routine: Outgoing[] = []

    constructor(
        private readonly routineCapacity: number,
        private readonly alarmCapacity: number
    ) {}

    /** Reports that wait. */
    count(): number {
        return this.alarms.length + this.routine.length
    }

    /** The oldest alarm makes room when there are more than the alarm log holds. */
    pushAlarm(outgoing: Outgoing): void {
        if (this.alarms.length >= this.alarmCapacity) {
            const oldest = this.alarms.shift()
            if (!oldest.retold) this.lost.add(oldest.sequence)
        }
        this.alarms.push(outgoing)
    }

    pushRoutine(sequence: number, bytes: Buffer): void {
        if (this.routine.length >= this.routineCapacity)
            this.lost.add(this.routine.shift().sequence)
        this.routine.push({ sequence, bytes, alarm: ROUTINE, retold: false })
    }

    /** What goes next, taken out; undefined when nothing waits. */
    take(): Outgoing | undefined {
        const alarm = this.alarms.shift()
        return alarm !== undefined ? alarm : this.routine.pop()
    }
}
