/** MQTT 3.1.1 packets, read from a byte stream however it is cut. [Brackets] name chapters of the standard. */
import { PUBLISH, Packet } from "./packets"

/** [2.2.3] The fourth byte of a remaining length is its last. */
const LAST_LENGTH_SHIFT = 21

const READ_FIRST = 0
const READ_LENGTH = 1
const READ_BODY = 2

/**
 * Cuts a byte stream into packets. Holds at most one packet of `bodyBytesMax`; a longer one is passed over without being kept, and
 * comes out with an undefined body, and its id if it is a PUBLISH that wants to be acknowledged.
 */
export class PacketParser {
    /** Set once the stream is not MQTT (a remaining length of five bytes): nothing more comes out. */
    malformed = false
    private first = 0
    private length = 0
    private lengthShift = 0
    private state = READ_FIRST
    private body: Buffer
    private bodyAt = 0
    private chunk = hex``
    private chunkAt = 0
    /** The first two bytes of a body that is passed over, and the two after its topic. */
    private topicBytes = 0
    private skippedId = 0

    constructor(private readonly bodyBytesMax: number) {}

    /** The next bytes of the stream. Everything `next` had to give must have been taken before. */
    push(chunk: Buffer): void {
        this.chunk = chunk
        this.chunkAt = 0
    }

    /** The next whole packet, or undefined until more bytes are pushed. */
    next(): Packet | undefined {
        while (this.state !== READ_BODY) {
            if (this.malformed || this.chunkAt >= this.chunk.length) return this.spent()
            const byte = this.chunk[this.chunkAt]
            this.chunkAt++
            if (this.state === READ_FIRST) {
                this.first = byte
                this.length = 0
                this.lengthShift = 0
                this.state = READ_LENGTH
            } else {
                this.readLength(byte)
            }
        }
        return this.fillBody() ? this.finish() : this.spent()
    }

    /** A chunk that was read is not held until the next one comes: it may be a kilobyte, and that a minute. */
    private spent(): undefined {
        this.chunk = hex``
        this.chunkAt = 0
        return undefined
    }

    private readLength(byte: number): void {
        this.length = this.length + ((byte & 127) << this.lengthShift)
        if (byte > 127) {
            if (this.lengthShift === LAST_LENGTH_SHIFT) this.malformed = true
            this.lengthShift += 7
            return
        }
        this.body = this.length <= this.bodyBytesMax ? Buffer.alloc(this.length) : undefined
        this.bodyAt = 0
        this.topicBytes = 0
        this.skippedId = 0
        this.state = READ_BODY
    }

    /** True once the body is complete. */
    private fillBody(): boolean {
        let count = this.chunk.length - this.chunkAt
        const missing = this.length - this.bodyAt
        if (count > missing) count = missing
        if (count > 0) {
            if (this.body === undefined) this.passOver(count)
            else this.body.blitAt(this.bodyAt, this.chunk, this.chunkAt, count)
        }
        this.bodyAt += count
        this.chunkAt += count
        return this.bodyAt >= this.length
    }

    /** Of a PUBLISH that is too long, just the packet id is read [3.3.2]: unacknowledged, it would come again for ever. */
    private passOver(count: number): void {
        if (this.first >> 4 !== PUBLISH || (this.first & 0x06) === 0) return
        if (this.bodyAt < 2) {
            this.topicBytes += this.bodyByte(0, count) << 8
            this.topicBytes += this.bodyByte(1, count)
        }
        const idAt = 2 + this.topicBytes
        const end = this.bodyAt + count
        if (end < 2 || end <= idAt || this.bodyAt >= idAt + 2 || idAt + 2 > this.length) return
        this.skippedId += this.bodyByte(idAt, count) << 8
        this.skippedId += this.bodyByte(idAt + 1, count)
    }

    /** The byte at `at` of the body if it is among the next `count` of the chunk; else 0, which adds nothing. */
    private bodyByte(at: number, count: number): number {
        const offset = at - this.bodyAt
        return offset >= 0 && offset < count ? this.chunk[this.chunkAt + offset] : 0
    }

    private finish(): Packet {
        this.state = READ_FIRST
        const { body, skippedId } = this
        this.body = undefined
        return { type: this.first >> 4, flags: this.first & 15, body, skippedId }
    }
}
