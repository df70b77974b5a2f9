/**
 * The configuration zone of an ATECC608: 128 bytes that say what each of its slots may do, and whether they can still be changed.
 *
 * Places and bits: Microchip's CryptoAuthLib, calib_device.h and calib_helpers.c. That GenKey takes bit 5 of the high byte is in its
 * data sheets of the preconfigured chips (DS40002138: slots of 0x2087 are "updatable"); the complete data sheet was not seen.
 */

export const CONFIGURATION_BYTES = 128
export const SERIAL_BYTES = 9

/** The slot that the identity's key is in. */
export const KEY_SLOT = 0

const COUNT_MATCH_AT = 18
const CHIP_MODE_AT = 19
const SLOT_CONFIG_AT = 20
const USE_LOCK_AT = 68
const USE_LOCK_BYTES = 4
export const LOCK_VALUE_AT = 86
export const LOCK_CONFIG_AT = 87
export const SLOT_LOCKED_AT = 88
const KEY_CONFIG_AT = 96

const UNLOCKED = 0x55

/** Slot 0 signs what it is given, nobody reads its key, the chip itself makes it, and it can be locked: as the factory leaves it. */
const SLOT_CONFIG = [0x83, 0x20]
/** A P-256 private key, whose public key may be asked for, that can be locked, and needs no random nonce. */
const KEY_CONFIG = [0x33, 0x00]

/** What this chip has to hold: what it holds, but for the bytes that decide what slot 0 may do, and how fast and how often. */
export function wantedConfiguration(held: Buffer): Buffer {
    const wanted = Buffer.alloc(CONFIGURATION_BYTES)
    for (let at = 0; at < CONFIGURATION_BYTES; ++at) wanted[at] = held[at]
    // No counter limits the key; the watchdog is short and the clock fast.
    wanted[COUNT_MATCH_AT] = 0
    wanted[CHIP_MODE_AT] = 0
    for (let at = 0; at < 2; ++at) {
        wanted[SLOT_CONFIG_AT + at] = SLOT_CONFIG[at]
        wanted[KEY_CONFIG_AT + at] = KEY_CONFIG[at]
    }
    // Neither a use lock nor secure boot keeps the key from signing.
    for (let at = 0; at < USE_LOCK_BYTES; ++at) wanted[USE_LOCK_AT + at] = 0
    return wanted
}

/** Where they differ first, 0..127; -1 for nowhere. */
export function firstDifference(a: Buffer, b: Buffer): number {
    for (let at = 0; at < CONFIGURATION_BYTES; ++at) if (a[at] !== b[at]) return at
    return -1
}

export function isConfigurationLocked(configuration: Buffer): boolean {
    return configuration[LOCK_CONFIG_AT] !== UNLOCKED
}

export function isDataLocked(configuration: Buffer): boolean {
    return configuration[LOCK_VALUE_AT] !== UNLOCKED
}

export function isKeyLocked(configuration: Buffer): boolean {
    return (configuration[SLOT_LOCKED_AT] & (1 << KEY_SLOT)) === 0
}

/** It is locked, and not as we would have locked it. */
export function isForeign(configuration: Buffer): boolean {
    if (!isConfigurationLocked(configuration)) return false
    return firstDifference(configuration, wantedConfiguration(configuration)) >= 0
}

/** All that cannot be undone is done: the key is there for ever. */
export function isProvisioned(configuration: Buffer): boolean {
    return (
        isConfigurationLocked(configuration) &&
        isDataLocked(configuration) &&
        isKeyLocked(configuration)
    )
}

/** What the chip is called by: 9 bytes, of which the first two and the last are 01 23 and ee in all. */
export function serialNumber(configuration: Buffer): Buffer {
    const serial = Buffer.alloc(SERIAL_BYTES)
    for (let at = 0; at < 4; ++at) serial[at] = configuration[at]
    for (let at = 4; at < SERIAL_BYTES; ++at) serial[at] = configuration[at + 4]
    return serial
}
