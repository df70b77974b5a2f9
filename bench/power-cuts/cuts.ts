/**
 * Power fails at every byte of every flash write of an alarm's life, and the node boots from what the flash then holds.
 *
 * An alarm is a change of verdict: the light goes on. It is one write; after a reboot, the mark of its acknowledgement is another; now
 * and then one of them makes the runtime compact the store first. What may come of a cut: the far end is told (by the alarm itself,
 * before or after the reboot, or by the new boot, which finds that its verdict is not the one it had told last); or the stock runtime
 * formats the store. And whatever came, the node goes on to tell the alarms after it.
 */
import { compile } from "../../image/compile"
import { changedBytes, tornImage } from "../../sim/flash-faults"
import type { Report } from "../../fleet/open"
import { provision } from "../../sim/provision"
import { Desk, type Save } from "./desk"

const PROGRAM = "bench/programs/soak.ts"
const SAMPLE_MS = 20_000
/** From power-on to the first reports. */
const BOOT_MS = 15_000
/** Bytes changed by a write that made the store compact are more than any alarm's. */
const COMPACTION_BYTES = 200

type Outcome = "delivered" | "toldByNextBoot" | "formatted" | "lost" | "crashed"

export interface Outcomes {
    /** What was written. */
    write: string
    /** Positions at which power was cut: 0 bytes written to all of them. */
    cuts: number
    /** The alarm itself was heard, with its own boot and sequence. */
    delivered: number
    /** The alarm was not whole, and the next boot told of the change. */
    toldByNextBoot: number
    formatted: number
    /** Anything else: there must be none. */
    lost: number
    crashed: number
}

export interface CutOptions {
    /** Of a compaction, whose thousands of bytes are mostly erased ones, cut at every so manyth byte; 1 for all. */
    compactionStride: number
    onCut?: (done: number, all: number) => void
}

/** The outcomes by write. */
export async function measurePowerCuts({
    compactionStride,
    onCut = () => {},
}: CutOptions): Promise<Outcomes[]> {
    const { bytes } = await compile(PROGRAM)
    const flash = provision(bytes, { BROKER: "mqtt://desk" })
    const writes = [...inAnEmptyStore(flash), ...aroundACompaction(flash)]
    const plans = writes.map(write => ({ write, cuts: cutsOf(write.save, compactionStride) }))
    const all = plans.reduce((sum, { cuts }) => sum + cuts.length, 0)
    let done = 0
    return plans.map(({ write, cuts }) => cutAt(write, cuts, () => onCut(++done, all)))
}

interface Write {
    name: string
    save: Save
    /** The alarm, as the far end would know it. */
    boot: string
    sequence: number
    /** What it told of. */
    isLightOn: boolean
    /** It was heard before this write began. */
    heardBefore: boolean
}

/** The light goes on and off until the store has told both verdicts, then on; then a reboot, for the mark. */
function inAnEmptyStore(flash: Uint8Array): Write[] {
    const desk = started(flash, "first")
    flick(desk)
    flick(desk)
    const [alarm] = writesOf(desk, "alarm")
    const rebooted = started(desk.flash, "rebooted")
    return [alarm, { ...alarm, name: "mark", save: rebooted.saves[0], heardBefore: true }]
}

/** As often as it takes until a write makes the runtime compact: the alarm before, that one's writes, and the alarm after it. */
function aroundACompaction(flash: Uint8Array): Write[] {
    const desk = started(flash, "first")
    let before: Write[] = []
    for (;;) {
        const writes = writesOf(desk, "alarm")
        const isCompacting = writes.length > 1
        if (isCompacting) {
            const [compaction, alarm] = writes
            const after = writesOf(desk, "alarm after a compaction")
            return [
                { ...before[0], name: "alarm before a compaction" },
                { ...compaction, name: "compaction" },
                { ...alarm, name: "alarm of a compaction" },
                ...after,
            ]
        }
        before = writes
    }
}

function started(flash: Uint8Array, boot: string): Desk {
    const desk = new Desk(flash, boot)
    desk.start()
    desk.run(BOOT_MS)
    return desk
}

/** Switches the light, and waits until the node has seen it. */
function flick(desk: Desk): void {
    desk.isLightOn = !desk.isLightOn
    desk.run(SAMPLE_MS + 1000)
}

/** Switches the light; the writes of the alarm that follows. */
function writesOf(desk: Desk, name: string): Write[] {
    const savesBefore = desk.saves.length
    const heardBefore = desk.heard.length
    flick(desk)
    const alarm = desk.heard.slice(heardBefore).find(isOf(desk.isLightOn))
    if (alarm === undefined) throw new Error("the desk heard no alarm")
    const { boot, sequence } = alarm
    return desk.saves.slice(savesBefore).map(save => ({
        name,
        save,
        boot,
        sequence,
        isLightOn: desk.isLightOn,
        heardBefore: save.heard > heardBefore,
    }))
}

function isOf(isLightOn: boolean): (report: Report) => boolean {
    const verdict = isLightOn ? "occupied" : "vacant"
    return report => report.records.some(({ value }) => value === verdict)
}

/** Bytes written before the power fails. */
function cutsOf({ before, after }: Save, compactionStride: number): number[] {
    const bytes = changedBytes(before, after)
    const stride = bytes > COMPACTION_BYTES ? compactionStride : 1
    const cuts: number[] = []
    for (let written = 0; written < bytes; written += stride) cuts.push(written)
    return [...cuts, bytes]
}

function cutAt(write: Write, cuts: number[], onCut: () => void): Outcomes {
    const { before, after } = write.save
    const outcomes = { delivered: 0, toldByNextBoot: 0, formatted: 0, lost: 0, crashed: 0 }
    for (const written of cuts) {
        outcomes[outcomeOf(write, tornImage(before, after, written))]++
        onCut()
    }
    return { write: write.name, cuts: cuts.length, ...outcomes }
}

function outcomeOf(write: Write, flash: Uint8Array): Outcome {
    const { boot, sequence, isLightOn, heardBefore } = write
    const desk = new Desk(flash, "second")
    desk.isLightOn = isLightOn
    desk.start()
    if (desk.isFormatted) return "formatted"
    const isAlarm = () => desk.heard.some(r => r.boot === boot && r.sequence === sequence)
    desk.run(BOOT_MS)
    if (desk.crash !== undefined) return "crashed"
    const isTold = desk.heard.some(isOf(isLightOn))
    const before = desk.heard.length
    flick(desk)
    flick(desk)
    if (desk.crash !== undefined) return "crashed"
    const goesOn = desk.heard.slice(before).some(isOf(!isLightOn))
    if (!goesOn) return "lost"
    if (heardBefore || isAlarm()) return "delivered"
    return isTold ? "toldByNextBoot" : "lost"
}
