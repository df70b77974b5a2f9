/** A display as nobody should write one: it throws, and then it never returns. */
import "@dsboard/simulator"
import * as ds from "@devicescript/core"
import { occupancy } from "../../models/occupancy/model"
import { Bh1750 } from "../../src/drivers/bh1750"
import { bus } from "../../src/node/bus"
import { deviceClock } from "../../src/node/clock"
import { Display, NodeState } from "../../src/node/display"
import { startNode } from "../../src/node/node"

class BadDisplay implements Display {
    private calls = 0

    async show(_state: NodeState): Promise<void> {
        this.calls++
        console.log(`call ${this.calls}`)
        if (this.calls < 3) throw new Error("bad display")
        for (;;) await ds.sleep(1000)
    }
}

await startNode({
    app: "room",
    broker: "mqtt://broker.test:1883",
    sampleEveryMs: 60000,
    parts: [{ sensor: new Bh1750(bus, deviceClock), measurands: ["illuminanceLuxes"] }],
    model: occupancy,
    display: new BadDisplay(),
    report: { everyMs: 60000, measurands: {} },
    onReport: (_boot, sequence) => console.log(`report ${sequence}`),
})
