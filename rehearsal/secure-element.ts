/** A new secure element on a desk, and the program that provisions it: the one that a board runs, against a simulated chip. */
import { compile } from "../image/compile"
import { Clock } from "../sim/clock"
import { Flash } from "../sim/flash"
import { I2cBus } from "../sim/i2c"
import { TcpNetwork } from "../sim/network"
import { SimNode } from "../sim/node"
import { P256 } from "../sim/p256"
import { runFast } from "../sim/pace"
import { SimAtecc608 } from "../sim/parts/atecc608"
import { provision } from "../sim/provision"
import { RandomStream } from "../sim/random"
import { SETTING_PROVISION_SE } from "../src/telemetry/contract/settings"

const NODE_ID = "0000000000005e00"
/** It takes 3 s, a second of which the runtime looks for its settings. */
const MS_MAX = 60_000
const DONE = "> done"
const SAID = "> "

export const PROVISION_PROGRAM = "examples/provision-se.ts"

export class SecureElementDesk {
    readonly chip: SimAtecc608
    private readonly clock = new Clock()

    constructor(private readonly seed: number) {
        const partClock = { millis: () => this.clock.nowMs() }
        this.chip = new SimAtecc608(partClock, new P256(new RandomStream(`${seed}/secure-element`)))
    }

    /** The lines that a program printed until it said it is done. @param serial the setting that names the chip; "" for none */
    async run(program: string, serial: string): Promise<string[]> {
        const { bytes } = await compile(program)
        const lines: string[] = []
        const settings: Record<string, string> =
            serial === "" ? {} : { [SETTING_PROVISION_SE]: serial }
        const node = new SimNode({
            id: NODE_ID,
            seed: this.seed,
            clock: this.clock,
            network: new TcpNetwork(),
            flash: new Flash(provision(bytes, settings)),
            bus: new I2cBus(
                new Map([["atecc608", this.chip]]),
                [],
                this.clock,
                new RandomStream(`${this.seed}/bus`)
            ),
            exact: true,
            print: line => {
                if (line.startsWith(SAID)) lines.push(line)
            },
        })
        node.start()
        const isDone = () => lines.includes(DONE) || node.panics.length > 0
        await runFast(this.clock, this.clock.nowMs() + MS_MAX, () => undefined, isDone)
        node.stop()
        return lines.filter(line => line !== DONE).map(line => line.slice(SAID.length))
    }
}
