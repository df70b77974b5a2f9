/** The clock of the board: what the drivers wait by outside of tests. */
import * as ds from "@devicescript/core"
import { Clock } from "../drivers/sensor"

/** `delay` suspends the calling fiber alone; the others go on. Whole milliseconds. */
export class DeviceClock implements Clock {
    /** Stands still between two waits: the VM takes the time when it resumes a fiber. */
    millis(): number {
        return ds.millis()
    }

    /** At least `ms`, at most about 2 ms more, if no other fiber is in the way. */
    async delay(ms: number): Promise<void> {
        // `ds.sleep` counts from when this fiber was last resumed, not from now: after 1.4 ms of computing, sleep(2) was measured
        // to take 0.9 ms, and a part is read too early. A sleep(0) takes the time anew; the 1 is for the millisecond begun.
        await ds.sleep(0)
        await ds.sleep(ms + 1)
    }
}

export const deviceClock: Clock = new DeviceClock()
