/** Reads what a command may hold: unsigned integers, texts, and the heads of arrays and maps (RFC 8949). Anything else is no command. */
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
        const length = this.argument(3)
        if (length > lengthMax || this.at + length > this.bytes.length) this.failed = true
        if (this.failed) return ""
        const text = this.bytes.slice(this.at, this.at + length).toString("utf-8")
        this.at += length
        return text
    }

    /** Items; 0 when it failed. */
    array(): number {
        return this.argument(4)
    }

    /** Pairs; 0 when it failed. */
    map(): number {
        return this.argument(5)
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
