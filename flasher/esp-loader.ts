/**
 * Writes an ESP32's flash over its serial port. The protocol is esptool-js's, Espressif's own; here is what it leaves to us: to be quiet,
 * to look at the chip before anything is written, to tell what went wrong so that somebody can mend it, and to let the board run.
 */
import { createHash } from "node:crypto"
import { ESPLoader, Transport } from "esptool-js"
import type { EspChip } from "./chips"
import { FlashError } from "./flash-error"
import type { SerialWire } from "./serial-wire"

const ROM_BAUD = 115200
/** Every bridge there is on these boards does it; a board that does not answer at it is asked again at the ROM's. */
const FAST_BAUD = 460800
const CONNECT_ATTEMPTS = 7
const RESET_MS = 100

type FlashSize = Parameters<ESPLoader["flashSizeBytes"]>[0]

/** One that says nothing by itself: upstream's writes to the console, also when it traces nothing. */
class QuietTransport extends Transport {
    override trace(): void {}
}

export interface EspWriting {
    /** All of the flash, not only what is written. */
    isAllErased: boolean
    onShare(share: number): void
}

/**
 * Writes an image from address 0 on, reads its MD5 back, and restarts the board.
 * @returns the chip's MAC, 12 hex digits
 * @throws FlashError, and whatever opening the port throws
 */
export async function writeEsp(
    wire: SerialWire,
    chip: EspChip,
    image: Buffer,
    { isAllErased, onShare }: EspWriting
): Promise<string> {
    // Its declarations want the browser's types, which are not here.
    const transport = new QuietTransport(wire as never)
    const loader = new ESPLoader({
        transport,
        baudrate: FAST_BAUD,
        romBaudrate: ROM_BAUD,
        terminal: { clean: () => {}, write: () => {}, writeLine: () => {} },
    })
    try {
        await connect(loader)
        const mac = await prepare(loader, chip, image.length)
        await write(loader, image, isAllErased, onShare)
        return mac
    } finally {
        await restart(wire)
        await wire.close()
    }
}

async function connect(loader: ESPLoader): Promise<void> {
    try {
        await loader.connect("default_reset", CONNECT_ATTEMPTS)
    } catch (e) {
        if (!isOfLoader(e)) throw e
        throw new FlashError(
            "the board does not answer. Hold its BOOT button (IO0), press RESET (EN), let both go, and try again; or try another cable, one that carries data"
        )
    }
}

/** Looks at the chip and at its flash, and puts Espressif's faster loader into its RAM. @returns the MAC */
async function prepare(loader: ESPLoader, chip: EspChip, imageBytes: number): Promise<string> {
    const { CHIP_NAME: found } = loader.chip
    if (found !== chip.name)
        throw refused(
            `the chip is an ${found}, and the board that was asked for has an ${chip.name}`,
            "give the --board that it is"
        )
    if (loader.secureDownloadMode) throw refused("the chip is locked", "take another board")
    try {
        const mac = await loader.chip.readMac(loader)
        await loader.chip.postConnect?.(loader)
        await loader.runStub()
        await loader.changeBaud()
        checkFlash(loader, await loader.readFlashId(), imageBytes)
        return mac.replaceAll(":", "").toLowerCase()
    } catch (e) {
        if (!isOfLoader(e)) throw e
        throw refused(
            `the board stopped answering (${lineOf(e)})`,
            "try again, with another cable if need be"
        )
    }
}

/** @param id JEDEC's, as the flash tells it: the third byte stands for the size */
function checkFlash(loader: ESPLoader, id: number, imageBytes: number): void {
    if (id === 0 || id === 0xffffff)
        throw refused(
            "the chip does not reach its flash",
            "take away what is wired to the board, and try again"
        )
    const size = loader.DETECTED_FLASH_SIZES[(id >> 16) & 0xff]
    if (size !== undefined && loader.flashSizeBytes(size as FlashSize) < imageBytes)
        throw refused(
            `the board has ${size} of flash, and ${imageBytes / 1024} kB are needed`,
            "take another board"
        )
}

function refused(what: string, remedy: string): FlashError {
    return new FlashError(`${what}: nothing was written; ${remedy}`)
}

async function write(
    loader: ESPLoader,
    image: Buffer,
    isAllErased: boolean,
    onShare: (share: number) => void
): Promise<void> {
    let share = 0
    try {
        await loader.writeFlash({
            fileArray: [{ data: image, address: 0 }],
            flashMode: "keep",
            flashFreq: "keep",
            flashSize: "keep",
            eraseAll: isAllErased,
            compress: true,
            reportProgress: (_file, written, total) => {
                share = written / total
                onShare(share)
            },
            calculateMD5Hash: bytes => createHash("md5").update(bytes).digest("hex"),
        })
    } catch (e) {
        if (e instanceof FlashError || !(e instanceof Error)) throw e
        const what = lineOf(e).startsWith("MD5")
            ? "what was written does not read back as it was"
            : `writing stopped at ${Math.floor(share * 100)} % (${lineOf(e)})`
        throw new FlashError(
            `${what}: the board holds no whole image. Run this again, with another cable if need be`
        )
    }
}

/** EN low for a moment with IO0 high; upstream's own hard reset only lets go of EN. A board that is gone needs none. */
async function restart(wire: SerialWire): Promise<void> {
    try {
        await wire.setSignals({ dataTerminalReady: false, requestToSend: true })
        await new Promise(resolve => setTimeout(resolve, RESET_MS))
        await wire.setSignals({ dataTerminalReady: false, requestToSend: false })
    } catch {
        return
    }
}

/** What esptool-js throws, of its several classes; opening a port throws the system's errors. */
function isOfLoader(error: unknown): error is Error {
    return error instanceof Error && !(error instanceof FlashError) && !("code" in error)
}

function lineOf(error: Error): string {
    return error.message.split("\n")[0]
}
