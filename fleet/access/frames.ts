/**
 * How long the packets of one MQTT connection say they are (MQTT 3.1.1, chapter 2.2.3): a fixed header of a byte, then a length of up to
 * four, seven bits in each. aedes keeps what comes until a packet is whole, up to 256 MB of it, and from anybody: before it asks who it is.
 */

const LENGTH_BYTES_MAX = 4

export class Frames {
    /** Of the packet that is under way: bytes of its length that were read, -1 before its first byte. */
    private lengthBytes = -1
    private length = 0
    /** Of its body, still to come. */
    private rest = 0

    constructor(private readonly bodyBytesMax: number) {}

    /** What was read next. False when a packet in it announces more than there may be, or no length at all. */
    take(chunk: Uint8Array): boolean {
        let at = 0
        while (at < chunk.length) {
            const skipped = Math.min(this.rest, chunk.length - at)
            this.rest -= skipped
            at += skipped
            if (at < chunk.length && !this.takeHeader(chunk[at++])) return false
        }
        return true
    }

    private takeHeader(byte: number): boolean {
        if (this.lengthBytes < 0) {
            this.lengthBytes = this.length = 0
            return true
        }
        this.length += (byte & 0x7f) * 128 ** this.lengthBytes++
        if (this.length > this.bodyBytesMax) return false
        const goesOn = byte >= 0x80
        if (goesOn) return this.lengthBytes < LENGTH_BYTES_MAX
        this.rest = this.length
        this.lengthBytes = -1
        return true
    }
}
