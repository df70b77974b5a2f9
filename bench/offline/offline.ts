/** A node without its broker, at one sample a second: what its heap does, and what it tells first when the broker is back. */
import { compile } from "../../image/compile"
import { Rehearsal } from "../../rehearsal/rehearsal"
import { PART_NAMES } from "../../sim/breadboard"
import { parseFaults } from "../../sim/faults"
import type { Conditions } from "../../sim/parts/part"
import type { World } from "../../sim/worlds/world"

const PROGRAM = "bench/programs/every-second.ts"
const BEFORE_SECONDS = 120
const AFTER_SECONDS = 700

export interface OfflineResult {
    hours: number
    /** The most that the heap held in the first and in the last hour without a broker, garbage included. */
    heapBytesFirstHour: number
    heapBytesLastHour: number
    heapBytesByHour: number[]
    /** What came after, in its order. */
    told: { sequence: number; isAlarm: boolean }[]
    dropped: number
    unaccounted: number
    panics: number
}

/** The light goes on and off every three hours: alarms, but fewer than the log holds. */
class SlowWorld implements World {
    readonly name = "slow"
    readonly rowMs = 60_000
    readonly rows = undefined
    conditionsAt = (_place: number, timeMs: number): Conditions => ({
        illuminanceLuxes: this.isOn(timeMs) ? 500 : 0,
    })
    truthAt = (_place: number, row: number) => (this.isOn(row * this.rowMs) ? "occupied" : "vacant")
    private isOn = (timeMs: number) => Math.floor(timeMs / 10_800_000 + 0.9) % 2 === 1
}

export async function offline(
    hours: number,
    onProgress: (share: number) => void = () => {}
): Promise<OfflineResult> {
    const { bytes } = await compile(PROGRAM)
    const outageSeconds = hours * 3600
    const seconds = BEFORE_SECONDS + outageSeconds + AFTER_SECONDS
    const backSeconds = BEFORE_SECONDS + outageSeconds
    const told: OfflineResult["told"] = []
    const heapBytesByHour = new Array<number>(hours).fill(0)
    const rehearsal = await Rehearsal.create({
        image: bytes,
        nodes: 1,
        world: new SlowWorld(),
        seed: 1,
        virtual: true,
        speed: 1,
        seconds,
        faults: parseFaults(`brokerKill:from=${BEFORE_SECONDS}s,for=${outageSeconds}s`, PART_NAMES),
        exact: false,
        print: () => {},
        onHeard: (_id, { sequence, verdict }) => {
            // A raw report carries no verdict; a change of it does.
            if (rehearsal.virtualSeconds() > backSeconds)
                told.push({ sequence, isAlarm: verdict !== undefined })
        },
        onProgress: second => {
            onProgress(second / seconds)
            const hour = Math.floor((second - BEFORE_SECONDS) / 3600)
            if (hour >= 0 && hour < hours)
                heapBytesByHour[hour] = Math.max(heapBytesByHour[hour], rehearsal.heapUsedBytes())
        },
    })
    await rehearsal.run()
    const result: OfflineResult = {
        hours,
        heapBytesFirstHour: heapBytesByHour[0],
        heapBytesLastHour: heapBytesByHour[hours - 1],
        heapBytesByHour,
        told,
        dropped: rehearsal.result().lost,
        unaccounted: rehearsal.unaccounted(),
        panics: rehearsal.panics().length,
    }
    await rehearsal.close()
    return result
}
