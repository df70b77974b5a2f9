/**
 * LM-OTS, the one-time signature that LMS is made of (RFC 8554 §4; SHA-256/192 by RFC 9858 §3).
 *
 * Nearly all time goes into the steps of the chains. A step hashes 47 or 55 bytes, one block of SHA-256: one call of the runtime's own
 * digest, with the same buffers each time, for an allocation more a step doubles what it takes.
 */
import * as ds from "@devicescript/core"
import { putU32 } from "./big-endian"
import { IDENTIFIER_BYTES, LmsParameters } from "./lms-parameters"

/** What is hashed begins with I, q or r, and two bytes that tell the hashes apart [§7.1]. */
export const PREFIX_BYTES = 22
const D_PBLC = 0x80
const D_MESG = 0x81
/** Of a step: I, q, the chain as 16 bits, the step as 8, then the value. */
const CHAIN_AT = 20
const STEP_AT = 22
const VALUE_AT = 23
/** In place of the step, for what is derived from the seed [appendix A]. */
const DERIVED = 0xff
/** In place of the chain, for C: not one of a chain's numbers. */
const RANDOMIZER = 0xfffd
/** 60 ms on an RP2040: then the rest of the firmware gets its turn, not just the other fibers. */
const STEPS_BETWEEN_RESTS = 240

/** SHA-256 of the parts together. A part that is no buffer would cost the node a reset: hand in none. */
export function sha256(parts: Buffer[]): Buffer {
    return (Buffer as any).digest(undefined, "sha256", parts)
}

/** The one-time keys of one tree. */
export class LmOts {
    private readonly step: Buffer
    private readonly steps: Buffer[]
    /** I, q, D_PBLC, and what the chains end in: hashed, the one-time public key. Undefined in between, for signing does without. */
    private ends: Buffer
    private readonly prefix = Buffer.alloc(PREFIX_BYTES)
    /** The message's hash and its checksum, to be cut into digits. */
    private readonly digits: Buffer
    private stepsSinceRest = 0

    /** @param keyBytes holds I at `identifierAt` */
    constructor(
        private readonly parameters: LmsParameters,
        keyBytes: Buffer,
        identifierAt: number
    ) {
        const { hashBytes } = parameters
        this.step = Buffer.alloc(VALUE_AT + hashBytes)
        this.steps = [this.step]
        this.digits = Buffer.alloc(hashBytes + 2)
        this.step.blitAt(0, keyBytes, identifierAt, IDENTIFIER_BYTES)
        this.prefix.blitAt(0, keyBytes, identifierAt, IDENTIFIER_BYTES)
        this.prefix[CHAIN_AT] = D_MESG
        this.prefix[CHAIN_AT + 1] = D_MESG
    }

    /** The public key K of one-time key q [§4.3]. */
    async publicKey(q: number, seed: Buffer): Promise<Buffer> {
        const { chains, digitBits } = this.parameters
        this.select(q)
        this.beginEnds()
        for (let i = 0; i < chains; ++i) {
            this.derive(i, seed)
            await this.walk(i, 0, (1 << digitBits) - 1)
            this.end(i)
        }
        return this.endsHash()
    }

    /**
     * Writes the signature to `target` at `at` [§4.5]. C is derived from the seed as the chains are, so no random number enters, and
     * whoever would sign the same twice with one key tells nothing by it.
     */
    async sign(
        q: number,
        seed: Buffer,
        message: Buffer,
        target: Buffer,
        at: number
    ): Promise<void> {
        const { otsType, hashBytes, chains } = this.parameters
        this.select(q)
        putU32(target, at, otsType)
        this.derive(RANDOMIZER, seed)
        target.blitAt(at + 4, this.step, VALUE_AT, hashBytes)
        this.digest(message, target, at + 4)
        for (let i = 0; i < chains; ++i) {
            this.derive(i, seed)
            await this.walk(i, 0, this.digit(i))
            target.blitAt(at + 4 + hashBytes * (1 + i), this.step, VALUE_AT, hashBytes)
        }
    }

    /**
     * The public key that a signature at `at` makes this message's [§4.6]. The caller has checked its type and length.
     * @devsWhenUsed
     */
    async candidate(q: number, message: Buffer, signature: Buffer, at: number): Promise<Buffer> {
        const { hashBytes, chains, digitBits } = this.parameters
        this.select(q)
        this.digest(message, signature, at + 4)
        this.beginEnds()
        for (let i = 0; i < chains; ++i) {
            this.step.blitAt(VALUE_AT, signature, at + 4 + hashBytes * (1 + i), hashBytes)
            await this.walk(i, this.digit(i), (1 << digitBits) - 1)
            this.end(i)
        }
        return this.endsHash()
    }

    private select(q: number): void {
        putU32(this.step, IDENTIFIER_BYTES, q)
        putU32(this.prefix, IDENTIFIER_BYTES, q)
    }

    private derive(chain: number, seed: Buffer): void {
        const { hashBytes } = this.parameters
        this.step[CHAIN_AT] = chain >> 8
        this.step[CHAIN_AT + 1] = chain
        this.step[STEP_AT] = DERIVED
        this.step.blitAt(VALUE_AT, seed, 0, hashBytes)
        this.step.blitAt(VALUE_AT, sha256(this.steps), 0, hashBytes)
    }

    /** Takes the value in `step` from one place in its chain to a later one, and gives way. */
    private async walk(chain: number, from: number, to: number): Promise<void> {
        const { hashBytes } = this.parameters
        const step = this.step
        const steps = this.steps
        step[CHAIN_AT] = chain >> 8
        step[CHAIN_AT + 1] = chain
        for (let j = from; j < to; ++j) {
            step[STEP_AT] = j
            step.blitAt(VALUE_AT, (Buffer as any).digest(undefined, "sha256", steps), 0, hashBytes)
        }
        this.stepsSinceRest += to - from
        const isRestDue = this.stepsSinceRest >= STEPS_BETWEEN_RESTS
        if (isRestDue) this.stepsSinceRest = 0
        await ds.sleep(isRestDue ? 1 : 0)
    }

    /** Once q is selected. */
    private beginEnds(): void {
        const { hashBytes, chains } = this.parameters
        this.ends = Buffer.alloc(PREFIX_BYTES + chains * hashBytes)
        this.ends.blitAt(0, this.prefix, 0, CHAIN_AT)
        this.ends[CHAIN_AT] = D_PBLC
        this.ends[CHAIN_AT + 1] = D_PBLC
    }

    private end(chain: number): void {
        const { hashBytes } = this.parameters
        this.ends.blitAt(PREFIX_BYTES + chain * hashBytes, this.step, VALUE_AT, hashBytes)
    }

    private endsHash(): Buffer {
        const hash = sha256([this.ends]).slice(0, this.parameters.hashBytes)
        this.ends = undefined
        return hash
    }

    /** Q and its checksum [§4.4]. @param randomizer holds C at `at` */
    private digest(message: Buffer, randomizer: Buffer, at: number): void {
        const { hashBytes, digitBits, checksumShift } = this.parameters
        const c = randomizer.slice(at, at + hashBytes)
        this.digits.blitAt(0, sha256([this.prefix, c, message]), 0, hashBytes)
        const largest = (1 << digitBits) - 1
        let sum = 0
        for (let i = 0; i < (hashBytes * 8) / digitBits; ++i) sum += largest - this.digit(i)
        sum <<= checksumShift
        this.digits[hashBytes] = sum >> 8
        this.digits[hashBytes + 1] = sum
    }

    /** coef [§3.1.3] */
    private digit(i: number): number {
        const { digitBits } = this.parameters
        const firstBit = i * digitBits
        return (
            (this.digits[firstBit >> 3] >> (8 - digitBits - (firstBit & 7))) &
            ((1 << digitBits) - 1)
        )
    }
}
