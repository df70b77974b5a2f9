/** A simulated node, and what its program printed: for tests of programs that speak to the console and to no broker. */
import { compile } from "../../image/compile"
import { Clock } from "../../sim/clock"
import { parseFaults } from "../../sim/faults"
import { Flash } from "../../sim/flash"
import { I2cBus } from "../../sim/i2c"
import { JacdacBus } from "../../sim/jacdac-bus"
import type { Network } from "../../sim/network"
import { SimNode } from "../../sim/node"
import type { Conditions, Environment, Part, PartClock } from "../../sim/parts/part"
import { provision } from "../../sim/provision"
import { RandomStream } from "../../sim/random"

export type PartMaker = new (clock: PartClock, environment: Environment) => Part

const network: Network = {
    connect: () => ({ write: () => {}, end: () => {}, abandon: () => {} }),
}

/** A clock with a Jacdac bus on it. */
export class Desk {
    readonly clock = new Clock()
    readonly jacdac = new JacdacBus(this.clock)

    runTo(ms: number): void {
        while (this.clock.step(ms));
    }
}

export interface ConsoleNode {
    node: SimNode
    /** What its program printed, and when. */
    lines: { atMs: number; text: string }[]
    /** What its parts feel, for a test to change. */
    conditions: Conditions
}

/** A node that is on from now on. @param id 16 hex digits @param faults of its bus, whose only part is `part` */
export async function consoleNode(
    desk: Desk,
    id: string,
    program: string,
    conditions: Conditions = {},
    Maker?: PartMaker,
    faults = ""
): Promise<ConsoleNode> {
    const { clock, jacdac } = desk
    const { bytes } = await compile(program)
    const made: ConsoleNode["lines"] = []
    const parts = new Map<string, Part>()
    if (Maker !== undefined)
        parts.set("part", new Maker({ millis: () => clock.nowMs() }, () => conditions))
    const bus = new I2cBus(parts, parseFaults(faults, ["part"]), clock, new RandomStream(id))
    const node = new SimNode({
        id,
        seed: 1,
        clock,
        network,
        flash: new Flash(provision(bytes, {})),
        bus,
        exact: false,
        onJacdacFrame: frame => jacdac.send(id, frame),
        print: line => {
            // Those of the runtime's own have no mark of a level.
            if (/^[>?*!#] /.test(line)) made.push({ atMs: clock.nowMs(), text: line.slice(2) })
        },
    })
    jacdac.join(node)
    node.start()
    return { node, lines: made, conditions }
}
