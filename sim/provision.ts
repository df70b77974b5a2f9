/** A flash as it leaves the bench: a program and settings, written by the VM itself, so that the format is the runtime's own. */
import { Flash } from "./flash"
import { setSettingFrame, settingsServiceIn } from "./jacdac"
import { Vm } from "./vm/vm"

/** 128 kB, as on RP2040 and in upstream's simulator. */
export const FLASH_BYTES = 128 * 1024
const BENCH_ID = "00000000000000be"
const ANNOUNCE_MS_MAX = 2000
/** The store is synced within a tenth of a second of a write. */
const SETTLE_MS = 500
const SETTING_BYTES_MAX = 200

/**
 * @param settings by key, of at most 13 characters: texts, which programs read as JSON, or bytes as they are
 * @param flashBytes of the store: the halves it keeps settings in are a sixteenth each
 * @throws Error when the VM refuses the image, or the store has no room for it
 */
export function provision(
    image: Uint8Array,
    settings: Record<string, string | Buffer>,
    flashBytes = FLASH_BYTES
): Uint8Array {
    const flash = new Flash()
    const frames: Uint8Array[] = []
    let timeMs = 0
    const vm = new Vm(
        {
            nowMs: () => timeMs,
            fillRandom: bytes => void bytes.fill(0),
            flashBytes,
            loadFlash: () => flash.load(),
            saveFlash: image => flash.save(image),
            print: () => {},
            panic: () => {},
            sendFrame: frame => void frames.push(frame),
            answer: () => {},
            openSocket: () => -1,
            writeSocket: () => -1,
            closeSocket: () => -1,
        },
        BENCH_ID
    )
    const run = (ms: number) => {
        for (const endMs = timeMs + ms; timeMs < endMs; timeMs += 10) vm.process()
    }
    vm.start()
    let service: number | undefined
    while (service === undefined) {
        if (timeMs > ANNOUNCE_MS_MAX) throw new Error("the VM announces no settings service")
        run(10)
        service = frames.map(settingsServiceIn).find(index => index !== undefined)
    }
    for (const [key, setting] of Object.entries(settings)) {
        const value = Buffer.isBuffer(setting) ? setting : Buffer.from(JSON.stringify(setting))
        if (key.length > 13 || value.length > SETTING_BYTES_MAX)
            throw new Error(`setting ${key} is longer than the store takes`)
        vm.receiveFrame(setSettingFrame(BENCH_ID, service, key, value))
        run(SETTLE_MS)
    }
    // Last, for a program starts as soon as it is written, and would run here.
    vm.deploy(image)
    return flash.load()
}
