/** A part that gives one answer of our own to one command of two bytes, and its own to all others. */
import { Part } from "../../sim/parts/part"

export class Answering implements Part {
    readonly address: number
    private command = 0

    constructor(
        private readonly inner: Part,
        private readonly answered: number,
        private readonly answer: Buffer
    ) {
        this.address = inner.address
    }

    write(bytes: Buffer): boolean {
        this.command = (bytes[0] << 8) | bytes[1]
        return this.inner.write(bytes)
    }

    read(length: number): Buffer | undefined {
        return this.command === this.answered ? this.answer : this.inner.read(length)
    }
}
