/** The parts on a simulated node's bus: one of each we have. A part whose world says nothing of it does not answer. */
import type { Clock } from "./clock"
import { SimBh1750 } from "./parts/bh1750"
import type { Environment, Part, PartClock } from "./parts/part"
import { SimScd4x } from "./parts/scd4x"
import { SimSht4x } from "./parts/sht4x"

type PartMaker = new (clock: PartClock, environment: Environment) => Part

const PARTS: Record<string, PartMaker> = { sht4x: SimSht4x, scd4x: SimScd4x, bh1750: SimBh1750 }

/** What faults may call them. */
export const PART_NAMES = Object.keys(PARTS)

export function partsOf(clock: Clock, environment: Environment): Map<string, Part> {
    const partClock = { millis: () => clock.nowMs() }
    return new Map(
        Object.entries(PARTS).map(([name, Maker]) => [name, new Maker(partClock, environment)])
    )
}
