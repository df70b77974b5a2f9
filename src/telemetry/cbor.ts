/** CBOR (RFC 8949) into one kept buffer, in preferred serialization: just what a report needs. */

const UNSIGNED = 0x00
const NEGATIVE = 0x20
const BYTES = 0x40
const TEXT = 0x60
const ARRAY = 0x80
const MAP = 0xa0
const TAG_DECIMAL_FRACTION = 0xc4 // RFC 8949 section 3.4.4

export class CborWriter {
    /** Bytes written; what goes past the end of `bytes` is counted and not stored. */
    length = 0

    constructor(readonly bytes: Buffer) {}

    start(): void {
        this.length = 0
    }

    /** False once more was written than fits: the bytes are then worth nothing. */
    fits(): boolean {
        return this.length <= this.bytes.length
    }

    /** -2^31 .. 2^53 */
    integer(value: number): void {
        if (value < 0) this.head(NEGATIVE, -1 - value)
        else this.head(UNSIGNED, value)
    }

    /** `value` rounded to `decimals` (0..6): an integer where it is one, else tag 4, exact where a float would not be. */
    decimal(value: number, decimals: number): void {
        let mantissa = value
        for (let i = 0; i < decimals; ++i) mantissa = mantissa * 10
        mantissa = Math.floor(mantissa + 0.5)
        let exponent = -decimals
        while (exponent < 0 && mantissa % 10 === 0) {
            mantissa = Math.idiv(mantissa, 10)
            exponent++
        }
        if (exponent === 0) {
            this.integer(mantissa)
            return
        }
        this.byte(TAG_DECIMAL_FRACTION)
        this.array(2)
        this.integer(exponent)
        this.integer(mantissa)
    }

    text(value: string): void {
        const bytes = Buffer.from(value)
        this.head(TEXT, bytes.length)
        this.encoded(bytes)
    }

    byteString(value: Buffer): void {
        this.byteStringHead(value.length)
        this.encoded(value)
    }

    /** Of a byte string that follows by another way. */
    byteStringHead(bytes: number): void {
        this.head(BYTES, bytes)
    }

    /** What is CBOR already, or a part of it. */
    encoded(bytes: Buffer): void {
        if (this.length + bytes.length <= this.bytes.length)
            this.bytes.blitAt(this.length, bytes, 0, bytes.length)
        this.length += bytes.length
    }

    array(count: number): void {
        this.head(ARRAY, count)
    }

    map(pairs: number): void {
        this.head(MAP, pairs)
    }

    private head(major: number, argument: number): void {
        if (argument < 24) {
            this.byte(major | argument)
        } else if (argument < 0x100) {
            this.byte(major | 24)
            this.byte(argument)
        } else if (argument < 0x10000) {
            this.byte(major | 25)
            this.byte(argument >> 8)
            this.byte(argument & 0xff)
        } else if (argument < 0x100000000) {
            this.byte(major | 26)
            this.word(argument)
        } else {
            this.byte(major | 27)
            this.word(Math.floor(argument / 0x100000000))
            this.word(argument)
        }
    }

    /** 32 bits, big-endian. */
    private word(value: number): void {
        this.byte((value >>> 24) & 0xff)
        this.byte((value >>> 16) & 0xff)
        this.byte((value >>> 8) & 0xff)
        this.byte(value & 0xff)
    }

    private byte(value: number): void {
        if (this.length < this.bytes.length) this.bytes[this.length] = value
        this.length++
    }
}
