/**
 * The broker of a rehearsal that brings its own: on the simulated network in virtual time, on loopback in real time. With
 * `brokerKill` it dies, for all nodes at once, and comes back.
 */
import { Broker, MQTT_PORT, type BrokerRules, type OnMessage } from "../fleet/broker"
import { virtualAedes } from "../fleet/virtual-aedes"
import type { Clock } from "../sim/clock"
import type { Fault } from "../sim/faults"
import type { MemoryNetwork } from "../sim/network"
import type { RandomStream } from "../sim/random"
import type { Strikes } from "../sim/strikes"

const VIRTUAL_HOST = "broker"

export class LocalBroker {
    /** The broker is coming back, in no virtual time. */
    private restarting: Promise<void> | undefined
    private backMs = 0

    private constructor(
        /** What nodes, and people, are to connect to. */
        readonly url: string,
        private readonly broker: Broker,
        private readonly clock: Clock,
        private readonly memory: MemoryNetwork | undefined
    ) {}

    /** @param memory the network of a virtual run; undefined: real sockets @param rules without any, everybody may do everything */
    static async create(
        clock: Clock,
        memory: MemoryNetwork | undefined,
        random: RandomStream,
        rules?: BrokerRules
    ): Promise<LocalBroker> {
        if (memory === undefined) {
            const broker = await Broker.create(undefined, rules)
            const port = await broker.listen()
            return new LocalBroker(`mqtt://127.0.0.1:${port}`, broker, clock, undefined)
        }
        const aedes = await virtualAedes({
            nowMs: () => clock.nowMs(),
            after: (delayMs, run) =>
                clock.after(delayMs, () => {
                    memory.touch()
                    run()
                }),
            fillRandom: bytes => random.fill(bytes),
        })
        const broker = await Broker.create(aedes, rules)
        const url = `mqtt://${VIRTUAL_HOST}:${MQTT_PORT}`
        const local = new LocalBroker(url, broker, clock, memory)
        local.listen()
        return local
    }

    get alive(): boolean {
        return this.broker.alive
    }

    async subscribe(filter: string, onMessage: OnMessage): Promise<void> {
        await this.broker.subscribe(filter, onMessage)
    }

    publish(topic: string, payload: Buffer): void {
        if (!this.broker.alive) return
        this.memory?.touch()
        this.broker.publish(topic, payload)
    }

    /** From now on it dies when its faults say so. */
    dieBy(faults: Strikes): void {
        faults.atEachStart("brokerKill", fault => this.die(fault))
    }

    /** What is under way and takes no virtual time; undefined when nothing is. */
    settle(): Promise<void> | undefined {
        return this.restarting ?? (this.memory?.takeActivity() ? this.memory.settle() : undefined)
    }

    async close(): Promise<void> {
        await this.restarting
        await this.broker.close()
    }

    private listen(): void {
        this.memory?.listen(VIRTUAL_HOST, MQTT_PORT, stream => this.broker.accept(stream))
    }

    private die({ forMs }: Fault): boolean {
        this.memory?.unlisten(VIRTUAL_HOST, MQTT_PORT)
        this.memory?.touch()
        this.broker.kill()
        this.backMs = Math.max(this.backMs, this.clock.nowMs() + forMs)
        this.clock.after(forMs, () => this.comeBack())
        return true
    }

    private comeBack(): void {
        // Killed again meanwhile: the last one to end it does.
        if (this.broker.alive || this.clock.nowMs() < this.backMs) return
        this.restarting ??= this.restart()
    }

    private async restart(): Promise<void> {
        await this.broker.restart()
        this.listen()
        this.restarting = undefined
    }
}
