/** A part behind a counter of what goes over the wire: what a driver reads for nothing costs time and is never missed otherwise. */
import { Part } from "../../sim/parts/part"

export class Counted implements Part {
    readonly address: number
    writes = 0
    bytesRead = 0

    constructor(private readonly inner: Part) {
        this.address = inner.address
    }

    write(bytes: Buffer): boolean {
        this.writes++
        return this.inner.write(bytes)
    }

    read(length: number): Buffer | undefined {
        this.bytesRead += length
        return this.inner.read(length)
    }
}
