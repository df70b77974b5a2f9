/** `startNode` in plain style: what `bench node` puts in the place of src/node/node.ts. It tells nobody, and what it seals is thrown away. */
import * as ds from "@devicescript/core"
import type { NodeOptions } from "../../src/node/node"
import { Ccm } from "../../src/telemetry/ccm"
import { upTopic } from "../../src/telemetry/contract/topics"
import { PlainNode, seal } from "./node"

const KEY = hex`000102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f`
const BOOT = hex`0001020304050607`

export async function startNode(options: NodeOptions): Promise<void> {
    const { parts, model, report, sampleEveryMs } = options
    const node = new PlainNode(parts, model, report)
    node.isHeard = true
    for (const part of parts) await part.sensor.start()
    await ds.sleep(parts.reduce((most, part) => Math.max(most, part.sensor.warmUpMs), 0))
    await new Loop(node, sampleEveryMs).sampleForEver()
}

class Loop {
    private readonly ccm = new Ccm(KEY)
    private readonly topic = upTopic(ds.deviceIdentifier("self"))
    private sequence = 0

    constructor(
        private readonly node: PlainNode,
        private readonly sampleEveryMs: number
    ) {}

    async sampleForEver(): Promise<void> {
        for (;;) {
            await this.node.sample()
            await this.tell(ds.millis())
            await ds.sleep(this.sampleEveryMs)
        }
    }

    private async tell(uptimeMs: number): Promise<void> {
        const report = this.node.report(await this.node.classify(), uptimeMs, undefined)
        if (report === undefined) return
        seal(this.ccm, BOOT, this.sequence, this.topic, report)
        this.sequence++
    }
}
