/** A simulated node: one VM with its flash, its bus and its socket, woken by the virtual clock as the runtime asks. */
import { BUS_TOPIC } from "../src/telemetry/contract/bus"
import { CHIP_TOPIC } from "../src/telemetry/contract/chip"
import type { Clock, Scheduled } from "./clock"
import { PowerLost, type Flash } from "./flash"
import type { I2cBus } from "./i2c"
import { standbyMsIn } from "./jacdac"
import type { Connection, Network } from "./network"
import { NodeClock } from "./node-clock"
import { FLASH_BYTES } from "./provision"
import { RandomStream } from "./random"
import type { StepCount } from "./vm/step-count"
import { SocketEvent, Vm, VmExit } from "./vm/vm"

/** What lwIP hands over at once; larger pieces would be larger than a node's heap. */
const SOCKET_CHUNK_BYTES = 1024
/** A chip takes about this long from reset to its first instruction of ours. */
const REBOOT_MS = 1000
/** The runtime asks to be looked at every 10 ms. When nothing has happened for this long, we look more seldom ... */
const IDLE_AFTER_MS = 300
/** ... so that a timer of the program may be this late. */
export const IDLE_LOOK_MS = 100
/** What the runtime prints when it found no store that it can mount: settings and program are gone. */
const FORMATTING = "fstor: formatting now"
/** The chip of the board that programs are for unless they name another. */
const CHIP = "esp32c3"
/** The VM itself fell over: a fault of the runtime, which has no number of its own. */
export const PANIC_TRAP = 0

/** A panic's code with its meaning, where it has one. */
export function panicName(code: number): string {
    return code === PANIC_TRAP ? "trap" : String(code)
}

export interface SimNodeOptions {
    /** 16 hex digits. */
    id: string
    seed: number
    clock: Clock
    network: Network
    flash: Flash
    /** Of the store in it; 128 kB unless it is told. */
    flashBytes?: number
    bus: I2cBus
    /** What the node takes itself to run on: `esp32...` are off for as long as standby is asked for, all others reset at once. */
    chip?: string
    /** Look every 10 ms even when idle: timers to the tick of a real board, four times slower. */
    exact: boolean
    /** Parts per million that the node's clock is fast, now. */
    skewPpm?: () => number
    /** Counts what its program runs, over all its boots. */
    stepCount?: StepCount
    /** A Jacdac frame that the node sends. Answers must not come before the call has returned. */
    onJacdacFrame?: (frame: Uint8Array) => void
    /** The node's RAM is gone: by a reset or without power. */
    onReset?: () => void
    /** The node no longer holds a program: somebody has to provision it again. */
    onStoreFormatted?: () => void
    print(line: string): void
}

export class SimNode {
    /** Times the program ended by a panic (60001 and up) or a trap: none is what every run must show. */
    readonly panics: number[] = []
    boots = 0
    powerCuts = 0
    /** Times it went off by itself, until a time it gave. */
    standbys = 0
    /** Stores that the runtime could not mount and formatted, until the node was provisioned again. */
    storeFormatted = 0
    private vm: Vm | undefined
    private wakeUp: Scheduled | undefined
    /** The next boot of a node that is off. */
    private powerOn: Scheduled | undefined
    /** By the node's clock: what the program has asked for, and the runtime is about to do. */
    private standbyMs: number | undefined
    private isStandingBy = false
    private connection: Connection | undefined
    private activeMs = 0
    private isFormatted = false
    private readonly nodeClock: NodeClock
    /** Made once: a node is looked at a million times a day. */
    private readonly look = () => this.process()

    constructor(private readonly options: SimNodeOptions) {
        this.nodeClock = new NodeClock(options.clock, options.skewPpm ?? (() => 0))
    }

    get id(): string {
        return this.options.id
    }

    /** Saves to its flash: its wear. */
    get flashWrites(): number {
        return this.options.flash.saves
    }

    /** What the program's heap holds now, garbage included; 0 while there is none. */
    heapUsedBytes(): number {
        return this.vm?.heapUse()?.usedBytes ?? 0
    }

    private get chip(): string {
        return this.options.chip ?? CHIP
    }

    /** Power on: the VM starts what its flash holds. */
    start(): void {
        const { id, seed, flash, flashBytes = FLASH_BYTES, bus, clock, stepCount } = this.options
        const random = new RandomStream(`${seed}/${id}/${this.boots}/device`)
        this.boots++
        this.powerOn = undefined
        this.isStandingBy = false
        this.standbyMs = undefined
        this.guarded(() => {
            const vm = new Vm(
                {
                    nowMs: () => this.nodeClock.nowMs(),
                    fillRandom: bytes => random.fill(bytes),
                    flashBytes,
                    loadFlash: () => flash.load(),
                    saveFlash: image => flash.save(image),
                    print: line => this.printed(line),
                    panic: code => {
                        if (code !== 0) this.panics.push(code)
                    },
                    sendFrame: frame => {
                        this.standbyMs ??= standbyMsIn(frame, id)
                        this.options.onJacdacFrame?.(frame)
                    },
                    answer: (topic, data) => {
                        this.activeMs = clock.nowMs()
                        if (topic === BUS_TOPIC) bus.answer(data)
                        else if (topic === CHIP_TOPIC) data.set(Buffer.from(this.chip))
                    },
                    openSocket: (host, port, tls) => this.openSocket(host, port, tls),
                    writeSocket: bytes => this.writeSocket(bytes),
                    closeSocket: () => this.closeSocket(),
                },
                id,
                stepCount
            )
            this.vm = vm
            vm.start()
        })
        this.process()
    }

    /** Off, for good: the end of a run. Whoever it is connected to is told. */
    stop(): void {
        this.closeSocket()
        this.powerOff()
    }

    /**
     * Power fails in the middle of whatever it does, and is back after `offMs`. Nobody at the other end is told.
     * False for a node that is off: there is nothing to cut. One that stands by is not, and is back as soon as its power is.
     */
    powerCut(offMs: number): boolean {
        if (this.vm === undefined && !this.isStandingBy) return false
        this.powerCuts++
        this.bootAfter(offMs)
        return true
    }

    /** A Jacdac frame from another device. */
    receiveJacdacFrame(frame: Uint8Array): void {
        this.guarded(() => this.vm?.receiveFrame(frame))
        this.process()
    }

    /** Puts an image into its flash and boots it, as somebody with a flashing tool does. */
    provisionAgain(image: Uint8Array): void {
        this.options.flash.replace(image)
        this.isFormatted = false
        this.bootAfter(REBOOT_MS)
    }

    private bootAfter(offMs: number): void {
        this.powerOff()
        this.powerOn = this.options.clock.after(offMs, () => this.start())
    }

    private powerOff(): void {
        this.wakeUp?.cancel()
        this.powerOn?.cancel()
        this.powerOn = undefined
        this.connection?.abandon()
        this.connection = undefined
        this.vm = undefined
        this.isStandingBy = false
        this.options.onReset?.()
    }

    /** Runs the VM, and what follows when it does not come back as it should. */
    private guarded(run: () => void): void {
        try {
            run()
        } catch (e) {
            if (e instanceof PowerLost) {
                this.powerCuts++
                this.bootAfter(e.offMs)
                return
            }
            if (e instanceof WebAssembly.RuntimeError) this.panics.push(PANIC_TRAP)
            else if (!(e instanceof VmExit)) throw e
            else if (this.standbyMs !== undefined && this.chip.startsWith("esp32")) {
                this.standBy(this.standbyMs)
                return
            }
            this.bootAfter(REBOOT_MS)
        }
    }

    /** Off but for its clock, which wakes it; whoever it was connected to is not told. */
    private standBy(ownMs: number): void {
        this.standbys++
        this.bootAfter(this.nodeClock.waitMs(ownMs) + REBOOT_MS)
        this.isStandingBy = true
    }

    private process(): void {
        this.guarded(() => {
            if (this.vm === undefined) return
            this.wakeUp?.cancel()
            const waitMs = this.nodeClock.waitMs(this.vm.process())
            const { clock, exact } = this.options
            const idle = !exact && clock.nowMs() - this.activeMs > IDLE_AFTER_MS
            this.wakeUp = clock.after(idle ? Math.max(waitMs, IDLE_LOOK_MS) : waitMs, this.look)
        })
    }

    private printed(line: string): void {
        this.options.print(line)
        // A new node's first boot is no loss.
        if (this.boots === 1 || this.isFormatted || !line.includes(FORMATTING)) return
        this.isFormatted = true
        this.storeFormatted++
        this.options.onStoreFormatted?.()
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
        this.guarded(() => this.vm?.socketEvent(event, data))
        this.process()
    }
}
