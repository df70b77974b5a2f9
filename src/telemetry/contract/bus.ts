/** How the firmware hands an I2C transaction to the simulator: `[status, address, write length, read length, written..., read...]`. */

/** Six characters: BUS_TWIN_DATA_AT depends on it. */
export const BUS_TOPIC = "mw/i2c"
/** status, address, and two lengths of 16 bits, little-endian */
export const BUS_HEADER_BYTES = 6
/** The status before the host has answered; 0 is done, anything else a NACK. */
export const BUS_NO_ANSWER = 0xff
/** Where the data starts in the message that the builtin returns: a 16-byte header, the topic, NUL. */
export const BUS_TWIN_DATA_AT = 23
