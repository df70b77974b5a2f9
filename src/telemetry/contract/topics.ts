/** The MQTT topics of one node. `id` is its 16 hex digits. */

export function upTopic(id: string): string {
    return `mw/${id}/up`
}

/** Retained: a StateMessage as JSON; the last will says offline. */
export function stateTopic(id: string): string {
    return `mw/${id}/state`
}

/** What the node says beside telemetry: questions, and answers to commands. */
export function ackTopic(id: string): string {
    return `mw/${id}/ack`
}

export function downTopic(id: string): string {
    return `mw/${id}/down`
}

/** Before a credential: the node's side of enrolment (contract/enrolment.ts), and the registrar's. */
export function enrolUpTopic(id: string): string {
    return `mw/${id}/enrol/up`
}

export function enrolDownTopic(id: string): string {
    return `mw/${id}/enrol/down`
}

/** What the far end subscribes to, to hear every node. */
export const EVERY_UP_TOPIC = "mw/+/up"
export const EVERY_STATE_TOPIC = "mw/+/state"
export const EVERY_ACK_TOPIC = "mw/+/ack"
export const EVERY_ENROL_UP_TOPIC = "mw/+/enrol/up"
