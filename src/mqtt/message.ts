/** A PUBLISH that came, read. [Brackets] name chapters of MQTT 3.1.1. */
import { Packet, Publish } from "./packets"
import { TOPIC_BYTES_MAX, isValidTopic } from "./topic"

/** [3.3.2] Undefined when the body is malformed or asks for QoS 2 or 3, which we never granted. */
export function parsePublish(packet: Packet): Publish | undefined {
    const { body, flags } = packet
    const qos = (flags >> 1) & 3
    if (qos > 1 || body.length < 2) return undefined
    const topicEnd = 2 + ((body[0] << 8) | body[1])
    const payloadAt = qos === 1 ? topicEnd + 2 : topicEnd
    if (payloadAt > body.length || topicEnd === 2) return undefined
    const id = qos === 1 ? (body[topicEnd] << 8) | body[topicEnd + 1] : 0
    if (qos === 1 && id === 0) return undefined // [2.3.1] never zero
    const message: Publish = { topic: undefined, id, payload: body.slice(payloadAt) }
    if (topicEnd - 2 > TOPIC_BYTES_MAX) return message
    const name = body.slice(2, topicEnd)
    message.topic = name.toString("utf-8")
    // What is not UTF-8 comes out as other text, which is told by turning it back [1.5.3].
    const isUtf8 = Buffer.from(message.topic).toString("hex") === name.toString("hex")
    return isUtf8 && isValidTopic(message.topic) ? message : undefined
}
