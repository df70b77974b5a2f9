/**
 * The chips we flash: what the numbers in their images are called and where their ROM begins to read (ESP-IDF, esp_app_format.h and
 * "Bootloader"; RP2040 datasheet, 2.8.4; `archId` and places are those of DeviceScript's boards/<chip>/arch.json).
 */
import { UsageError } from "../image/project"

export interface EspChip {
    kind: "esp"
    /** As the loader names it. */
    name: string
    /** `chip_id` in an image's header. */
    imageChipId: number
    /** Where in flash the ROM looks for the bootloader: a runtime file begins there. */
    bootloaderAt: number
    /** Its runtime keeps 31 bytes of a network's name and 63 of a password (wifi_impl.c copies with strlcpy into 32 and 64). */
    ssidBytesMax: 31
    takesHexKey: false
}

export interface Rp2040Chip {
    kind: "rp2040"
    name: "RP2040"
    ssidBytesMax: 32
    takesHexKey: true
}

export type Chip = EspChip | Rp2040Chip

const CHIPS: Record<string, Chip> = {
    esp32: esp("ESP32", 0x0000, 0x1000),
    esp32s2: esp("ESP32-S2", 0x0002, 0x1000),
    esp32c3: esp("ESP32-C3", 0x0005, 0x0),
    esp32s3: esp("ESP32-S3", 0x0009, 0x0),
    rp2040w: { kind: "rp2040", name: "RP2040", ssidBytesMax: 32, takesHexKey: true },
}

function esp(name: string, imageChipId: number, bootloaderAt: number): EspChip {
    return { kind: "esp", name, imageChipId, bootloaderAt, ssidBytesMax: 31, takesHexKey: false }
}

/** @param archId of a board file @throws UsageError for a chip without WiFi, or none we know */
export function chipOf(archId: string): Chip {
    const chip = CHIPS[archId]
    if (chip === undefined)
        throw new UsageError(
            `no way to flash a "${archId}"; there are: ${Object.keys(CHIPS).join(", ")}`
        )
    return chip
}

/** The name of the chip that an image's header is for. */
export function chipNameOf(imageChipId: number): string {
    const chip = Object.values(CHIPS).find(
        chip => chip.kind === "esp" && chip.imageChipId === imageChipId
    )
    return chip?.name ?? `a chip with id 0x${imageChipId.toString(16).padStart(4, "0")}`
}
