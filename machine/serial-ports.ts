/** The serial ports of this machine that a board may hang on, and whether we may use them. */
import { accessSync, constants, readdirSync, statSync } from "node:fs"
import { join } from "node:path"

export interface SerialPort {
    path: string
    /** We may read and write it. */
    isOurs: boolean
    /** The number of the group that may; undefined where the system has none. */
    group: number | undefined
}

/** USB to serial bridges and native USB: Linux's ttyUSB and ttyACM, macOS's cu.usb and its likes. */
const BOARD_PORT = /^(ttyUSB|ttyACM|cu\.(usb|wchusb|SLAB))/

/** None on Windows, whose ports are no files. @param folder for tests */
export function serialPorts(folder = "/dev"): SerialPort[] {
    return namesIn(folder)
        .filter(name => BOARD_PORT.test(name))
        .sort()
        .map(name => {
            const path = join(folder, name)
            return { path, isOurs: mayUse(path), group: groupOf(path) }
        })
}

function namesIn(folder: string): string[] {
    try {
        return readdirSync(folder)
    } catch {
        return []
    }
}

function mayUse(path: string): boolean {
    try {
        accessSync(path, constants.R_OK | constants.W_OK)
        return true
    } catch {
        return false
    }
}

function groupOf(path: string): number | undefined {
    try {
        return statSync(path).gid
    } catch {
        return undefined
    }
}
