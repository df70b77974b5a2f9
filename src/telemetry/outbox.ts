/**
 * Reports from when they are written until the broker has acknowledged them, in two classes: alarms, in the order they were raised,
 * before everything; routine reports, the newest first, in RAM and bounded. The oldest routine report makes room for the newest, and
 * its sequence number is told.
 */
import { SequenceRanges } from "./ranges"

/** How a report waits. */
export enum Form {
    Report,
    /** An alarm as flash keeps it (alarm.ts): its report is written when it goes. */
    Kept,
    /** The same, of an earlier boot, whose sequence numbers are its own. */
    KeptBefore,
}

/** A report on its way. */
export interface Outgoing {
    sequence: number
    form: Form
    bytes: Buffer
    /** The alarm's number in the alarm log; -1 for a routine report. */
    alarm: number
}

export const ROUTINE = -1

/** Behind the bytes of what waits: sequence, alarm, form. As objects, 64 reports were a sixth of an ESP32-S2's heap more. */
const SEQUENCE_AT = 0
const ALARM_AT = 4
const FORM_AT = 8
const LABEL_BYTES = 9

export class Outbox {
    /** Sequence numbers of this boot that were dropped to make room. */
    readonly lost = new SequenceRanges()
    private readonly alarms: Buffer[] = []
    private readonly routine: Buffer[] = []

    constructor(
        private readonly routineCapacity: number,
        private readonly alarmCapacity: number
    ) {}

    /** Reports that wait. */
    count(): number {
        return this.alarms.length + this.routine.length
    }

    /** The oldest alarm makes room when there are more than the alarm log holds. */
    pushAlarm(sequence: number, form: Form, bytes: Buffer, alarm: number): void {
        if (this.alarms.length >= this.alarmCapacity) {
            const oldest = unlabelled(this.alarms.shift())
            if (oldest.form !== Form.KeptBefore) this.lost.add(oldest.sequence)
        }
        this.alarms.push(labelled(sequence, form, bytes, alarm))
    }

    pushRoutine(sequence: number, bytes: Buffer): void {
        if (this.routine.length >= this.routineCapacity)
            this.lost.add(unlabelled(this.routine.shift()).sequence)
        this.routine.push(labelled(sequence, Form.Report, bytes, ROUTINE))
    }

    /** What goes next, taken out; undefined when nothing waits. */
    take(): Outgoing | undefined {
        let next = this.alarms.shift()
        if (next === undefined) next = this.routine.pop()
        return next !== undefined ? unlabelled(next) : undefined
    }
}

function labelled(sequence: number, form: Form, bytes: Buffer, alarm: number): Buffer {
    const at = bytes.length
    const kept = Buffer.alloc(at + LABEL_BYTES)
    kept.blitAt(0, bytes, 0, at)
    kept.setAt(at + SEQUENCE_AT, "u32", sequence)
    kept.setAt(at + ALARM_AT, "i32", alarm)
    kept[at + FORM_AT] = form
    return kept
}

function unlabelled(kept: Buffer): Outgoing {
    const at = kept.length - LABEL_BYTES
    return {
        sequence: kept.getAt(at + SEQUENCE_AT, "u32"),
        form: kept[at + FORM_AT],
        bytes: kept.slice(0, at),
        alarm: kept.getAt(at + ALARM_AT, "i32"),
    }
}
