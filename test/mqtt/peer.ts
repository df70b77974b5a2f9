/** The other end of a session under test: what a server says, and what it gets to hear, in hex. VM only. */
import { Publish } from "../../src/mqtt/packets"
import { PacketParser } from "../../src/mqtt/parser"
import { Session } from "../../src/mqtt/session"

/** Longer bodies are passed over. */
const BODY_BYTES_MAX = 300

export class Peer {
    readonly heard: Publish[] = []
    readonly session: Session

    /** @param session of its own, if there is none: keepalive 60 s, client id "c" */
    constructor(subscriptions: string | string[], session?: Session) {
        const { heard } = this
        const own = () =>
            new Session(
                { clientId: "c", keepAliveSeconds: 60, will: { topic: "w", message: "off" } },
                subscriptions,
                message => {
                    heard.push(message)
                    if (message.topic === "fails") throw new Error("handler")
                }
            )
        this.session = session === undefined ? own() : session
    }

    /** The server says these packets; whether the session goes on. */
    says(bytes: Buffer, nowMs: number): boolean {
        const parser = new PacketParser(BODY_BYTES_MAX)
        parser.push(bytes)
        for (let packet = parser.next(); packet !== undefined; packet = parser.next())
            if (!this.session.received(packet, nowMs)) return false
        return true
    }

    /** Everything the session wants to send, one packet after another. */
    hears(nowMs: number): string {
        const packets: string[] = []
        const { session } = this
        for (let p = session.takeOutgoing(nowMs); p !== undefined; p = session.takeOutgoing(nowMs))
            packets.push(p.toString("hex"))
        return packets.join(" ")
    }

    /** Accepted at 0, and all its subscriptions granted; packet id 1 is spent on them. */
    online(filters: number): void {
        this.session.connect(0)
        this.hears(0)
        this.says(hex`20020000`, 0)
        this.hears(0)
        const granted = Buffer.alloc(4 + filters)
        granted.blitAt(0, hex`90000001`, 0, 4)
        granted[1] = 2 + filters
        this.says(granted, 0)
    }

    /** Gone and back; what the session says after CONNECT. */
    again(sessionPresent: boolean, nowMs: number): string {
        this.session.disconnected("gone")
        this.session.connect(nowMs)
        this.hears(nowMs)
        this.says(sessionPresent ? hex`20020100` : hex`20020000`, nowMs)
        return this.hears(nowMs)
    }
}
