/**
 * A report on the wire: a SenML pack in CBOR (RFC 8428 section 6), and the names Motewise gives its own records.
 *
 * The base name is not sent: the topic says who speaks, and `urn:dev:mw:<id>:` stands before every name when a pack leaves Motewise.
 * The first record is always the sample count; it carries the three extension fields that tell one report from every other.
 *
 * What is sealed is terse: it has no units, for the measurands' table has them, and neither boot nor sequence, which the nonce has; only
 * an alarm of an earlier boot, which is sealed by this one, has them inside. Once the time is known a routine report tells its base time
 * and no uptime. Full reports tell both: the first of a boot, the first that knows the time, alarms, the next after one was dropped, and
 * one an hour; and they alone repeat what has not changed: the verdict, gaps, what was lost, writes to flash.
 */

// RFC 8428 table 4: CBOR labels.
/** Seconds since 1970 of the sample, once the node has learned the time. */
export const LABEL_BASE_TIME = -3
export const LABEL_NAME = 0
export const LABEL_UNIT = 1
export const LABEL_VALUE = 2
export const LABEL_STRING_VALUE = 3

// Extension fields of the first record. Receivers that do not know them pass them over (RFC 8428 section 4.4).
/** 8 random bytes, new at every boot. */
export const FIELD_BOOT = "boot"
/** 0, 1, 2, ... within a boot: with the boot id it tells loss from duplicate. */
export const FIELD_SEQUENCE = "seq"
/** Milliseconds from boot to the sample that the report speaks of. */
export const FIELD_UPTIME_MS = "up"

/** No report is longer: an outbox slot, and the bound of what a receiver must hold. */
export const REPORT_BYTES_MAX = 512
/** RFC 8949: an array of up to 23 items has its count in its first byte. */
export const RECORDS_MAX = 23

/** Sampling rounds since boot. */
export const NAME_SAMPLES = "n"
/** Readings that did not come, since boot, over all parts. Sent once there are any. */
export const NAME_GAPS = "g"
/** Text: the sequence numbers that the outbox had to drop, since boot, as ranges: `3-17,20`. Sent once there are any. */
export const NAME_LOST = "lost"
/** Writes to flash since boot. Sent once there are any. */
export const NAME_FLASH_WRITES = "fw"
/** Text: what the node has used of its energy since boot, as src/power/use.ts has it. Sent where the node keeps that account. */
export const NAME_USE = "use"
/** Text: an alarm that was kept through a reboot into another program, which cannot say what it meant. */
export const NAME_ALARM = "alarm"
/** `fault/<part>`: the fault when a part is lost, FAULT_NONE when it is back. */
export const NAME_FAULT_PREFIX = "fault/"
export const FAULT_NONE = "none"

/** The verdict while a missing reading leaves the model without an answer. */
export const VERDICT_UNKNOWN = "unknown"
