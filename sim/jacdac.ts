/**
 * As much Jacdac as it takes to write a setting over the wire, as a flashing tool does: the announcement of a device's services, and
 * a command to one of them (Jacdac protocol, "Frames and packets"; service `settings`, class 0x1107dc4a, command set 0x81). And what a
 * device tells itself before it stands by (service `control`, command standby 0x87).
 */

const HEADER_BYTES = 12
const FLAG_COMMAND = 0x01
const SETTINGS_CLASS = 0x1107dc4a
const SETTINGS_SET = 0x81
const CONTROL_ANNOUNCE = 0
const CONTROL_STANDBY = 0x87

/** CRC-16/CCITT (poly 0x1021, init 0xffff) over what follows the CRC. */
function frameCrc(bytes: Uint8Array): number {
    let crc = 0xffff
    for (const byte of bytes) {
        crc ^= byte << 8
        for (let bit = 0; bit < 8; ++bit)
            crc = (crc & 0x8000) !== 0 ? ((crc << 1) ^ 0x1021) & 0xffff : (crc << 1) & 0xffff
    }
    return crc
}

/** The index of the settings service on the device that announces itself with this frame; undefined for other frames. */
export function settingsServiceIn(frame: Uint8Array): number | undefined {
    const view = Buffer.from(frame)
    const payloadBytes = view[HEADER_BYTES]
    const isAnnouncement =
        view[HEADER_BYTES + 1] === 0 && view.readUInt16LE(HEADER_BYTES + 2) === CONTROL_ANNOUNCE
    if (!isAnnouncement || payloadBytes < 8) return undefined
    // 4 bytes of flags stand where service 0 would; the rest are classes, 4 bytes each.
    for (let index = 1; index * 4 < payloadBytes; ++index)
        if (view.readUInt32LE(HEADER_BYTES + 4 + index * 4) === SETTINGS_CLASS) return index
    return undefined
}

/** A frame that sets `key` to `value` in the settings of a device. */
export function setSettingFrame(
    deviceId: string,
    service: number,
    key: string,
    value: Buffer
): Uint8Array {
    const payload = Buffer.concat([Buffer.from(`${key}\0`), value])
    const padded = Math.ceil((4 + payload.length) / 4) * 4
    const frame = Buffer.alloc(HEADER_BYTES + padded)
    frame[2] = padded
    frame[3] = FLAG_COMMAND
    frame.write(deviceId, 4, "hex")
    frame[HEADER_BYTES] = payload.length
    frame[HEADER_BYTES + 1] = service
    frame.writeUInt16LE(SETTINGS_SET, HEADER_BYTES + 2)
    payload.copy(frame, HEADER_BYTES + 4)
    frame.writeUInt16LE(frameCrc(frame.subarray(2)), 0)
    return frame
}

/** How long the device is to stand by, if it is what this frame tells it; undefined for other frames. @param deviceId 16 hex digits */
export function standbyMsIn(frame: Uint8Array, deviceId: string): number | undefined {
    const view = Buffer.from(frame)
    if (view.length < HEADER_BYTES + 8 || (view[3] & FLAG_COMMAND) === 0) return undefined
    if (view.toString("hex", 4, HEADER_BYTES) !== deviceId) return undefined
    if (view[HEADER_BYTES] !== 4 || view[HEADER_BYTES + 1] !== 0) return undefined
    if (view.readUInt16LE(HEADER_BYTES + 2) !== CONTROL_STANDBY) return undefined
    return view.readUInt32LE(HEADER_BYTES + 4)
}
