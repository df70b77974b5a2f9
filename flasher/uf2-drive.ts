/**
 * The drive that an RP2040 is while its boot ROM waits for a program (RP2040 datasheet, 2.8.4): it holds INFO_UF2.TXT, takes one UF2, and
 * is gone as soon as it has it.
 */
import {
    existsSync,
    openSync,
    closeSync,
    fsyncSync,
    readFileSync,
    readdirSync,
    writeSync,
} from "node:fs"
import { join } from "node:path"
import { UsageError } from "../image/project"
import { FlashError } from "./flash-error"

const INFO = "INFO_UF2.TXT"
const BOARD_ID = "RPI-RP2"
const CHUNK_BYTES = 64 * 1024

export interface Uf2Drive {
    path: string
    /** `Board-ID` of its INFO_UF2.TXT. */
    boardId: string
}

/** The boot drives that are mounted. @param folders where drives are, for tests */
export function uf2Drives(folders = mounted()): Uf2Drive[] {
    return folders.flatMap(path => {
        try {
            const info = readFileSync(join(path, INFO), "utf8")
            const boardId = /^Board-ID:\s*(\S+)/m.exec(info)?.[1]
            return boardId === undefined ? [] : [{ path, boardId }]
        } catch {
            return []
        }
    })
}

/**
 * The one that was asked for, or the only one.
 * @throws UsageError that lists them @throws FlashError when there is none, or it is another chip's
 */
export function chooseDrive(drives: Uf2Drive[], asked: string | undefined): Uf2Drive {
    const ours = drives.filter(({ boardId }) => boardId === BOARD_ID)
    const list = drives.map(({ path, boardId }) => `${path} (${boardId})`).join("; ")
    if (asked !== undefined) {
        const drive = drives.find(({ path }) => path === asked)
        if (drive === undefined)
            throw new UsageError(
                `${asked} is no boot drive. ${list === "" ? "None is mounted" : `Mounted: ${list}`}`
            )
        if (drive.boardId === BOARD_ID) return drive
        throw otherChip(drive)
    }
    if (ours.length === 1) return ours[0]
    if (ours.length > 1)
        throw new UsageError(`which board? Give one of them as --port. Mounted: ${list}`)
    if (drives.length > 0) throw otherChip(drives[0])
    throw new FlashError(
        `no ${BOARD_ID} drive is mounted: hold BOOTSEL while you plug the board in, and wait until the drive is there`
    )
}

/** Writes the file and waits until the drive has all of it. @throws FlashError */
export function copyToDrive(drive: Uf2Drive, uf2: Buffer, onShare: (share: number) => void): void {
    let written = 0
    try {
        const file = openSync(join(drive.path, "motewise.uf2"), "w")
        try {
            while (written < uf2.length) {
                written += writeSync(
                    file,
                    uf2,
                    written,
                    Math.min(CHUNK_BYTES, uf2.length - written)
                )
                onShare(written / uf2.length)
            }
            fsyncSync(file)
        } finally {
            closeSync(file)
        }
    } catch (e) {
        // The board restarts at the last block, and takes its drive away from under us.
        if (written === uf2.length && !existsSync(join(drive.path, INFO))) return
        const { code = "" } = e as NodeJS.ErrnoException
        const remedy =
            code === "EACCES" || code === "EPERM" || code === "EROFS"
                ? "mount it so that you may write"
                : "plug the board in again with BOOTSEL held, and run this again"
        throw new FlashError(
            `${drive.path} did not take the image (${code}, at ${written} of ${uf2.length} B): ${remedy}`
        )
    }
}

function otherChip({ path, boardId }: Uf2Drive): FlashError {
    return new FlashError(
        `the board on ${path} is a ${boardId}, and the one that was asked for has an RP2040 (${BOARD_ID}): nothing was written`
    )
}

function mounted(): string[] {
    if (process.platform === "linux") return fatMounts(readFileSync("/proc/mounts", "utf8"))
    if (process.platform === "darwin")
        return readdirSync("/Volumes").map(name => join("/Volumes", name))
    if (process.platform === "win32")
        return [..."DEFGHIJKLMNOPQRSTUVWXYZ"].map(letter => `${letter}:\\`)
    return []
}

/** Where FAT is mounted, of Linux's table: nothing else is a boot drive, and some of the rest may hang. */
export function fatMounts(table: string): string[] {
    return table
        .split("\n")
        .map(line => line.split(" "))
        .filter(([, , type]) => type === "vfat")
        .map(([, path]) =>
            // A space and its likes are told in octal.
            path.replace(/\\(\d{3})/g, (_, octal) => String.fromCharCode(parseInt(octal, 8)))
        )
}
