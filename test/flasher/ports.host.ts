/** Which port or drive a board is on, on machines we do not have. */
import assert from "node:assert/strict"
import {
    existsSync,
    mkdirSync,
    mkdtempSync,
    readFileSync,
    rmSync,
    statSync,
    symlinkSync,
    writeFileSync,
} from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { test } from "node:test"
import { FlashError } from "../../flasher/flash-error"
import { checkAccess, choosePort, portTrouble } from "../../flasher/ports"
import { chooseDrive, copyToDrive, fatMounts, uf2Drives } from "../../flasher/uf2-drive"
import { UsageError } from "../../image/project"

const C3 = {
    path: "/dev/ttyACM0",
    vendorId: "303a",
    productId: "1001",
    serialNumber: "7C:DF:A1:01:02:03",
}
const CP2102 = {
    path: "/dev/ttyUSB0",
    vendorId: "10C4",
    productId: "ea60",
    manufacturer: "Silicon_Labs",
}
const MODEM = { path: "/dev/ttyACM7", vendorId: "1199", productId: "9091", manufacturer: "Sierra" }
const BUILT_IN = { path: "/dev/ttyS0" }

function refused(kind: typeof UsageError | typeof FlashError, reason: RegExp) {
    return (e: unknown) => e instanceof kind && reason.test(e.message)
}

test("the only port that a board may be on is taken, whatever else there is", () => {
    assert.equal(choosePort([BUILT_IN, MODEM, CP2102], undefined), CP2102)
    assert.equal(choosePort([C3], undefined), C3)
    assert.equal(choosePort([C3, BUILT_IN], "/dev/ttyS0"), BUILT_IN)
    // As Linux's /dev/serial/by-id has them: links.
    const path = join(mkdtempSync(join(tmpdir(), "motewise-by-id-")), "usb-Espressif")
    symlinkSync("/dev/null", path)
    const port = { ...C3, path: "/dev/null" }
    assert.equal(choosePort([CP2102, port], path), port)
})

test("several are listed with who makes them; none, with what there is", () => {
    const list =
        /which board\? Give one of them as --port. Attached: \/dev\/ttyACM0 \(303a:1001, Espressif\) 7C:DF:A1:01:02:03; \/dev\/ttyUSB0 \(10C4:ea60, Silicon Labs CP210x\)$/
    assert.throws(() => choosePort([C3, CP2102], undefined), refused(UsageError, list))
    const none =
        /no board is attached: plug it in .*BOOT .*Attached: \/dev\/ttyACM7 \(1199:9091, Sierra\)/
    assert.throws(() => choosePort([BUILT_IN, MODEM], undefined), refused(FlashError, none))
    assert.throws(() => choosePort([], undefined), refused(FlashError, /Nothing is attached/))
    const unknown = /no port \/dev\/x. Attached: \/dev\/ttyACM0/
    assert.throws(() => choosePort([C3], "/dev/x"), refused(UsageError, unknown))
})

test("what the system says of a port is told with what to do", () => {
    const told = (message: string, platform: NodeJS.Platform = "linux") =>
        (portTrouble(new Error(message), "/dev/ttyUSB0", platform) as Error).message
    // As @serialport/bindings-cpp says them.
    const denied = "Error: Permission denied, cannot open /dev/ttyUSB0"
    assert.match(
        told(denied),
        /sudo usermod -aG \$\(stat -c %G \/dev\/ttyUSB0\) \$USER, then log in/
    )
    assert.match(told(denied, "darwin"), /sudo chmod a\+rw \/dev\/ttyUSB0/)
    assert.match(told("Error Resource temporarily unavailable Cannot lock port"), /another program/)
    assert.match(told("Opening COM3: Access denied", "win32"), /another program/)
    assert.match(told("Error: No such file or directory, cannot open /dev/ttyUSB0"), /is gone/)
    assert.match(told("Opening COM3: File not found", "win32"), /is gone/)
    assert.match(told("Port is not open"), /was unplugged/)
    const bug = new TypeError("x is not a function")
    assert.equal(portTrouble(bug, "/dev/ttyUSB0"), bug)
    const ours = new FlashError("the chip")
    assert.equal(portTrouble(ours, "/dev/ttyUSB0"), ours)
})

test("a port that is somebody else's is told before anything is built", () => {
    const failing = (code: string) => () => {
        throw Object.assign(new Error(code), { code })
    }
    const locked = () => checkAccess("/dev/ttyUSB0", "linux", failing("EACCES"))
    assert.throws(locked, refused(FlashError, /usermod -aG .*ttyUSB0/))
    // One that is gone is told when it is opened; Windows' are no files.
    checkAccess("/dev/ttyUSB0", "linux", failing("ENOENT"))
    checkAccess("COM3", "win32", failing("EACCES"))
    checkAccess("/dev/null", "linux")
})

/** As RP2040's boot ROM has it (datasheet 2.8.4.1). */
const INFO = "UF2 Bootloader v3.0\r\nModel: Raspberry Pi RP2\r\nBoard-ID: RPI-RP2\r\n"

function drive(info: string): string {
    const path = mkdtempSync(join(tmpdir(), "motewise-drive-"))
    writeFileSync(join(path, "INFO_UF2.TXT"), info)
    return path
}

test("the boot drive is found by what it says of itself", () => {
    const [pico, other] = [drive(INFO), drive(INFO.replace("RPI-RP2", "RP2350"))]
    const stick = mkdtempSync(join(tmpdir(), "motewise-stick-"))
    const drives = uf2Drives([stick, pico, other, join(stick, "gone")])
    assert.deepEqual(
        drives.map(({ boardId }) => boardId),
        ["RPI-RP2", "RP2350"]
    )
    assert.equal(chooseDrive(drives, undefined).path, pico)
    assert.equal(chooseDrive(drives, pico).path, pico)
    const wrong = /is a RP2350, and .* RP2040 \(RPI-RP2\): nothing was written/
    assert.throws(() => chooseDrive(drives, other), refused(FlashError, wrong))
    assert.throws(() => chooseDrive(drives.slice(1), undefined), refused(FlashError, wrong))
    assert.throws(() => chooseDrive([], undefined), refused(FlashError, /hold BOOTSEL/))
    assert.throws(
        () => chooseDrive([], "/x"),
        refused(UsageError, /\/x is no boot drive .* None is mounted/)
    )
    const twice = [...drives, ...uf2Drives([drive(INFO)])]
    assert.throws(
        () => chooseDrive(twice, undefined),
        refused(UsageError, /which board\? .*Mounted/)
    )
})

test("only FAT is looked at, and a path with a space is a path", () => {
    const table = `/dev/sda1 /media/me/RPI-RP2\\0401 vfat rw 0 0\nproc /proc proc rw 0 0\nnfs:/x /far nfs rw 0 0\n`
    assert.deepEqual(fatMounts(table), ["/media/me/RPI-RP2 1"])
})

test("a drive is named by its path however it ends; one that is there and not mounted is told", () => {
    const pico = drive(INFO)
    assert.equal(chooseDrive(uf2Drives([pico]), `${pico}/`).path, pico)
    const unmounted = join(pico, "INFO_UF2.TXT")
    assert.throws(
        () => chooseDrive([], undefined, unmounted),
        refused(FlashError, /is there, and not mounted: udisksctl mount -b .*INFO_UF2/)
    )
    assert.throws(
        () => chooseDrive(uf2Drives([pico]), "/dev/ttyACM0"),
        refused(UsageError, /no boot drive \(an RP2040's port is no place to write to/)
    )
})

test("the image goes onto the drive whole, or it is told how much did", async () => {
    const path = drive(INFO)
    const uf2 = Buffer.alloc(200_000, 0x31)
    const shares: number[] = []
    await copyToDrive({ path, boardId: "RPI-RP2" }, uf2, share => shares.push(share))
    assert.ok(readFileSync(join(path, "motewise.uf2")).equals(uf2), "the file")
    assert.equal(statSync(join(path, "motewise.uf2")).mode & 0o777, 0o600)
    // Chunks of 64 kB.
    assert.deepEqual(shares, [0, 0.32768, 0.65536, 0.98304, 1])
    const copied = (onShare: (share: number) => void = () => {}) =>
        copyToDrive({ path, boardId: "RPI-RP2" }, uf2, onShare)
    const stopped = copied(share => {
        if (share > 0.5) throw new FlashError("stopped")
    })
    await assert.rejects(stopped, refused(FlashError, /^stopped$/))
    rmSync(path, { recursive: true })
    await assert.rejects(
        copied(),
        refused(FlashError, /ENOENT, at 0 of 200000 B\): .*no whole image; plug it in again/)
    )
    assert.ok(!existsSync(path), "nothing was made")
    mkdirSync(join(path, "motewise.uf2"), { recursive: true })
    await assert.rejects(copied(), refused(FlashError, /EISDIR/))
})

test("a board that takes its drive away at the last block has the image; one that does so before has not", async () => {
    const uf2 = Buffer.alloc(100_000, 0x31)
    const takenAway = async (at: number) => {
        const path = drive(INFO)
        await copyToDrive({ path, boardId: "RPI-RP2" }, uf2, share => {
            if (share < at) return
            rmSync(path, { recursive: true })
            // What the system says of a device that is gone.
            throw Object.assign(new Error("EIO: i/o error, fdatasync"), { code: "EIO" })
        })
    }
    await takenAway(1)
    await assert.rejects(takenAway(0.5), refused(FlashError, /EIO, at 65536 of 100000 B/))
})

test(
    "a drive that is full, or may not be written, is told with what to do",
    { skip: process.platform === "linux" ? false : "Linux's /dev/full" },
    async () => {
        const copied = (to: string) => {
            const path = drive(INFO)
            symlinkSync(to, join(path, "motewise.uf2"))
            return copyToDrive({ path, boardId: "RPI-RP2" }, Buffer.alloc(9), () => {})
        }
        await assert.rejects(
            copied("/dev/full"),
            refused(FlashError, /ENOSPC, at 0 of 9 B\): .*plug it in again with BOOTSEL held/)
        )
        const denied = Object.assign(new Error("EROFS"), { code: "EROFS" })
        const path = drive(INFO)
        const readOnly = copyToDrive({ path, boardId: "RPI-RP2" }, Buffer.alloc(9), () => {
            throw denied
        })
        await assert.rejects(
            readOnly,
            refused(
                FlashError,
                /EROFS.*: mount it so that you may write: sudo umount .*; udisksctl/
            )
        )
    }
)
