/** Programs that take too much, and a bare node to run them on: what the measuring is measured with. */
import { compileSources } from "../../../image/compile"
import { HEAP_BYTES, SMALL_HEAP_BYTES, type NodeDay } from "../../../bench/budgets/day"
import { NodeMeter } from "../../../bench/budgets/node-meter"
import { failures, dayRows } from "../../../bench/budgets/rows"
import { Clock } from "../../../sim/clock"
import { Flash } from "../../../sim/flash"
import { I2cBus } from "../../../sim/i2c"
import { SimNode } from "../../../sim/node"
import { provision } from "../../../sim/provision"
import { RandomStream } from "../../../sim/random"

const ENTRY = "test/bench/budgets/seeded-program.ts"

/** What a quiet node would say in a day; this one is not connected. */
const QUIET = {
    packetsADay: 3000,
    bytesADay: 40_000,
    bytesAReport: 100,
    changesADay: 0,
    measurands: 4,
}

/**
 * A program that samples every second, and does something about it.
 * @param kept at the top of it @param sample with each sample
 */
function sourceOf(kept: string, sample: string): string {
    return `
        import * as ds from "@devicescript/core"
        import { settings } from "@devicescript/settings"
        import "@dsboard/simulator"
        ${kept}
        let n = 0
        for (;;) {
            await ds.sleep(1000)
            n++
            const scratch = Buffer.alloc(64)
            ${sample}
        }
        `
}

/** The measures over which the program is, after so many hours on either heap. */
export async function overAfter(hours: number, kept: string, sample: string): Promise<string[]> {
    const { bytes } = await compileSources(ENTRY, new Map([[ENTRY, sourceOf(kept, sample)]]))
    const nodes: NodeDay[] = [HEAP_BYTES, SMALL_HEAP_BYTES].map(heapBytes => {
        const meter = new NodeMeter(heapBytes)
        const clock = new Clock()
        const node = new SimNode({
            id: "0123456789abcdef",
            seed: 1,
            clock,
            network: { connect: () => ({ write: () => {}, end: () => {}, abandon: () => {} }) },
            flash: new Flash(provision(bytes, {})),
            bus: new I2cBus(new Map(), [], clock, new RandomStream("seeded")),
            exact: false,
            stepCount: meter.steps,
            print: () => {},
            onVmLook: vm => meter.look(vm),
        })
        node.start()
        for (let minute = 1; minute <= hours * 60; ++minute) {
            const endMs = minute * 60_000
            while (clock.step(endMs));
            meter.minute(minute * 60, node)
        }
        return { ...meter.figures(node), ...QUIET }
    })
    return failures(dayRows("seeded", nodes)).map(({ measure }) => measure)
}
