/**
 * A board that runs what was flashed to it: an ESP32 behind its loader, or a Pico W as a drive that is gone once it has its image. Its log
 * is worded as DeviceScript's runtime words it (runtime/devicescript/network/wifi.c); WiFi is a table of names and passwords; what it
 * sends goes to a port of this machine.
 */
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { chipOf, type EspChip } from "../../flasher/chips"
import type { ListedPort } from "../../flasher/ports"
import type { Bench } from "../../flasher/target"
import { readUf2 } from "../../flasher/uf2"
import { uf2Drives, type Uf2Drive } from "../../flasher/uf2-drive"
import { partsOf, ROOM_SEATS } from "../../sim/breadboard"
import { Clock } from "../../sim/clock"
import { Flash } from "../../sim/flash"
import { I2cBus } from "../../sim/i2c"
import { TcpNetwork, type Network } from "../../sim/network"
import { SimNode } from "../../sim/node"
import { runPaced } from "../../sim/pace"
import { RandomStream } from "../../sim/random"
import { halfAt } from "../../sim/store-layout"
import { FakeEspBoard, type Faults } from "./fake-loader"
import { espRuntime, rp2040Runtime, STORE_AT, STORE_BYTES } from "./fake-runtime"

/** A node's minute is a second and a half here. */
const SPEED = 40
const RUN_MS_MAX = 600_000
const RP2040_STORE = { at: 0x100e0000, bytes: 128 * 1024 }
const LOOK_MS = 50

export interface Surroundings {
    /** Passwords by name; empty for an open network. */
    networks: Record<string, string>
    /** On this machine: where everything that a node says goes, whatever host it was told. */
    brokerPort: number
}

/** What to give as --runtime for the board of this id. */
export function simulatedRuntime(archId: string): string {
    const chip = chipOf(archId)
    const path = join(mkdtempSync(join(tmpdir(), "motewise-runtime-")), `${archId}.bin`)
    writeFileSync(path, chip.kind === "rp2040" ? rp2040Runtime() : espRuntime(chip as EspChip))
    return path
}

/** What a board does with its store once it is switched on, until `stop`. */
class RunningBoard {
    private node: SimNode | undefined

    constructor(
        private readonly id: string,
        private readonly around: Surroundings,
        private readonly say: (line: string) => void
    ) {}

    start(store: Buffer): void {
        if (this.joins(store)) this.run(store)
    }

    stop(): void {
        this.node?.stop()
        this.node = undefined
    }

    /** Whether WiFi lets it in. */
    private joins(store: Buffer): boolean {
        const { networks } = this.around
        const entries = halfAt(store, 0, store.length / 16)?.entries ?? []
        const text = (key: string) => {
            const entry = entries.find(entry => entry.key === key)
            if (entry === undefined) return undefined
            return store.toString("utf8", entry.offset, entry.offset + entry.valueBytes)
        }
        const ssid = text("wifi_ssid")
        this.say("wifi: starting...")
        this.say(`wifi: scan done: ${Object.keys(networks).length} results`)
        for (const name of Object.keys(networks)) this.say(`wifi: ${name} [rssi:-52]`)
        if (ssid === undefined || !(ssid in networks)) return false
        this.say(`wifi: connecting to '${ssid}'`)
        const isIn = networks[ssid] === text("wifi_psk")
        if (isIn) this.say("wifi: got ip 2a01a8c0")
        else for (let i = 0; i < 8; ++i) this.say("wifi: sta disconnect, reconnect...")
        return isIn
    }

    private run(store: Buffer): void {
        const clock = new Clock()
        const room = () => ({
            temperatureCelsius: 21.5,
            relativeHumidityPercent: 40,
            carbonDioxidePpm: 600,
            illuminanceLuxes: 300,
        })
        const node = new SimNode({
            id: this.id,
            seed: 1,
            clock,
            network: this.network(),
            flash: new Flash(store),
            flashBytes: store.length,
            bus: new I2cBus(partsOf(ROOM_SEATS, clock, room), [], clock, new RandomStream("bench")),
            exact: false,
            print: line => this.say(line),
        })
        this.node = node
        node.start()
        void runPaced(clock, RUN_MS_MAX, SPEED, () => this.node !== node)
    }

    private network(): Network {
        const tcp = new TcpNetwork()
        const { brokerPort } = this.around
        return {
            connect: (_host, _port, tls, events) =>
                tcp.connect("127.0.0.1", brokerPort, tls, events),
        }
    }
}

export interface SimulatedBench extends Bench {
    stop(): void
}

/** An ESP32-C3 on the only port. */
export function espBench(around: Surroundings, faults: Faults = {}): SimulatedBench {
    const running = new RunningBoard("fe7cdfa1010203ff", around, line => board.say(`${line}\n`))
    const board = new FakeEspBoard("ESP32-C3", { isNative: true, ...faults }, ({ flash }) => {
        const store = flash.subarray(STORE_AT, STORE_AT + STORE_BYTES)
        // It takes a moment to start; the port is opened again meanwhile.
        setTimeout(() => running.start(Buffer.from(store)), 1000)
    })
    return {
        ports: async () => [{ path: "/dev/null", vendorId: "303a", productId: "1001" }],
        attach: async () => baudRate => board.at(baudRate),
        drives: () => [],
        stop: () => running.stop(),
    }
}

/** A Pico W whose BOOTSEL was held. */
export function picoBench(around: Surroundings): SimulatedBench {
    const path = mkdtempSync(join(tmpdir(), "motewise-pico-"))
    writeFileSync(join(path, "INFO_UF2.TXT"), "UF2 Bootloader v3.0\r\nBoard-ID: RPI-RP2\r\n")
    const board = new FakeEspBoard("ESP32")
    const running = new RunningBoard("e6614104034c2b37", around, line => board.say(`${line}\n`))
    const port = { path: "/dev/ttyACM1", vendorId: "2e8a", serialNumber: "JDE6614104034C2B37" }
    let ports: ListedPort[] = []
    const image = join(path, "motewise.uf2")
    const looking = setInterval(() => {
        if (!existsSync(image)) return
        const bytes = readFileSync(image)
        // As its blocks count them: the last one restarts it.
        if (bytes.length < 512 || bytes.length !== bytes.readUInt32LE(24) * 512) return
        clearInterval(looking)
        const store = readUf2(bytes, image).read(RP2040_STORE.at, RP2040_STORE.bytes)
        rmSync(path, { recursive: true })
        ports = [port]
        if (store !== undefined) setTimeout(() => running.start(store), 1500)
    }, LOOK_MS)
    return {
        ports: async () => ports,
        attach: async () => baudRate => board.at(baudRate),
        drives: (): Uf2Drive[] => uf2Drives([path]),
        stop: () => {
            clearInterval(looking)
            running.stop()
        },
    }
}
