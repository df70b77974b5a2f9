/** The alarms of a node that stands by, in the one value that it keeps: a ring of slots would be looked through at every wake. */
import { Alarm, AlarmKeeper, decodeAlarm, encodeAlarm } from "../telemetry/alarm"
import { AlarmLog } from "../telemetry/alarm-log"

export class RetainedAlarms implements AlarmKeeper {
    kept = false
    readonly torn = false
    /** The number of the next alarm: how many there were. */
    next = 0
    /** Oldest first. */
    readonly waiting: Alarm[] = []
    /** One was raised since the chip's start. */
    isAnyNew = false

    /** @param write of the value, with these alarms in it; false when it failed, and the alarm is in RAM only */
    constructor(private readonly write: () => Promise<boolean>) {}

    /** What was kept of them. */
    fill(alarms: Buffer[], next: number): void {
        this.next = next
        this.kept = next > 0
        for (const bytes of alarms) {
            const alarm = decodeAlarm(bytes)
            if (alarm !== undefined) this.waiting.push(alarm)
        }
    }

    /** Takes over what a program that stayed awake has left waiting in its slots. */
    async fillFrom(log: AlarmLog): Promise<void> {
        const alarms = await log.restore()
        this.kept = log.kept
        for (const alarm of alarms)
            if (log.isWaiting(alarm.number)) {
                alarm.number = this.next
                this.next++
                this.waiting.push(alarm)
            }
    }

    encoded(): Buffer[] {
        return this.waiting.map(encodeAlarm)
    }

    async restore(): Promise<Alarm[]> {
        return this.waiting
    }

    isWaiting(number: number): boolean {
        return this.waiting.some(alarm => alarm.number === number)
    }

    async keep(alarm: Alarm): Promise<number> {
        alarm.number = this.next
        this.next++
        this.isAnyNew = true
        this.waiting.push(alarm)
        if (await this.write()) this.kept = true
        return alarm.number
    }

    /** In flash with the next write: until then a reboot tells it once more. */
    async acknowledge(number: number): Promise<void> {
        const index = this.waiting.findIndex(alarm => alarm.number === number)
        if (index >= 0) this.waiting.insert(index, -1)
    }
}
