/** Which serial port the board is on, and what to do when that is not plain. */
import { accessSync, constants, existsSync, realpathSync } from "node:fs"
import { UsageError } from "../image/project"
import { FlashError } from "./flash-error"
import type { BoardPort } from "./serial-wire"

/** As `serialport` lists one. */
export interface ListedPort {
    path: string
    /** Four hex digits each, of USB; undefined for a port that is none. */
    vendorId?: string
    productId?: string
    manufacturer?: string
    serialNumber?: string
}

/** Who makes what is on such boards: bridges and chips with USB of their own. */
const VENDORS: Record<string, string> = {
    "303a": "Espressif",
    "10c4": "Silicon Labs CP210x",
    "1a86": "WCH CH34x",
    "0403": "FTDI",
    "2e8a": "Raspberry Pi",
}

const NO_BOARD =
    "plug it in with a cable that carries data; if it still is not there, hold BOOT while you plug it in"

/** The ports that are attached. @throws FlashError where the package that lists them could not be installed */
export async function listPorts(): Promise<ListedPort[]> {
    const ports: ListedPort[] = await (await serialport()).SerialPort.list()
    // macOS lists the name that waits for a carrier; its sibling does not.
    return ports.map(port => ({ ...port, path: port.path.replace(/^\/dev\/tty\./, "/dev/cu.") }))
}

/** A port that is not yet open. */
export async function portMaker(path: string): Promise<(baudRate: number) => BoardPort> {
    const { SerialPort } = await serialport()
    return baudRate => new SerialPort({ path, baudRate, autoOpen: false })
}

async function serialport(): Promise<typeof import("serialport")> {
    try {
        return await import("serialport")
    } catch {
        throw new FlashError(
            "this machine has no build of the package serialport: run npm ci where there is a compiler, or write the image with --out FILE and another tool"
        )
    }
}

/**
 * The one that was asked for, or the only one that a board may be on.
 * @throws UsageError that lists what is attached @throws FlashError when there is none
 */
export function choosePort(ports: ListedPort[], asked: string | undefined): ListedPort {
    if (asked !== undefined) {
        // Linux has them by their serial numbers too, as links.
        const path = existsSync(asked) ? realpathSync(asked) : asked
        const port = ports.find(port => port.path === path)
        if (port !== undefined) return port
        throw new UsageError(`no port ${asked}. ${attached(ports)}`)
    }
    const likely = ports.filter(({ vendorId }) => vendorOf(vendorId) !== undefined)
    if (likely.length === 1) return likely[0]
    if (likely.length > 1)
        throw new UsageError(`which board? Give one of them as --port. ${attached(likely)}`)
    throw new FlashError(`no board is attached: ${NO_BOARD}. ${attached(ports)}`)
}

/** @param access for tests @throws FlashError that says how to be let */
export function checkAccess(
    path: string,
    platform: NodeJS.Platform = process.platform,
    access: typeof accessSync = accessSync
): void {
    if (platform === "win32") return
    try {
        access(path, constants.R_OK | constants.W_OK)
    } catch (e) {
        if ((e as NodeJS.ErrnoException).code !== "ENOENT") throw noAccess(path, platform)
    }
}

/** What the system said when a port was opened, in words that tell what to do; any other error as it is. */
export function portTrouble(error: unknown, path: string, platform = process.platform): unknown {
    if (error instanceof FlashError || !(error instanceof Error)) return error
    const { message } = error
    if (/EBUSY|cannot lock|Access denied/i.test(message))
        return new FlashError(
            `another program has ${path} open: close its serial monitor, and try again`
        )
    if (/EACCES|EPERM|permission/i.test(message)) return noAccess(path, platform)
    if (/ENOENT|ENXIO|ENODEV|no such file|File not found/i.test(message))
        return new FlashError(`${path} is gone: ${NO_BOARD}`)
    if (/EIO|disconnected|not open/i.test(message))
        return new FlashError(`the board on ${path} was unplugged: plug it in, and try again`)
    return error
}

function noAccess(path: string, platform: NodeJS.Platform): FlashError {
    const remedy =
        platform === "linux"
            ? `sudo usermod -aG $(stat -c %G ${path}) $USER, then log in again`
            : `sudo chmod a+rw ${path}`
    return new FlashError(`${path} may not be used by you: ${remedy}`)
}

/** Those of USB: a machine has dozens of others that nothing is on. */
function attached(ports: ListedPort[]): string {
    const lines = ports
        .filter(({ vendorId }) => vendorId !== undefined)
        .map(({ path, vendorId, productId, manufacturer, serialNumber }) => {
            const maker = vendorOf(vendorId) ?? manufacturer
            const usb = `${vendorId}:${productId ?? "?"}`
            return [
                path,
                `(${[usb, maker].filter(word => word !== undefined).join(", ")})`,
                serialNumber,
            ]
                .filter(word => word !== undefined)
                .join(" ")
        })
    return lines.length === 0 ? "Nothing is attached over USB" : `Attached: ${lines.join("; ")}`
}

function vendorOf(vendorId: string | undefined): string | undefined {
    return vendorId === undefined ? undefined : VENDORS[vendorId.toLowerCase()]
}
