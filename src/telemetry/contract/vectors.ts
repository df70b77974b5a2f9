/** Reports that both sides must agree on, byte for byte: the node writes them, the far end opens them. Written out by hand. */

export const BOOT_HEX = "0123456789abcdef"

/** The least there can be: sequence 0, the first sample, 6.2 s after boot. */
export const EMPTY_REPORT_HEX =
    "81" + // one record
    "a5" + // of five fields
    "00616e" + // name: "n"
    "0201" + // value: 1
    "64626f6f74480123456789abcdef" + // "boot": 8 bytes
    "6373657100" + // "seq": 0
    "627570191838" // "up": 6200

/** All kinds of records: sequence 300, sample 1,000 at 59,946.2 s. */
export const FULL_REPORT_HEX =
    "86" +
    "a500616e021903e864626f6f74480123456789abcdef6373657119012c6275701a0392b398" +
    "a200696f63637570616e637903686f63637570696564" + // occupancy: "occupied"
    "a3006174016343656c02c4822018d9" + // t, Cel, 4([-1, 217])
    "a3006174016343656c0215" + // t, Cel, 21
    "a2006b6661756c742f73636434780363637263" + // fault/scd4x: "crc"
    "a20061670203" // g: 3

/** A terse routine report of a room, at 1763640006 s: its 70,000th sample. */
export const TERSE_REPORT_HEX =
    "85" +
    "a3221a691f02c600616e021a00011170" + // base time, n: 70,000
    "a200617402c4822018d9" + // t: 4([-1, 217])
    "a20062726802c482201901c5" + // rh: 4([-1, 453])
    "a20063636f3202190264" + // co2: 612
    "a200626c78021901af" // lx: 431

// Sealed messages, of OpenSSL's AES-CCM and HKDF. The session's secret, the node, and of each message what it says.
export const SECRET_HEX = "a0a1a2a3a4a5a6a7a8a9aaabacadaeafb0b1b2b3b4b5b6b7b8b9babbbcbdbebf"
export const SEALED_NODE = "fedcba9876543210"

/** Sequence 300, on the up topic: the 1,000th sample at 59,946.2 s, and no more. */
export const SEALED_REPORT_PLAIN_HEX = "81a300616e021903e86275701a0392b398"
export const SEALED_REPORT_MESSAGE_HEX =
    "8343a1010ba1054d" +
    "0123456789abcdef" + // boot
    "00" + // a report
    "0000012c" + // 300
    "5819" + // 17 bytes and the tag
    "38390d3d1ed8b55152d6cea45b15eb267d" +
    "3ab8c1e2830e27ce"

/** The last of all numbers, on the ack topic: the question for the time. */
export const SEALED_OTHER_PLAIN_HEX = "a16474696d65191838"
export const SEALED_OTHER_MESSAGE_HEX =
    "8343a1010ba1054d" +
    "0123456789abcdef" +
    "01ffffffff" +
    "51" + // 9 bytes and the tag: the short form
    "c6b40933169b3e2f9b" +
    "5fface8b916d0b8f"

/** Number 2^31 + 1, on the down topic: the answer. */
export const SEALED_COMMAND_PLAIN_HEX = "a16474696d65821918381b0000019aa16f8218"
export const SEALED_COMMAND_MESSAGE_HEX =
    "8343a1010ba1054d" +
    "0123456789abcdef" +
    "0280000001" +
    "581b" +
    "aa84ad9dec3b997645a8419347511febd7ee8a" +
    "4f75be2aed346a4d"
