/** What a topic and a client id may be: checked where they are set, not where they are sent. [Brackets] name chapters of MQTT 3.1.1. */

/** [4.7.3] allows 65,535; a node's are below 40, and what arrives is looked at within the VM's budget of steps. */
export const TOPIC_BYTES_MAX = 256
/** [3.1.3.1] A server must take 23, and most take more. */
export const CLIENT_ID_BYTES_MAX = 64

/** A programmer's error in what a session is made of; `field` is its name. */
export class MqttOptionError extends Error {
    constructor(
        readonly field: string,
        detail: string
    ) {
        super(`${field}: ${detail}`)
    }
}

/** [4.7.3] A name that can be published to: no wildcard, no U+0000. */
export function isValidTopic(topic: string): boolean {
    return hasValidLength(topic) && topic.indexOf("+") < 0 && topic.indexOf("#") < 0
}

/** [4.7.1] `+` is a whole level; `#` is the whole last level. */
export function isValidFilter(filter: string): boolean {
    if (!hasValidLength(filter)) return false
    const levels = filter.split("/")
    for (let i = 0; i < levels.length; ++i) {
        const level = levels[i]
        if (level === "+" || (level === "#" && i === levels.length - 1)) continue
        if (level.indexOf("+") >= 0 || level.indexOf("#") >= 0) return false
    }
    return true
}

/** @throws MqttOptionError */
export function checkClientId(clientId: string): void {
    const bytes = Buffer.from(clientId).length
    if (bytes < 1 || bytes > CLIENT_ID_BYTES_MAX)
        throw new MqttOptionError("clientId", `${bytes} bytes, not 1 to ${CLIENT_ID_BYTES_MAX}`)
    if (hasNul(clientId)) throw new MqttOptionError("clientId", "U+0000 in it")
}

/** @throws MqttOptionError */
export function checkTopic(field: string, topic: string): void {
    if (!isValidTopic(topic)) throw new MqttOptionError(field, `"${topic}" is no topic`)
}

/** @throws MqttOptionError */
export function checkFilter(field: string, filter: string): void {
    if (!isValidFilter(filter)) throw new MqttOptionError(field, `"${filter}" is no topic filter`)
}

function hasValidLength(topic: string): boolean {
    const bytes = Buffer.from(topic).length
    return bytes >= 1 && bytes <= TOPIC_BYTES_MAX && !hasNul(topic)
}

function hasNul(text: string): boolean {
    return text.indexOf("\0") >= 0
}
