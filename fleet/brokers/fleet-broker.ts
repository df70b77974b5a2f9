/** A broker as the fleet uses it, whichever it is. */
import type { OnMessage } from "../broker"
import type { Access } from "../registrar/access"
import {
    EVERY_ACK_TOPIC,
    EVERY_ENROL_UP_TOPIC,
    EVERY_STATE_TOPIC,
    EVERY_UP_TOPIC,
} from "../../src/telemetry/contract/topics"

/** All that nodes say. */
export const EVERY_TOPIC = [
    EVERY_UP_TOPIC,
    EVERY_STATE_TOPIC,
    EVERY_ACK_TOPIC,
    EVERY_ENROL_UP_TOPIC,
]

export interface FleetBroker {
    /** `mqtt://host:port`, without user and password. */
    readonly url: string
    /** For a person: which program it is, and what it does not do. */
    readonly told: string
    readonly isConnected: boolean
    /** Whether every node's topics are shut to all others. */
    readonly isShut: boolean
    readonly access: Access
    /** From here on every node is heard, and let in. */
    start(onMessage: OnMessage): Promise<void>
    /** At QoS 1. */
    publish(topic: string, payload: Buffer): void
    /** What time does to access. Every second or so. */
    tick(): Promise<void>
    close(): Promise<void>
}
