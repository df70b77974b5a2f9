/** One program on a desk: the simulator without a broker of its own, for an example, a driver, or a first try. */
import { partsOf, type Seat } from "../sim/breadboard"
import { Clock } from "../sim/clock"
import type { Fault } from "../sim/faults"
import { Flash } from "../sim/flash"
import { I2cBus } from "../sim/i2c"
import { TcpNetwork } from "../sim/network"
import { SimNode } from "../sim/node"
import { runFast, runPaced } from "../sim/pace"
import type { Conditions } from "../sim/parts/part"
import { provision } from "../sim/provision"
import { RandomStream } from "../sim/random"

export interface ProgramOptions {
    image: Uint8Array
    seats: Seat[]
    conditions: Conditions
    faults: Fault[]
    seed: number
    /** How long, in the program's time. */
    seconds: number
    /** As fast as it can; otherwise in real time. */
    virtual: boolean
    /** A line that the program or its runtime printed. */
    print(line: string): void
    stopped(): boolean
}

const NODE_ID = "0000000000001234"

/** Runs it to its end; the codes of the panics it ended in on the way. */
export async function runProgram(options: ProgramOptions): Promise<number[]> {
    const { image, seats, conditions, faults, seed, seconds, virtual, print, stopped } = options
    const clock = new Clock()
    const node = new SimNode({
        id: NODE_ID,
        seed,
        clock,
        network: new TcpNetwork(),
        flash: new Flash(provision(image, {})),
        bus: new I2cBus(
            partsOf(seats, clock, () => conditions),
            faults,
            clock,
            new RandomStream(`${seed}/program`)
        ),
        exact: true,
        print,
    })
    node.start()
    const endMs = seconds * 1000
    if (virtual) await runFast(clock, endMs, () => undefined, stopped)
    else await runPaced(clock, endMs, 1, stopped)
    node.stop()
    return node.panics
}
