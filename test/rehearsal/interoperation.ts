/** What a node and any broker must come to between them. Run against every broker we have. */
import assert from "node:assert/strict"
import { test } from "node:test"
import { connectAsync } from "mqtt"
import type { Packet } from "mqtt-packet"
import { compile } from "../../image/compile"
import { Rehearsal } from "../../rehearsal/rehearsal"
import { TcpNetwork } from "../../sim/network"
import { RoomWorld } from "../../sim/worlds/room"
import { downTopic } from "../../src/telemetry/contract/topics"
import { Desk, NODE_ID, isReport } from "./desk"

export const ONLINE_S_MAX = 120
/** Twice the wait after a lost session, and an attempt. */
export const BACK_S_MAX = 180
export const MESSAGE = "while you were away"

export async function rehearsal(brokerUrl: string, seconds: number): Promise<Rehearsal> {
    const { bytes } = await compile("src/main.ts")
    return await Rehearsal.create({
        image: bytes,
        nodes: 3,
        world: new RoomWorld(1, 3),
        seed: 1,
        virtual: false,
        speed: 100,
        seconds,
        brokerUrl,
        faults: [],
        exact: false,
        print: () => {},
    })
}

const subscribes = (packets: Packet[]) => packets.filter(({ cmd }) => cmd === "subscribe").length

/** A message at QoS 1 for the node, from somebody else. */
async function tell(brokerUrl: string): Promise<void> {
    const client = await connectAsync(brokerUrl, { protocolVersion: 4 })
    await client.publishAsync(downTopic(NODE_ID), MESSAGE, { qos: 1 })
    await client.endAsync()
}

/** The node is away, is told something, `meanwhile` happens, and the node comes back: to its session, and what it was told. */
export async function away(brokerUrl: string, meanwhile: () => Promise<void>): Promise<void> {
    const desk = await Desk.create(brokerUrl, new TcpNetwork())
    const { tap, node } = desk
    const reported = () => tap.said.some(isReport) && tap.unanswered() === 0
    const subscribed = () => tap.heard.some(({ cmd }) => cmd === "suback")
    assert.ok(
        await desk.until(() => reported() && subscribed(), ONLINE_S_MAX),
        `not online: ${desk.told()}`
    )
    const asked = subscribes(tap.said)
    assert.equal(asked, 1)
    tap.cut()
    await tell(brokerUrl)
    await meanwhile()
    tap.mend()
    const told = (packet: Packet) => packet.cmd === "publish" && `${packet.payload}` === MESSAGE
    assert.ok(
        await desk.until(() => tap.heard.some(told), BACK_S_MAX),
        `nothing came: ${desk.told()}`
    )
    const connacks = tap.heard.filter(packet => packet.cmd === "connack")
    assert.equal(connacks.at(-1)?.sessionPresent, true)
    assert.equal(subscribes(tap.said), asked, "a subscription that stands was asked for again")
    const message = tap.heard.find(told)
    const answered = () =>
        tap.said.some(({ cmd, messageId }) => cmd === "puback" && messageId === message?.messageId)
    assert.ok(await desk.until(answered, 10), "the message was not acknowledged")
    assert.ok(
        await desk.until(() => tap.unanswered() === 0, 400),
        `${tap.unanswered()} reports unacknowledged`
    )
    assert.deepEqual(node.panics, [])
    node.stop()
}

export function interoperation(name: string, skip: string | false, brokerUrl: () => string): void {
    test(`${name}: every report is acknowledged and heard`, { skip }, async () => {
        const run = await rehearsal(brokerUrl(), 600)
        await run.run()
        const { published, acknowledged, lost, samples } = run.result()
        assert.ok(
            run.rows().every(row => row.online),
            "all nodes are online"
        )
        await run.close()
        assert.equal(published, acknowledged)
        assert.equal(lost, 0)
        assert.ok(published >= 6, `${published} reports`)
        assert.ok(samples >= 15, `${samples} samples`)
        assert.deepEqual(run.panics(), [])
    })

    test(
        `${name}: the session outlives the connection, and a message waits for the node`,
        { skip },
        async () => {
            await away(brokerUrl(), async () => {})
        }
    )
}
