/** Another part at the address: takes every command and answers one byte over and over. 0x00 is also a bus stuck low. */
import { Part } from "../../sim/parts/part"

export class Stranger implements Part {
    constructor(
        readonly address: number,
        private readonly byte: number
    ) {}

    write(bytes: Buffer): boolean {
        return bytes.length > 0
    }

    read(length: number): Buffer | undefined {
        const bytes = Buffer.alloc(length)
        for (let at = 0; at < length; ++at) bytes[at] = this.byte
        return bytes
    }
}
