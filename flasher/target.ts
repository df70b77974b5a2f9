/** The board that is flashed: an ESP32 on its serial port, an RP2040 as the drive that it is while it waits. */
import type { Chip, EspChip } from "./chips"
import { FlashError } from "./flash-error"
import { checkAccess, choosePort, portTrouble, type ListedPort } from "./ports"
import { SerialWire, type BoardPort } from "./serial-wire"
import { chooseDrive, copyToDrive, type Uf2Drive } from "./uf2-drive"

/** What is attached to this machine; a test brings its own. */
export interface Bench {
    ports(): Promise<ListedPort[]>
    attach(path: string): Promise<(baudRate: number) => BoardPort>
    drives(): Uf2Drive[]
}

export interface Target {
    /** The port's or the drive's. */
    path: string
    write(image: Buffer, isAllErased: boolean, onShare: (share: number) => void): Promise<void>
    /** Whether this port is what the board is on, once it runs. */
    isBoard(port: ListedPort): boolean
    /** Of its log. */
    baudRate: number
    /** What a node without a claim goes by; undefined until it is known. */
    nodeId(): string | undefined
}

/** @param asked the port, or the drive @throws UsageError, FlashError: which board, or none */
export async function targetFor(
    chip: Chip,
    asked: string | undefined,
    bench: Bench
): Promise<Target> {
    if (chip.kind === "rp2040") {
        const drive = chooseDrive(bench.drives(), asked)
        return new Rp2040Target(drive, await pathsOf(bench))
    }
    const port = choosePort(await bench.ports(), asked)
    checkAccess(port.path)
    return new EspTarget(chip, port, bench)
}

/** None where the package for ports is not installed: a drive is written without it. */
async function pathsOf(bench: Bench): Promise<Set<string>> {
    try {
        return new Set((await bench.ports()).map(({ path }) => path))
    } catch (e) {
        if (e instanceof FlashError) return new Set()
        throw e
    }
}

/** The runtime's own, on an ESP32's bridge (usb.c); and of the boot messages on the others', which have USB themselves. */
const ESP32_LOG_BAUD = 1_500_000
const LOG_BAUD = 115_200

class EspTarget implements Target {
    private mac: string | undefined

    constructor(
        private readonly chip: EspChip,
        private readonly port: ListedPort,
        private readonly bench: Bench
    ) {}

    get path(): string {
        return this.port.path
    }

    get baudRate(): number {
        return this.chip.name === "ESP32" ? ESP32_LOG_BAUD : LOG_BAUD
    }

    async write(
        image: Buffer,
        isAllErased: boolean,
        onShare: (share: number) => void
    ): Promise<void> {
        const { path, vendorId, productId } = this.port
        const wire = new SerialWire(await this.bench.attach(path), {
            usbVendorId: numberOf(vendorId),
            usbProductId: numberOf(productId),
        })
        try {
            // Not at the top: the loader is not wanted by a command that flashes nothing.
            const { writeEsp } = await import("./esp-loader")
            this.mac = await writeEsp(wire, this.chip, image, { isAllErased, onShare })
        } catch (e) {
            throw portTrouble(e, path)
        }
    }

    /** With USB of its own it comes back with its MAC for a serial number, written `7C:DF:A1...` by the ROM and `JD7CDFA1...` by the runtime. */
    isBoard({ path, serialNumber = "" }: ListedPort): boolean {
        const serial = serialNumber.replaceAll(":", "").toLowerCase()
        return path === this.path || (this.mac !== undefined && serial.includes(this.mac))
    }

    /** The chip's MAC between 0xfe and 0xff (esp32 platform.c). */
    nodeId(): string | undefined {
        return this.mac === undefined ? undefined : `fe${this.mac}ff`
    }
}

class Rp2040Target implements Target {
    readonly baudRate = LOG_BAUD
    private serial: string | undefined

    /** @param before the ports that were there before it was flashed: none of them is its */
    constructor(
        private readonly drive: Uf2Drive,
        private readonly before: Set<string>
    ) {}

    get path(): string {
        return this.drive.path
    }

    async write(
        image: Buffer,
        _isAllErased: boolean,
        onShare: (share: number) => void
    ): Promise<void> {
        await copyToDrive(this.drive, image, onShare)
    }

    /** `JD` and 16 hex digits are its serial number as a Jacdac device (pico usb_descriptors.c). */
    isBoard({ path, vendorId, serialNumber = "" }: ListedPort): boolean {
        const serial = /^JD([0-9A-F]{16})$/i.exec(serialNumber)?.[1]
        if (this.before.has(path) || vendorId?.toLowerCase() !== "2e8a" || serial === undefined)
            return false
        this.serial = serial.toLowerCase()
        return true
    }

    nodeId(): string | undefined {
        return this.serial
    }
}

function numberOf(hex: string | undefined): number | undefined {
    return hex === undefined ? undefined : parseInt(hex, 16)
}
