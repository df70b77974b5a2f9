/**
 * CRC-8, most significant bit first, nothing reflected. Bit by bit: no table to keep, nothing allocated, 8 turns a byte.
 *
 * @param polynomial without its x^8 @param initial what the checksum of no bytes is
 */
export function crc8(
    bytes: Buffer,
    start: number,
    length: number,
    polynomial: number,
    initial: number
): number {
    let crc = initial
    for (let at = start; at < start + length; ++at) {
        crc = crc ^ bytes[at]
        for (let bit = 0; bit < 8; ++bit)
            crc = (crc & 0x80) !== 0 ? ((crc << 1) ^ polynomial) & 0xff : crc << 1
    }
    return crc
}
