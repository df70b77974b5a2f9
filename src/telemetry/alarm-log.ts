/**
 * The alarms that wait for their acknowledgement, in flash: a ring of slots.
 *
 * One write an alarm, for each write is a risk: that alarms before it were acknowledged is written with the next one. A reboot in
 * between sends the last again, with the (boot, sequence) it had, so the far end knows it; only then, once all that was found at boot
 * is acknowledged, is the last written anew as acknowledged, lest every boot sends it. Nothing is written at boot.
 */
import { Alarm, AlarmKeeper, decodeAlarm, encodeAlarm } from "./alarm"
import { Store } from "./store"

/** Two characters a key: `a0` .. `aV`. */
const SLOT_DIGITS = "0123456789ABCDEFGHIJKLMNOPQRSTUV"
export const ALARM_SLOTS = SLOT_DIGITS.length
/**
 * So many alarms have not filled the smallest store, so the runtime has not compacted it yet. Of its 8,168 B settings take 300, a key of
 * LMS 1,056 when it is made (entry and value: 24 + 56, four of 24 + 200, two of 24 + 16), and 32 alarms 2,048 (of 24 + 40 at most). That
 * leaves 4,700 for enrolments, of 288 each (a signature's state, 40, and a credential, 24 + 224): 16 of them, more than a year's. It is
 * as low as it can be: with fewer alarms than slots, the next slot is empty as a rule.
 */
const SAFE_ALARMS = ALARM_SLOTS

export class AlarmLog implements AlarmKeeper {
    /** Alarms overwritten before they were acknowledged: more than the ring holds were waiting. */
    overwritten = 0
    /** Alarms that are in RAM only: the store is torn, full, or worn. */
    unwritten = 0
    /** The store has held an alarm before: it is not a new one. */
    kept = false
    /**
     * Power failed in the last bytes of a write, and the runtime would crash on what is there when it next compacts the store. It is
     * not written to any more; what it holds is still told. Provisioning the node anew mends it.
     */
    torn = false
    private next = 0
    /** In their order. */
    private readonly waiting: number[] = []
    /** The last alarm found at boot, while the flash does not know that it is acknowledged. */
    private unmarked: Alarm

    constructor(private readonly store: Store) {}

    /** What the flash holds, oldest first: the last of each slot, acknowledged ones too. To be called once, before `keep`. */
    async restore(): Promise<Alarm[]> {
        const alarms: Alarm[] = []
        const empty: boolean[] = []
        for (let slot = 0; slot < ALARM_SLOTS; ++slot) {
            const bytes = await this.store.read(keyOf(slot))
            empty.push(bytes === undefined)
            const alarm = bytes === undefined ? undefined : decodeAlarm(bytes)
            if (alarm !== undefined && alarm.number % ALARM_SLOTS === slot)
                insertByNumber(alarms, alarm)
        }
        let firstWaiting = 0
        for (const alarm of alarms) {
            const first = alarm.number + 1 - alarm.waiting
            if (first > firstWaiting) firstWaiting = first
            if (alarm.number >= this.next) this.next = alarm.number + 1
        }
        for (const alarm of alarms)
            if (alarm.number >= firstWaiting) this.waiting.push(alarm.number)
        this.kept = alarms.length > 0
        if (this.waiting.length > 0) this.unmarked = alarms[alarms.length - 1]
        // The next slot should hold the alarm of a round ago. Empty, it is the write that power cut short.
        this.torn = this.next >= SAFE_ALARMS && empty[this.next % ALARM_SLOTS]
        return alarms
    }

    /** The alarm waits for its acknowledgement. */
    isWaiting(number: number): boolean {
        return this.waiting.includes(number)
    }

    /** Writes a new alarm, in 20 ms; its number. */
    async keep(alarm: Alarm): Promise<number> {
        alarm.number = this.next
        this.next++
        if (this.waiting.length === ALARM_SLOTS) {
            this.waiting.shift()
            this.overwritten++
        }
        this.waiting.push(alarm.number)
        alarm.waiting = alarm.number + 1 - this.waiting[0]
        this.unmarked = undefined
        await this.write(alarm)
        return alarm.number
    }

    /** The broker has it. */
    async acknowledge(number: number): Promise<void> {
        const index = this.waiting.indexOf(number)
        if (index < 0) return
        this.waiting.insert(index, -1)
        if (this.waiting.length > 0 || this.unmarked === undefined) return
        const last = this.unmarked
        this.unmarked = undefined
        last.waiting = 0
        await this.write(last)
    }

    private async write(alarm: Alarm): Promise<void> {
        const slot = keyOf(alarm.number % ALARM_SLOTS)
        if (this.torn || !(await this.store.write(slot, encodeAlarm(alarm)))) this.unwritten++
        else this.kept = true
    }
}

function keyOf(slot: number): string {
    return "a" + SLOT_DIGITS[slot]
}

function insertByNumber(alarms: Alarm[], alarm: Alarm): void {
    let at = alarms.length
    while (at > 0 && alarms[at - 1].number > alarm.number) at--
    alarms.insert(at, 1)
    alarms[at] = alarm
}
