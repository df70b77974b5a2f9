/** The other end of a rehearsal's nodes: a broker, whoever listens there, and what a node must be told before it is switched on. */
import { Listener } from "../fleet/listener"
import { timeAnswer } from "../fleet/time-service"
import { Twin, type HeardReport } from "../fleet/twin"
import type { Clock } from "../sim/clock"
import { SETTING_BROKER } from "../src/telemetry/contract/settings"
import {
    EVERY_ACK_TOPIC,
    EVERY_STATE_TOPIC,
    EVERY_UP_TOPIC,
} from "../src/telemetry/contract/topics"
import type { LocalBroker } from "./local-broker"

/** @param heard its time is the rehearsal's clock */
export type OnHeard = (id: string, heard: HeardReport) => void

export interface FarEnd {
    /** What nodes, and people, are to connect to. */
    readonly url: string
    readonly alive: boolean
    /** What nodes say can be heard here; false where it is sealed for somebody else. */
    readonly listens: boolean
    /** What is known of the nodes; nothing when somebody else knows it. */
    readonly twin: Twin
    /** Those that are known by their keys; undefined where nodes speak in the open. */
    enrolled?(): Enrolled
    /** The settings of one node, as they are flashed with its program. */
    settingsOf(id: string): Record<string, string>
    /** What is under way and takes no virtual time; undefined when nothing is. */
    settle(): Promise<void> | undefined
    close(): Promise<void>
}

/** How far enrolment has come. */
export interface Enrolled {
    nodes: number
    ledgerEntries: number
    /** Messages, connections and subscriptions, for whatever reason. */
    refused: number
}

/** Nodes without claims at a broker of our own: what they say is read as it is, and they are told the time. */
export async function openFarEnd(
    broker: LocalBroker,
    clock: Clock,
    epochMs: () => number,
    onHeard: OnHeard
): Promise<FarEnd> {
    const twin = new Twin(() => clock.nowMs(), onHeard)
    for (const filter of [EVERY_UP_TOPIC, EVERY_STATE_TOPIC])
        await broker.subscribe(filter, (topic, payload) => twin.hear(topic, payload))
    await broker.subscribe(EVERY_ACK_TOPIC, (topic, payload) => {
        const answer = timeAnswer(topic, payload, epochMs())
        if (answer !== undefined) broker.publish(answer.topic, answer.payload)
    })
    return {
        url: broker.url,
        get alive() {
            return broker.alive
        },
        listens: true,
        twin,
        settingsOf: () => ({ [SETTING_BROKER]: broker.url }),
        settle: () => broker.settle(),
        close: () => broker.close(),
    }
}

/**
 * Somebody else's broker. Nodes without claims are listened to; what nodes with claims say is for their own fleet alone.
 * @param claimOf the setting that a node enrols with, when it has one
 */
export function farEndAt(
    url: string,
    clock: Clock,
    onHeard: OnHeard,
    settingsOf: (id: string) => Record<string, string>,
    isOpen: boolean
): FarEnd {
    const twin = new Twin(() => clock.nowMs(), onHeard)
    const listener = isOpen
        ? new Listener(url, [EVERY_UP_TOPIC, EVERY_STATE_TOPIC], (topic, payload) =>
              twin.hear(topic, payload)
          )
        : undefined
    return {
        url,
        get alive() {
            return listener?.connected ?? true
        },
        listens: isOpen,
        twin,
        settingsOf: id => ({ [SETTING_BROKER]: url, ...settingsOf(id) }),
        settle: () => undefined,
        close: async () => listener?.close(),
    }
}
