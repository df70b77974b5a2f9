/** A node's way to the world, with the faults of its room: around any network, in virtual and in real time. */
import type { Clock } from "./clock"
import { Lane } from "./lane"
import {
    LATENCY_MS,
    type CarriedConnection,
    type Carrier,
    type Connection,
    type ConnectionEvents,
    type Network,
} from "./network"
import type { Strikes } from "./strikes"

const RESET = "connection reset"

export class FaultyNetwork implements Network {
    private readonly open = new Set<FaultyConnection>()

    constructor(
        private readonly carrier: Carrier,
        private readonly clock: Clock,
        private readonly faults: Strikes
    ) {
        const toEach = (act: (connection: FaultyConnection) => void) => () => {
            const struck = [...this.open]
            struck.forEach(act)
            return struck.length > 0
        }
        faults.atEachStart(
            "drop",
            toEach(connection => connection.drop())
        )
        faults.atEachStart(
            "kick",
            toEach(connection => connection.kick())
        )
        faults.atEachStart(
            "halfOpen",
            toEach(connection => connection.fallSilent())
        )
    }

    connect(host: string, port: number, tls: boolean, events: ConnectionEvents): Connection {
        const noName = this.faults.now("dnsFail")
        if (noName !== undefined)
            return failing(this.clock, noName.byMs, `no address for ${host}`, events)
        if (this.faults.now("refuse") !== undefined)
            return failing(this.clock, LATENCY_MS, "connection refused", events)
        const refusal = this.faults.now("connackRefuse")
        if (refusal !== undefined) return refusing(this.clock, refusal.code, events)
        const connection = new FaultyConnection(this.clock, this.faults, {
            ...events,
            closed: error => {
                this.open.delete(connection)
                events.closed(error)
            },
        })
        this.open.add(connection)
        if (this.faults.now("halfOpen") !== undefined) connection.fallSilent()
        connection.carryOver(this.carrier, host, port, tls)
        return {
            write: bytes => connection.write(bytes),
            end: () => {
                this.open.delete(connection)
                connection.end()
            },
            abandon: () => {
                this.open.delete(connection)
                connection.abandon()
            },
        }
    }
}

/** A connection that comes to nothing. */
function failing(
    clock: Clock,
    afterMs: number,
    error: string,
    events: ConnectionEvents
): Connection {
    const end = clock.after(afterMs, () => events.closed(error))
    return { write: () => {}, end: () => end.cancel(), abandon: () => end.cancel() }
}

/** A broker that answers whatever comes first with a CONNACK (MQTT 3.1.1, 3.2) that says no, and closes. */
function refusing(clock: Clock, code: number, events: ConnectionEvents): Connection {
    let ended = false
    let asked = false
    const later = (run: () => void) => clock.after(LATENCY_MS, () => ended || run())
    const end = () => void (ended = true)
    later(() => events.open())
    return {
        write: () => {
            if (asked) return
            asked = true
            later(() => {
                events.data(Uint8Array.of(0x20, 2, 0, code))
                later(() => events.closed())
            })
        },
        end,
        abandon: end,
    }
}

class FaultyConnection implements Connection {
    private inner: CarriedConnection | undefined
    private readonly inbound: Lane
    private readonly outbound: Lane
    /** Nothing passes, and nobody is told. */
    private silent = false
    /** The node has closed it, or was told that it is closed. */
    private over = false
    private heard = false

    constructor(
        clock: Clock,
        private readonly faults: Strikes,
        private readonly events: ConnectionEvents
    ) {
        this.inbound = new Lane(clock)
        this.outbound = new Lane(clock)
    }

    carryOver(carrier: Carrier, host: string, port: number, tls: boolean): void {
        this.inner = carrier.connect(host, port, tls, {
            open: () => this.inbound.pass(this.delayMs(), () => this.over || this.events.open()),
            data: bytes => this.receive(bytes),
            closed: error => {
                // Of a connection that has fallen silent, the node does not hear that either.
                if (!this.silent) this.inbound.pass(0, () => this.finish(error))
            },
        })
    }

    write(bytes: Uint8Array): void {
        if (this.over || this.silent) return
        this.outbound.pass(this.delayMs(), () => this.silent || this.inner?.write(bytes))
    }

    end(): void {
        this.over = true
        if (this.silent) this.inner?.abandon()
        else this.outbound.pass(0, () => this.inner?.end())
    }

    abandon(): void {
        this.over = true
        this.inner?.abandon()
    }

    drop(): void {
        if (this.silent) return
        this.inner?.reset()
        this.finish(RESET)
    }

    kick(): void {
        if (this.silent) return
        this.inner?.end()
        this.finish()
    }

    fallSilent(): void {
        this.silent = true
    }

    private receive(bytes: Uint8Array): void {
        if (this.over || this.silent) return
        const isFirst = !this.heard
        this.heard = true
        // While these last, they hit every new connection at the broker's first words.
        if (isFirst && this.faults.now("drop") !== undefined) {
            this.drop()
            return
        }
        const kicked = isFirst && this.faults.now("kick") !== undefined
        this.deliver(this.corrupted(bytes))
        if (kicked) this.inbound.pass(0, () => this.over || this.kick())
    }

    private deliver(bytes: Uint8Array): void {
        const delayMs = this.delayMs()
        const trickle = this.faults.now("trickle")
        if (trickle === undefined) {
            this.inbound.pass(delayMs, () => this.give(bytes))
            return
        }
        for (let at = 0; at < bytes.length; ++at)
            this.inbound.passAfterLast(at === 0 ? delayMs : trickle.byMs, () =>
                this.give(bytes.subarray(at, at + 1))
            )
    }

    private give(bytes: Uint8Array): void {
        if (!this.over && !this.silent) this.events.data(bytes)
    }

    private corrupted(bytes: Uint8Array): Uint8Array {
        if (this.faults.now("corrupt") === undefined) return bytes
        const copy = Uint8Array.from(bytes)
        const bit = this.faults.random.integer(bytes.length * 8)
        copy[bit >> 3] ^= 1 << (bit & 7)
        return copy
    }

    private delayMs(): number {
        return this.faults.now("delay")?.byMs ?? 0
    }

    private finish(error?: string): void {
        if (this.over || this.silent) return
        this.over = true
        this.events.closed(error)
    }
}
