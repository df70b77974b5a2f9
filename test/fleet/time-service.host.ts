import assert from "node:assert/strict"
import { test } from "node:test"
import { encode } from "cborg"
import { timeAnswer } from "../../fleet/time-service"

const TOPIC = "mw/0123456789abcdef/ack"
const NOON = 1_763_640_000_000

test("a question for the time is answered with itself and the time, on the node's down topic", () => {
    const answer = timeAnswer(TOPIC, Buffer.from("a16474696d65191838", "hex"), NOON + 0.4)
    assert.equal(answer?.topic, "mw/0123456789abcdef/down")
    // {"time": [6200, 1763640000000]}
    assert.equal(answer.payload.toString("hex"), "a16474696d65821918381b0000019aa122be00")
})

test("anything else is no question", () => {
    for (const [topic, payload] of [
        ["mw/0123456789abcdef/up", encode({ time: 1 })],
        ["mw/x/ack", encode({ time: 1 })],
        [TOPIC, encode({ time: -1 })],
        [TOPIC, encode({ time: 1.5 })],
        [TOPIC, encode({ time: "now" })],
        [TOPIC, encode({ later: 1 })],
        [TOPIC, encode(null)],
        [TOPIC, encode([1])],
        [TOPIC, Buffer.alloc(0)],
        [TOPIC, Buffer.alloc(100)],
        [TOPIC, Buffer.from("ff", "hex")],
    ] as [string, Uint8Array][])
        assert.equal(
            timeAnswer(topic, payload, NOON),
            undefined,
            Buffer.from(payload).toString("hex")
        )
})
