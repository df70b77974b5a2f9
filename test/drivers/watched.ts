/** A part whose wires are watched: what goes over them is noted, and what one register says may be changed. */
import { Part } from "../../sim/parts/part"

export class Watched implements Part {
    readonly address: number
    said = ""
    private pointer = 0

    constructor(
        private readonly inner: Part,
        private readonly register = -1,
        private readonly change: (bytes: Buffer) => void = () => {}
    ) {
        this.address = inner.address
    }

    write(bytes: Buffer): boolean {
        this.pointer = bytes[0]
        this.said += bytes.toString("hex") + " "
        return this.inner.write(bytes)
    }

    read(length: number): Buffer | undefined {
        const bytes = this.inner.read(length)
        this.said += `r${length} `
        if (this.pointer === this.register) this.change(bytes)
        return bytes
    }
}
