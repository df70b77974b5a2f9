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
