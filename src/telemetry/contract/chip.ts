/** How the firmware asks the simulator which chip it plays: an empty message, into which the host writes the name, with NULs behind it. */

export const CHIP_TOPIC = "mw/chip"
export const CHIP_BYTES_MAX = 16
/** Where the name starts in the message that the builtin returns: a 16-byte header, the topic, NUL. */
export const CHIP_TWIN_DATA_AT = 24
