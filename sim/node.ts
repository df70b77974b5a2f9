/** A simulated node: one VM with its flash, its bus and its socket, woken by the virtual clock as the runtime asks. */
import { BUS_TOPIC } from "../src/telemetry/contract/bus"
import type { Clock, Scheduled } from "./clock"
import type { Flash } from "./flash"
import type { I2cBus } from "./i2c"
import type { Connection, Network } from "./network"
import { FLASH_BYTES } from "./provision"
import { RandomStream } from "./random"
import { SocketEvent, Vm, VmExit } from "./vm/vm"

/** What lwIP hands over at once; larger pieces would be larger than a node's heap. */
const SOCKET_CHUNK_BYTES = 1024
/** A chip takes about this long from reset to its first instruction of ours. */
const REBOOT_MS = 1000
/** The runtime asks to be looked at every 10 ms. When nothing has happened for this long, we look more seldom ... */
const IDLE_AFTER_MS = 300
/** ... so that a timer of the program may be this late. */
export const IDLE_LOOK_MS = 100
/** Code that waits for time without giving way would wait for ever: after so many looks at one moment a millisecond has passed. */
const LOOKS_A_MS = 1000

export interface SimNodeOptions {
    /** 16 hex digits. */
    id: string
    seed: number
    clock: Clock
    network: Network
    flash: Flash
    bus: I2cBus
    /** Look every 10 ms even when idle: timers to the tick of a real board, four times slower. */
    exact: boolean
    print(line: string): void
}

export class SimNode {
    /** Times the program ended by a panic (60001 and up): none is what every run must show. */
    readonly panics: number[] = []
    boots = 0
    private vm: Vm | undefined
    private wakeUp: Scheduled | undefined
    private connection: Connection | undefined
    private activeMs = 0
    private saidMs = 0
    private looks = 0
    /** Made once: a node is looked at a million times a day. */
    private readonly look = () => this.process()

    constructor(private readonly options: SimNodeOptions) {}

    get id(): string {
        return this.options.id
    }

    /** Power on: the VM starts what its flash holds. */
    start(): void {
        const { id, seed, flash, bus, clock, print } = this.options
        const random = new RandomStream(`${seed}/${id}/${this.boots}/device`)
        this.boots++
        this.vm = new Vm(
            {
                nowMs: () => this.nowMs(),
                fillRandom: bytes => random.fill(bytes),
                flashBytes: FLASH_BYTES,
                loadFlash: () => flash.load(),
                saveFlash: image => flash.save(image),
                print,
                panic: code => {
                    if (code !== 0) this.panics.push(code)
                },
                sendFrame: () => {},
                answer: (topic, data) => {
                    this.activeMs = clock.nowMs()
                    if (topic === BUS_TOPIC) bus.answer(data)
                },
                openSocket: (host, port, tls) => this.openSocket(host, port, tls),
                writeSocket: bytes => this.writeSocket(bytes),
                closeSocket: () => this.closeSocket(),
            },
            id
        )
        this.vm.start()
        this.process()
    }

    /** Power off, in the middle of whatever it does. */
    stop(): void {
        this.wakeUp?.cancel()
        this.closeSocket()
        this.vm = undefined
    }

    /** Whole milliseconds, never going back. */
    private nowMs(): number {
        const nowMs = Math.floor(this.options.clock.nowMs())
        if (nowMs > this.saidMs) {
            this.saidMs = nowMs
            this.looks = 0
        } else if (++this.looks % LOOKS_A_MS === 0) {
            this.saidMs++
        }
        return this.saidMs
    }

    private process(): void {
        if (this.vm === undefined) return
        this.wakeUp?.cancel()
        let waitMs: number
        try {
            waitMs = this.vm.process()
        } catch (e) {
            if (!(e instanceof VmExit)) throw e
            this.stop()
            this.options.clock.after(REBOOT_MS, () => this.start())
            return
        }
        const { clock, exact } = this.options
        const idle = !exact && clock.nowMs() - this.activeMs > IDLE_AFTER_MS
        this.wakeUp = clock.after(idle ? Math.max(waitMs, IDLE_LOOK_MS) : waitMs, this.look)
    }

    private openSocket(host: string, port: number, tls: boolean): number {
        this.closeSocket()
        this.activeMs = this.options.clock.nowMs()
        this.connection = this.options.network.connect(host, port, tls, {
            open: () => this.socketEvent(SocketEvent.Open),
            data: bytes => {
                for (let at = 0; at < bytes.length; at += SOCKET_CHUNK_BYTES)
                    this.socketEvent(SocketEvent.Data, bytes.subarray(at, at + SOCKET_CHUNK_BYTES))
            },
            closed: error => {
                this.connection = undefined
                if (error === undefined) this.socketEvent(SocketEvent.Close)
                else this.socketEvent(SocketEvent.Error, Buffer.from(`${error}\0`))
            },
        })
        return 0
    }

    private writeSocket(bytes: Uint8Array): number {
        if (this.connection === undefined) return -10
        this.activeMs = this.options.clock.nowMs()
        this.connection.write(bytes)
        return 0
    }

    private closeSocket(): number {
        if (this.connection === undefined) return -10
        this.connection.end()
        this.connection = undefined
        return 0
    }

    private socketEvent(event: SocketEvent, data?: Uint8Array): void {
        if (this.vm === undefined) return
        this.activeMs = this.options.clock.nowMs()
        this.vm.socketEvent(event, data)
        this.process()
    }
}
