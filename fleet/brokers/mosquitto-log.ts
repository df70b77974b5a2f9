/**
 * Refusals in mosquitto's log, as 2.0.11 writes it without times and with every type on:
 *
 *     Denied PUBLISH from mw-0123456789abcdef (d0, q1, r0, m2, 'mw/fedcba9876543210/up', ... (1 bytes))
 *     Received SUBSCRIBE from mw-0123456789abcdef
 *     	mw/+/up (QoS 1)                             a filter that was asked for
 *     mw-0123456789abcdef 1 mw/+/up                it was granted: the line is missing when it was not
 *     Client <unknown> disconnected, not authorised.
 *
 * It does not tell whom it did not let in, nor why. In $SYS/broker/log it leaves out the first four.
 */
import type { OnRefused } from "../access/aedes"
import { printable } from "../access/printable"

const DENIED = /^Denied PUBLISH from (\S+) \(d\d, q\d, r\d, m\d+, '(.*)', \.\.\. \(\d+ bytes\)\)$/
const SUBSCRIBES = /^Received SUBSCRIBE from (\S+)$/
const ASKED = /^\t(.*) \(QoS (\d)\)$/
const NOT_LET_IN = /^Client (\S+) disconnected, not authorised\.$/
const OVERSIZED = /^Client (\S+) disconnected due to oversize packet\.$/

export class MosquittoLog {
    private client = ""
    private asked: { filter: string; qos: string } | undefined

    constructor(private readonly onRefused: OnRefused) {}

    hear(line: string): void {
        const { client, asked } = this
        this.asked = undefined
        if (asked !== undefined && line !== `${client} ${asked.qos} ${asked.filter}`)
            this.tell(client, `subscribes to ${printable(asked.filter)}`)
        const filter = ASKED.exec(line)
        if (filter !== null && client !== "") this.asked = { filter: filter[1], qos: filter[2] }
        // What stands between is the lines of the same packet.
        if (filter === null && asked === undefined) this.client = ""
        const subscribes = SUBSCRIBES.exec(line)
        if (subscribes !== null) this.client = subscribes[1]
        const denied = DENIED.exec(line)
        if (denied !== null) this.tell(denied[1], `publishes on ${printable(denied[2])}`)
        const oversized = OVERSIZED.exec(line)
        if (oversized !== null)
            this.onRefused(userOf(oversized[1]), "oversized", "mosquitto's max_packet_size")
        if (NOT_LET_IN.test(line))
            this.onRefused("", "wrongPassword", "connects; mosquitto does not tell who, or why")
    }

    private tell(client: string, detail: string): void {
        this.onRefused(userOf(client), "foreignTopic", detail)
    }
}

/** A user's client id is its name with this before it (registrar/access.ts), and mosquitto sees to it. */
function userOf(client: string): string {
    return printable(client.replace(/^mw-/, ""))
}
