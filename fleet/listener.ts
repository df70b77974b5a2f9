/** The far end's ear at somebody else's broker: every node's topics, reconnecting for as long as it is wanted. */
import { connect, type MqttClient } from "mqtt"
import type { OnMessage } from "./broker"

const RECONNECT_MS = 2000

export class Listener {
    private readonly client: MqttClient

    /** @param url `mqtt://host:port`; the broker may be away, now or later */
    constructor(url: string, filters: string[], onMessage: OnMessage) {
        this.client = connect(url, { reconnectPeriod: RECONNECT_MS, protocolVersion: 4 })
        this.client.on("connect", () => void this.client.subscribe(filters, { qos: 1 }))
        this.client.on("message", (topic, payload) => onMessage(topic, payload))
        // Told where it shows: `connected` is what the table asks.
        this.client.on("error", () => {})
    }

    get connected(): boolean {
        return this.client.connected
    }

    async close(): Promise<void> {
        await this.client.endAsync(true)
    }
}
