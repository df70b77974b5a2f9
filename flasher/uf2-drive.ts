/**
 * The drive that an RP2040 is while its boot ROM waits for a program (RP2040 datasheet, 2.8.4): it holds INFO_UF2.TXT, takes one UF2, and
 * is gone as soon as it has it.
 */
import { existsSync, readFileSync, readdirSync } from "node:fs"
import { open } from "node:fs/promises"
import { join, resolve } from "node:path"
import { UsageError } from "../image/project"
import { FlashError } from "./flash-error"

const INFO = "INFO_UF2.TXT"
const BOARD_ID = "RPI-RP2"
const CHUNK_BYTES = 64 * 1024
/** Where Linux has the drive before anybody mounted it. */
const BY_LABEL = `/dev/disk/by-label/${BOARD_ID}`
/** Its owner's alone, where the drive keeps modes: it holds the claim and the WiFi password. */
const SECRET_MODE = 0o600

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
 * @param unmounted the device that is there when the drive is plugged in, and not mounted
 * @throws UsageError that lists them @throws FlashError when there is none, or it is another chip's
 */
export function chooseDrive(
    drives: Uf2Drive[],
    asked: string | undefined,
    unmounted = BY_LABEL
): Uf2Drive {
    const ours = drives.filter(({ boardId }) => boardId === BOARD_ID)
    const list = drives.map(({ path, boardId }) => `${path} (${boardId})`).join("; ")
    if (asked !== undefined) {
        const drive = drives.find(({ path }) => resolve(path) === resolve(asked))
        if (drive === undefined)
            throw new UsageError(
                `${asked} is no boot drive (an RP2040's port is no place to write to: hold BOOTSEL while you plug it in). ${list === "" ? "None is mounted" : `Mounted: ${list}`}`
            )
        if (drive.boardId === BOARD_ID) return drive
        throw otherChip(drive)
    }
    if (ours.length === 1) return ours[0]
    if (ours.length > 1)
        throw new UsageError(`which board? Give one of them as --port. Mounted: ${list}`)
    if (drives.length > 0) throw otherChip(drives[0])
    if (existsSync(unmounted))
        throw new FlashError(
            `the ${BOARD_ID} drive is there, and not mounted: udisksctl mount -b ${unmounted}`
        )
    throw new FlashError(
        `no ${BOARD_ID} drive is mounted: hold BOOTSEL while you plug the board in, and wait until the drive is there`
    )
}

/**
 * Writes the file and waits until the drive has all of it.
 * @param onShare 0 to 1; what it throws ends the writing
 * @throws FlashError
 */
export async function copyToDrive(
    drive: Uf2Drive,
    uf2: Buffer,
    onShare: (share: number) => void
): Promise<void> {
    let written = 0
    try {
        const file = await open(join(drive.path, "motewise.uf2"), "w", SECRET_MODE)
        try {
            onShare(0)
            while (written < uf2.length) {
                const chunk = uf2.subarray(written, written + CHUNK_BYTES)
                written += (await file.write(chunk)).bytesWritten
                // Else the system takes it all at once, and what is told is not what the board has.
                await file.datasync()
                onShare(written / uf2.length)
            }
        } finally {
            await file.close()
        }
    } catch (e) {
        const { code } = e as NodeJS.ErrnoException
        if (code === undefined) throw e
        // The board restarts at the last block, and takes its drive away from under us.
        if (written === uf2.length && !existsSync(join(drive.path, INFO))) return
        throw new FlashError(
            `${drive.path} did not take the image (${code}, at ${written} of ${uf2.length} B): ${remedyFor(code, drive.path)}`
        )
    }
}

function remedyFor(code: string, path: string): string {
    if (code === "EACCES" || code === "EPERM" || code === "EROFS")
        return process.platform === "linux"
            ? `mount it so that you may write: sudo umount ${path}; udisksctl mount -b ${BY_LABEL}`
            : "mount it so that you may write"
    return "the board holds no whole image; plug it in again with BOOTSEL held, and run this again"
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
