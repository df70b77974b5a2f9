/** A session's two keys at the node: what it says is sealed with one, and commands come under the other (contract/sealing.ts). */
import { sha256Hkdf } from "@devicescript/crypto"
import { Ccm } from "./ccm"
import { openEncrypt0, parseSealed, sealEncrypt0 } from "./cose"
import {
    BOOT_BYTES,
    KEY_DOWN,
    KEY_UP,
    NONCE_BYTES,
    SEALED_COMMAND,
    SEALED_OTHER,
    SEALED_REPORT,
    SESSION_SECRET_BYTES,
    sealNonce,
} from "./contract/sealing"

const NUMBER_MAX = 4294967295

/**
 * One for each secret in each boot, and kept: another of the same secret would not know which numbers are used, nor which commands
 * were taken.
 */
export class Sealer {
    private readonly up: Ccm
    private readonly down: Ccm
    private lastOther = -1
    private lastCommand = -1

    /**
     * Takes 25,000 of the 131,072 steps that the runtime grants between two awaits.
     * @param secret 32 bytes @param boot the 8 bytes that are new at every boot @throws RangeError for other lengths
     */
    constructor(
        secret: Buffer,
        private readonly boot: Buffer
    ) {
        if (secret.length !== SESSION_SECRET_BYTES || boot.length !== BOOT_BYTES)
            throw new RangeError(`secret ${secret.length} B, boot ${boot.length} B`)
        this.up = new Ccm(sha256Hkdf(secret, KEY_UP))
        this.down = new Ccm(sha256Hkdf(secret, KEY_DOWN))
    }

    /**
     * The message to publish on `topic`, and on no other. One number is one plaintext, for ever: a second one under it would give both
     * away. Of SEALED_OTHER each number is greater than the one before, and is refused if not; reports come in any order, so that a
     * report's sequence number is never used for another report is for the caller to see to. Sealed again, a report is the same message.
     *
     * @param kind SEALED_REPORT, number its sequence number; or SEALED_OTHER @throws RangeError
     */
    seal(topic: string, kind: number, number: number, plaintext: Buffer): Buffer {
        const isNew = kind === SEALED_REPORT || (kind === SEALED_OTHER && number > this.lastOther)
        // Past 32 bits the nonces would begin again; what is no integer would be cut to one.
        if (!isNew || !(number >= 0 && number <= NUMBER_MAX) || Math.floor(number) !== number)
            throw new RangeError(`kind ${kind}, number ${number}: sealed before`)
        if (kind === SEALED_OTHER) this.lastOther = number
        return sealEncrypt0(this.up, sealNonce(this.boot, kind, number), topic, plaintext)
    }

    /** What the fleet commands; undefined when it is for another boot, taken before, older than one that was, or not the fleet's. */
    openCommand(topic: string, bytes: Buffer): Buffer | undefined {
        const sealed = parseSealed(bytes)
        if (sealed === undefined) return undefined
        const { nonce } = sealed
        for (let i = 0; i < BOOT_BYTES; ++i) if (nonce[i] !== this.boot[i]) return undefined
        if (nonce[BOOT_BYTES] !== SEALED_COMMAND) return undefined
        let number = 0
        for (let i = BOOT_BYTES + 1; i < NONCE_BYTES; ++i) number = number * 256 + nonce[i]
        if (number <= this.lastCommand) return undefined
        const plaintext = openEncrypt0(this.down, topic, sealed)
        if (plaintext !== undefined) this.lastCommand = number
        return plaintext
    }
}
