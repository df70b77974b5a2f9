/** Reads what a node may be told: unsigned integers, texts, byte strings, and the heads of arrays and maps (RFC 8949). Anything else is refused. */
export class CborReader {
    /** Set once something else was met, or the end: all that was read since is worth nothing. */
    failed = false
    private at = 0

    constructor(private readonly bytes: Buffer) {}

    /** Nothing is left, and nothing was wrong. */
    isDone(): boolean {
        return !this.failed && this.at === this.bytes.length
    }

    /** 0..2^53-1; 0 when it failed. */
    unsigned(): number {
        return this.argument(0)
    }

    /** At most `lengthMax` bytes; empty when it failed. */
    text(lengthMax: number): string {
        return this.string(3, lengthMax).toString("utf-8")
    }

    /** A copy, of at most `lengthMax` bytes; empty when it failed. */
    byteString(lengthMax: number): Buffer {
        return this.string(2, lengthMax)
    }

    /** Items; 0 when it failed. */
    array(): number {
        return this.argument(4)
    }

    /** Pairs; 0 when it failed. */
    map(): number {
        return this.argument(5)
    }

    private string(major: number, lengthMax: number): Buffer {
        const length = this.argument(major)
        if (length > lengthMax || this.at + length > this.bytes.length) this.failed = true
        if (this.failed) return hex``
        const bytes = this.bytes.slice(this.at, this.at + length)
        this.at += length
        return bytes
    }

    private argument(major: number): number {
        const head = this.byte()
        if (head >> 5 !== major) this.failed = true
        const info = head & 31
        if (this.failed || info < 24) return this.failed ? 0 : info
        if (info > 27) {
            this.failed = true
            return 0
        }
        let value = 0
        for (let i = 1 << (info - 24); i > 0; --i) value = value * 256 + this.byte()
        if (value > 9007199254740991) this.failed = true
        return this.failed ? 0 : value
    }

    private byte(): number {
        if (this.at >= this.bytes.length) {
            this.failed = true
            return 0
        }
        const byte = this.bytes[this.at]
        this.at++
        return byte
    }
}
