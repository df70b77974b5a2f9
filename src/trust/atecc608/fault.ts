/** Why a secure element did not do what it was asked, in one error, as a driver's SensorError. */

/**
 * For code to switch on:
 * - `bus`: it does not answer (NACK, wire, power, a bus too fast for the wake pulse)
 * - `wake`: something answers, but not as a chip that was woken
 * - `crc`: its answer was wrong each time it was read
 * - `answer`: an answer of another length than that command has
 * - `timeout`: it was busy for longer than any of its commands takes
 * - `identity`: another chip, or another one of the kind than was meant
 * - `communication`, `watchdog`, `ecc`: its own status, after as many tries as make sense: it received the command with errors, it was
 *   about to fall asleep, its arithmetic failed
 * - `parse`, `execution`, `selfTest`, `health`, `miscompare`, `status`: its own status: no such command; not in this state; its self-test
 *   failed; its random numbers failed theirs; what it was to check is wrong; a status that no datasheet of ours knows
 * - `unlocked`: it is not provisioned: a key in it could be replaced
 * - `foreign`: somebody locked it with a configuration that is of no use here
 * - `readback`: it does not hold what was written, so nothing was locked
 */
export type ChipFault =
    | "bus"
    | "wake"
    | "crc"
    | "answer"
    | "timeout"
    | "identity"
    | "communication"
    | "watchdog"
    | "ecc"
    | "parse"
    | "execution"
    | "selfTest"
    | "health"
    | "miscompare"
    | "status"
    | "unlocked"
    | "foreign"
    | "readback"

/** `detail` is for a person. */
export class ChipError extends Error {
    constructor(
        readonly fault: ChipFault,
        readonly detail: string
    ) {
        super(`atecc608: ${fault}: ${detail}`)
        this.name = "ChipError"
    }
}
