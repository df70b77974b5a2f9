/** The parts on a simulated node's bus. A part whose world says nothing of what it measures does not answer. */
import type { Clock } from "./clock"
import { SimBh1750 } from "./parts/bh1750"
import type { Environment, Part, PartClock } from "./parts/part"
import { SimScd4x } from "./parts/scd4x"
import { SimSht4x } from "./parts/sht4x"

type PartMaker = new (clock: PartClock, environment: Environment, address?: number) => Part

/** A part of ours and where it sits; at its default address when none is given. */
export interface Seat {
    part: string
    address?: number
}

const PARTS: Record<string, PartMaker> = {
    bh1750: SimBh1750,
    scd4x: SimScd4x,
    sht4x: SimSht4x,
}

/** Every part there is; what faults may call them. */
export const PART_NAMES = Object.keys(PARTS)

/** What the room app is wired to. */
export const ROOM_SEATS: Seat[] = [{ part: "sht4x" }, { part: "scd4x" }, { part: "bh1750" }]

/** By name; the second of a kind is called by its address too. A seat whose part we have no model of stays empty. */
export function partsOf(seats: Seat[], clock: Clock, environment: Environment): Map<string, Part> {
    const partClock = { millis: () => clock.nowMs() }
    const parts = new Map<string, Part>()
    for (const { part: name, address } of seats) {
        const Maker = PARTS[name] as PartMaker | undefined
        if (Maker === undefined) continue
        const part = new Maker(partClock, environment, address)
        parts.set(parts.has(name) ? `${name}@0x${part.address.toString(16)}` : name, part)
    }
    return parts
}
