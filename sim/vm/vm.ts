/**
 * One DeviceScript VM: the 21 imports of its WebAssembly module, answered by a host that owns time, entropy, flash, socket and bus.
 *
 * The imports and their meaning are those of upstream's wasmpre.ts (runtime/devicescript-vm, 2.16.4). Nothing here touches Node's
 * clock, randomness or network, so a run is repeatable whenever its host is.
 */
import { countingVmModule, FRAME_IMPORT, type StepExports } from "./counting-vm"
import { Heap, type HeapUse } from "./heap"
import { vmModule } from "./module"
import type { StepCount } from "./step-count"

/** What a VM asks of the world. Every call is synchronous and comes from inside `Vm.process`. */
export interface VmHost {
    /** Milliseconds, never going back. */
    nowMs(): number
    fillRandom(bytes: Uint8Array): void
    readonly flashBytes: number
    loadFlash(): Uint8Array
    saveFlash(image: Uint8Array): void
    print(line: string): void
    /** The program ended: 0 is `ds.restart()`, 60001 and up are the runtime's panics. */
    panic(code: number): void
    /** A Jacdac frame the node sent. Answers must be deferred: `receiveFrame` from inside is dropped. */
    sendFrame(frame: Uint8Array): void
    /** A message of `ds._twinMessage`; `data` is the VM's own memory, to be answered in place. */
    answer(topic: string, data: Uint8Array): void
    /** 0 or a negative error, as the three below. */
    openSocket(host: string, port: number, tls: boolean): number
    writeSocket(bytes: Uint8Array): number
    closeSocket(): number
}

/** Events of the one socket, numbered as upstream's JD_CONN_EV. */
export enum SocketEvent {
    Open = 1,
    Close = 2,
    Error = 3,
    Data = 4,
}

/** The VM ended itself with `exit`: a reset or `standby()` on a real chip. */
export class VmExit extends Error {
    constructor(readonly code: number) {
        super(`the VM exited with ${code}`)
    }
}

interface VmExports {
    memory: WebAssembly.Memory
    malloc(size: number): number
    free(at: number): void
    emscripten_stack_init(): void
    __wasm_call_ctors(): void
    jd_em_init(): void
    jd_em_process(): number
    jd_em_set_device_id_string(at: number): void
    jd_em_frame_received(at: number): void
    jd_em_devs_deploy(at: number, size: number): number
    jd_em_devs_verify(at: number, size: number): number
    jd_em_devs_enable_gc_stress(on: number): void
    jd_em_tcpsock_on_event(event: number, at: number, size: number): void
}

const LARGE_FRAME_HEADER_BYTES = 16
const text = new TextDecoder()

export class Vm {
    private readonly wasm: VmExports
    private readonly gcHeap: Heap
    private readonly heap: Uint8Array

    /** @param deviceId 16 hex digits @param stepCount is to follow this VM, which is then a twentieth slower */
    constructor(
        private readonly host: VmHost,
        deviceId: string,
        private readonly stepCount?: StepCount
    ) {
        const module =
            stepCount === undefined ? vmModule() : countingVmModule(stepCount.onFrame !== undefined)
        const instance = new WebAssembly.Instance(module, this.imports(stepCount?.onFrame))
        this.wasm = instance.exports as unknown as VmExports
        stepCount?.follow(instance.exports as unknown as StepExports)
        // The module is linked without memory growth, so one view lasts.
        this.heap = new Uint8Array(this.wasm.memory.buffer)
        this.gcHeap = new Heap(this.wasm.memory)
        this.wasm.emscripten_stack_init()
        this.wasm.__wasm_call_ctors()
        this.wasm.jd_em_init()
        this.withBytes(Buffer.from(deviceId + "\0"), at => this.wasm.jd_em_set_device_id_string(at))
    }

    /** Full collection and heap check at every allocation: finds GC bugs, and is no place for timings. */
    enableGcStress(): void {
        this.wasm.jd_em_devs_enable_gc_stress(1)
    }

    /** Mounts the flash and starts the program it holds, if any. */
    start(): void {
        this.wasm.jd_em_init()
    }

    /** Writes a program to flash and starts it. @throws Error on an image the VM refuses; the VM is then of no more use */
    deploy(image: Uint8Array): void {
        let refused: string | number
        try {
            refused = this.withBytes(image, at => this.wasm.jd_em_devs_verify(at, image.length))
        } catch (e) {
            // The verifier asserts on some images, and returns an error on others.
            refused = (e as Error).message
        }
        if (refused !== 0) throw new Error(`the VM refuses the image: verification: ${refused}`)
        const code = this.withBytes(image, at => this.wasm.jd_em_devs_deploy(at, image.length))
        if (code !== 0) throw new Error(`the VM did not take the image: error ${code}`)
    }

    /** Runs what is due; milliseconds until it wants to run again (at most 10). @throws VmExit */
    process(): number {
        const waitMs = this.wasm.jd_em_process() / 1000
        this.stepCount?.left()
        return waitMs
    }

    receiveFrame(frame: Uint8Array): void {
        this.withBytes(frame, at => this.wasm.jd_em_frame_received(at))
    }

    socketEvent(event: SocketEvent, data: Uint8Array = new Uint8Array(0)): void {
        this.withBytes(data, at => this.wasm.jd_em_tcpsock_on_event(event, at, data.length))
    }

    /** What the program's heap holds now, garbage included; undefined while no program runs. */
    heapUse(): HeapUse | undefined {
        return this.gcHeap.use()
    }

    private withBytes<T>(bytes: Uint8Array, use: (at: number) => T): T {
        const at = this.wasm.malloc(bytes.length)
        this.heap.set(bytes, at)
        try {
            return use(at)
        } finally {
            this.wasm.free(at)
        }
    }

    private stringAt(at: number, limit: number): string {
        let end = at
        while (this.heap[end] !== 0 && end - at < limit) end++
        return text.decode(this.heap.subarray(at, end))
    }

    /** @param onFrame of a VM that tells of frames */
    private imports(onFrame?: (frame: number) => void): WebAssembly.Imports {
        const host = this.host
        const stop = (what: string) => () => {
            throw new Error(`the VM called ${what}`)
        }
        const env = {
            em_flash_size: () => host.flashBytes,
            em_flash_load: (at: number, size: number) => {
                this.heap.set(host.loadFlash().subarray(0, size), at)
            },
            em_flash_save: (at: number, size: number) => {
                // The simulator's runtime counts one byte too few: without it a store that is only formatted never mounts.
                host.saveFlash(this.heap.slice(at, at + Math.min(size + 1, host.flashBytes)))
            },
            em_time_now: () => host.nowMs(),
            em_jd_crypto_get_random: (at: number, size: number) => {
                host.fillRandom(this.heap.subarray(at, at + size))
            },
            em_print_dmesg: (at: number) => host.print(this.stringAt(at, 1024)),
            em_send_frame: (at: number) => {
                host.sendFrame(this.heap.slice(at, at + 12 + this.heap[at + 2]))
            },
            em_send_large_frame: (at: number, size: number) => {
                const topic = this.stringAt(at + LARGE_FRAME_HEADER_BYTES, size)
                const from = LARGE_FRAME_HEADER_BYTES + Buffer.byteLength(topic) + 1
                host.answer(topic, this.heap.subarray(at + from, at + size))
            },
            em_deploy_handler: () => {},
            _devs_panic_handler: (code: number) => host.panic(code),
            _jd_tcpsock_new: (at: number, port: number) =>
                host.openSocket(this.stringAt(at, 256), Math.abs(port), port < 0),
            _jd_tcpsock_write: (at: number, size: number) =>
                host.writeSocket(this.heap.slice(at, at + size)),
            _jd_tcpsock_close: () => host.closeSocket(),
            _jd_tcpsock_is_available: () => 1,
            emscripten_memcpy_big: (to: number, from: number, size: number) => {
                this.heap.copyWithin(to, from, from + size)
            },
            [FRAME_IMPORT]: onFrame ?? stop("for more memory than it has"),
            abort: stop("abort"),
            exit: (code: number) => {
                throw new VmExit(code)
            },
        }
        const wasi = {
            fd_close: stop("fd_close"),
            fd_seek: stop("fd_seek"),
            // The runtime's own printf: said to nobody, but accepted.
            fd_write: (_fd: number, vectors: number, count: number, written: number) => {
                const view = new DataView(this.heap.buffer)
                let bytes = 0
                for (let i = 0; i < count; ++i) bytes += view.getUint32(vectors + i * 8 + 4, true)
                view.setUint32(written, bytes, true)
                return 0
            },
        }
        return { env, wasi_snapshot_preview1: wasi }
    }
}
