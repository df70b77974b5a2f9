/** One node on a desk: its light can be switched, its power cut at any byte of a save, and everything it tells a broker is written down. */
import { generate, parser as packetParser, type Packet } from "mqtt-packet"
import { openReport, type Report } from "../../fleet/open"
import { SimBh1750 } from "../../sim/parts/bh1750"
import { FLASH_BYTES } from "../../sim/provision"
import { RandomStream } from "../../sim/random"
import { SocketEvent, Vm, type VmHost } from "../../sim/vm/vm"
import { BUS_HEADER_BYTES, BUS_TOPIC } from "../../src/telemetry/contract/bus"

const NODE_ID = "0123456789abcdef"
const STEP_MS = 10

export interface Save {
    before: Uint8Array
    after: Uint8Array
    /** Reports the broker had taken by then. */
    heard: number
}

export class Desk implements VmHost {
    readonly flashBytes = FLASH_BYTES
    isLightOn = false
    /** The broker answers; switched off, nobody does. */
    isBrokerThere = true
    readonly heard: Report[] = []
    readonly saves: Save[] = []
    readonly lines: string[] = []
    /** A panic or trap of the VM: what must never be. */
    crash: string | undefined
    private timeMs = 0
    private vm: Vm | undefined
    private toNode: Buffer[] = []
    private isOpen = false
    private readonly random: RandomStream
    private readonly light = new SimBh1750({ millis: () => this.timeMs }, () => ({
        illuminanceLuxes: this.isLightOn ? 500 : 0,
    }))
    private fromNode = packetParser({ protocolVersion: 4 })

    constructor(
        private image: Uint8Array,
        boot: string
    ) {
        this.random = new RandomStream(`power-cuts/${boot}`)
    }

    get flash(): Uint8Array {
        return this.image
    }

    /** The stock runtime found a store it could not mount, and formatted it: settings and program are gone. */
    get isFormatted(): boolean {
        return this.lines.some(line => line.includes("formatting now"))
    }

    start(): void {
        this.vm = new Vm(this, NODE_ID)
        this.vm.start()
    }

    /** Until so much time has passed, or `done`. */
    run(ms: number, done: () => boolean = () => false): void {
        const endMs = this.timeMs + ms
        try {
            while (this.timeMs < endMs && this.crash === undefined && !done()) {
                this.vm?.process()
                this.deliver()
                this.timeMs += STEP_MS
            }
        } catch (e) {
            this.crash = (e as Error).message
        }
    }

    nowMs = () => this.timeMs
    fillRandom = (bytes: Uint8Array) => this.random.fill(bytes)
    loadFlash = () => this.image
    saveFlash = (after: Uint8Array) => {
        this.saves.push({ before: this.image, after, heard: this.heard.length })
        this.image = after
    }
    print = (line: string) => void this.lines.push(line)
    panic = (code: number) => {
        if (code !== 0) this.crash = `panic ${code}`
    }
    sendFrame = () => {}
    answer = (topic: string, data: Uint8Array) => {
        if (topic !== BUS_TOPIC) return
        const message = Buffer.from(data.buffer, data.byteOffset, data.length)
        const writeLength = message.readUInt16LE(2)
        const readLength = message.readUInt16LE(4)
        if (message[1] !== this.light.address) return
        const valueAt = BUS_HEADER_BYTES + writeLength
        const written = Buffer.from(message.subarray(BUS_HEADER_BYTES, valueAt))
        if (writeLength > 0 && !this.light.write(written)) return
        if (readLength > 0) this.light.read(readLength)?.copy(message, valueAt)
        message[0] = 0
    }
    openSocket = () => {
        this.fromNode = packetParser({ protocolVersion: 4 })
        this.fromNode.on("packet", packet => this.receive(packet))
        this.isOpen = false
        return 0
    }
    writeSocket = (bytes: Uint8Array) => {
        this.fromNode.parse(Buffer.from(bytes))
        return 0
    }
    closeSocket = () => 0

    /** What the socket has for the node; it opens at the first look. */
    private deliver(): void {
        if (!this.isBrokerThere) return
        if (!this.isOpen && this.fromNode.listenerCount("packet") > 0) {
            this.isOpen = true
            this.vm?.socketEvent(SocketEvent.Open)
        }
        for (const bytes of this.toNode.splice(0)) this.vm?.socketEvent(SocketEvent.Data, bytes)
    }

    /** A broker in as few words as can be: it takes everything and keeps nothing. */
    private receive(packet: Packet): void {
        const id = packet.messageId ?? 0
        if (packet.cmd === "connect")
            this.send({ cmd: "connack", returnCode: 0, sessionPresent: false })
        else if (packet.cmd === "subscribe")
            this.send({ cmd: "suback", messageId: id, granted: [1] })
        else if (packet.cmd === "pingreq") this.send({ cmd: "pingresp" })
        else if (packet.cmd === "publish") {
            if (packet.topic.endsWith("/up"))
                this.heard.push(openReport(Buffer.from(packet.payload)))
            this.send({ cmd: "puback", messageId: id })
        }
    }

    private send(packet: Packet): void {
        this.toNode.push(generate(packet))
    }
}
