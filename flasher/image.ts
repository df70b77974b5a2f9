/** All that goes into a board's flash, in one piece: the runtime, our board's configuration in it, settings and program behind it. */
import { UsageError } from "../image/project"
import { boardConfig, isBoardConfig } from "./board-config"
import type { BoardFile } from "../image/boards"
import type { Chip, EspChip } from "./chips"
import { readEspRuntime } from "./esp-image"
import type { RuntimeFile } from "./runtime"
import { ERASED, readUf2 } from "./uf2"

export interface StorePlace {
    /** In flash, from its first byte on. */
    at: number
    bytes: number
}

export interface FlashImage {
    store: StorePlace
    /** What is written, once the store is known: an ESP32's flash from 0 on, an RP2040's UF2. */
    with(store: Buffer, isAllErased: boolean): Buffer
}

// RP2040: DeviceScript's store is the end of the flash's first megabyte, and 16 kB before it is the configuration (pico jd_user_config.h).
const RP2040_FLASH_AT = 0x10000000
const RP2040_STORE: StorePlace = { at: 0xe0000, bytes: 128 * 1024 }
const RP2040_CONFIG_AT = RP2040_STORE.at - 16 * 1024

/** @throws UsageError when this is no runtime for the board */
export function flashImage(board: BoardFile, chip: Chip, runtime: RuntimeFile): FlashImage {
    const config = boardConfig(board)
    return chip.kind === "esp" ? espImage(runtime, chip, config) : rp2040Image(runtime, config)
}

function espImage({ bytes, from }: RuntimeFile, chip: EspChip, config: Buffer): FlashImage {
    const runtime = readEspRuntime(bytes, chip, from)
    if (config.length > runtime.config.bytes)
        throw new UsageError(`the board's configuration has ${config.length} B: too many pins`)
    return {
        store: runtime.store,
        with: store => {
            const flash = Buffer.alloc(runtime.store.at + runtime.store.bytes, ERASED)
            bytes.copy(flash, chip.bootloaderAt)
            flash.fill(ERASED, runtime.config.at, runtime.config.at + runtime.config.bytes)
            config.copy(flash, runtime.config.at)
            store.copy(flash, runtime.store.at)
            return flash
        },
    }
}

function rp2040Image({ bytes, from }: RuntimeFile, config: Buffer): FlashImage {
    const pages = readUf2(bytes, from)
    const at = (offset: number) => RP2040_FLASH_AT + offset
    const { at: storeAt, bytes: storeBytes } = RP2040_STORE
    if (pages.tells(at(storeAt), at(storeAt + storeBytes)))
        throw new UsageError(
            `${from} reaches into the store: a bundle with a program in it. Give the bare runtime`
        )
    if (!isBoardConfig(pages.read(at(RP2040_CONFIG_AT), 8) ?? Buffer.alloc(0)))
        throw new UsageError(
            `${from} is no DeviceScript runtime for an RP2040: no board's configuration at 0x${at(RP2040_CONFIG_AT).toString(16)}`
        )
    return {
        store: RP2040_STORE,
        with: (store, isAllErased) => {
            const all = readUf2(bytes, from)
            const room = Buffer.alloc(storeAt - RP2040_CONFIG_AT, ERASED)
            config.copy(room)
            all.write(at(RP2040_CONFIG_AT), room)
            all.write(at(storeAt), store)
            if (isAllErased) all.eraseRest()
            return all.file()
        },
    }
}
