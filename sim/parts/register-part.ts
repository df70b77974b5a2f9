/**
 * A part with numbered byte registers: the first byte of a write sets the pointer, each further byte is written where it points, a
 * read goes on from there, and the pointer moves on by itself. A subclass says what its registers hold and what writing them does.
 */
import { Part } from "./part"

export abstract class RegisterPart implements Part {
    protected pointer = 0

    constructor(readonly address: number) {}

    /** Called before each transaction: brings the registers to what they are now. False: the part is not there, or lets nobody in. */
    protected abstract isReady(): boolean
    /** What a register holds, 0..255. */
    protected abstract get(register: number): number
    /** A byte for a register; false is a NACK. */
    protected abstract put(register: number, value: number): boolean

    /** The register after this one; a part whose FIFO does not move on overrides it. */
    protected next(register: number): number {
        return (register + 1) & 0xff
    }

    write(bytes: Buffer): boolean {
        if (!this.isReady()) return false
        this.pointer = bytes[0]
        for (let at = 1; at < bytes.length; ++at) {
            if (!this.put(this.pointer, bytes[at])) return false
            this.pointer = this.next(this.pointer)
        }
        return true
    }

    read(length: number): Buffer | undefined {
        if (!this.isReady()) return undefined
        const bytes = Buffer.alloc(length)
        for (let at = 0; at < length; ++at) {
            bytes[at] = this.get(this.pointer)
            this.pointer = this.next(this.pointer)
        }
        return bytes
    }
}
