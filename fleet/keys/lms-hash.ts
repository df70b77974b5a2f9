/** What LMS hashes: chains, messages, nodes, each told apart by what comes first (RFC 8554 §7.1). */
import { hash } from "node:crypto"
import { IDENTIFIER_BYTES, type LmsType } from "./lms-types"

const D_PBLC = 0x8080
const D_MESG = 0x8181
const D_LEAF = 0x8282
const D_INTR = 0x8383
const STEP_AT = 22
const VALUE_AT = 23
/** In place of a step: what is derived from a seed (appendix A). */
const DERIVED = 0xff
/** In place of a chain: C. */
const RANDOMIZER = 0xfffd

/** The hashes of one tree. */
export class LmsHash {
    /** I, q, the chain, the step, and the value that it is applied to. */
    private readonly step: Buffer

    constructor(
        private readonly type: LmsType,
        private readonly identifier: Uint8Array
    ) {
        this.step = Buffer.alloc(VALUE_AT + type.hashBytes)
        this.step.set(identifier)
    }

    /** x_q[chain], where a chain begins. */
    secret(q: number, chain: number, seed: Uint8Array): Buffer {
        this.step.writeUInt32BE(q, IDENTIFIER_BYTES)
        this.step.writeUInt16BE(chain, IDENTIFIER_BYTES + 4)
        this.step[STEP_AT] = DERIVED
        this.step.set(seed, VALUE_AT)
        this.apply()
        return this.value()
    }

    randomizer(q: number, seed: Uint8Array): Buffer {
        return this.secret(q, RANDOMIZER, seed)
    }

    /** A value taken from one place in its chain to a later one. */
    walk(q: number, chain: number, value: Uint8Array, from: number, to: number): Buffer {
        this.step.writeUInt32BE(q, IDENTIFIER_BYTES)
        this.step.writeUInt16BE(chain, IDENTIFIER_BYTES + 4)
        this.step.set(value, VALUE_AT)
        for (let j = from; j < to; ++j) {
            this.step[STEP_AT] = j
            this.apply()
        }
        return this.value()
    }

    /** K, from where the chains end. */
    oneTimeKey(q: number, ends: Uint8Array[]): Buffer {
        return this.hash(q, D_PBLC, ends)
    }

    /** Q of a message and its checksum, as digits: one a chain (§3.1.3, §4.4). */
    digits(q: number, randomizer: Uint8Array, message: Uint8Array): number[] {
        const { digitBits, chains, checksumShift } = this.type
        const largest = (1 << digitBits) - 1
        const digits = digitsOf(this.hash(q, D_MESG, [randomizer, message]), digitBits)
        const sum = digits.reduce((total, digit) => total + largest - digit, 0) << checksumShift
        return [...digits, ...digitsOf([sum >> 8, sum & 0xff], digitBits)].slice(0, chains)
    }

    leaf(r: number, oneTimeKey: Uint8Array): Buffer {
        return this.hash(r, D_LEAF, [oneTimeKey])
    }

    /** Node r from the two below it. */
    above(r: number, left: Uint8Array, right: Uint8Array): Buffer {
        return this.hash(r, D_INTR, [left, right])
    }

    private hash(number: number, kind: number, parts: Uint8Array[]): Buffer {
        const prefix = Buffer.alloc(6)
        prefix.writeUInt32BE(number)
        prefix.writeUInt16BE(kind, 4)
        const whole = Buffer.concat([this.identifier, prefix, ...parts])
        return Buffer.from(hash("sha256", whole, "hex"), "hex").subarray(0, this.type.hashBytes)
    }

    /** A string of bytes costs a quarter of what a Buffer for each of a million steps does. */
    private apply(): void {
        this.step.write(
            hash("sha256", this.step, "binary"),
            VALUE_AT,
            this.type.hashBytes,
            "latin1"
        )
    }

    private value(): Buffer {
        return Buffer.from(this.step.subarray(VALUE_AT))
    }
}

function digitsOf(bytes: Iterable<number>, digitBits: number): number[] {
    const digits: number[] = []
    for (const byte of bytes)
        for (let shift = 8 - digitBits; shift >= 0; shift -= digitBits)
            digits.push((byte >> shift) & ((1 << digitBits) - 1))
    return digits
}
