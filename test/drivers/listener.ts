/** Listens on the wires between a driver and a part: each write as `w` and its bytes, each read as `r` and how many it asks for. */
import { Part } from "../../sim/parts/part"

export class Listener implements Part {
    readonly address: number
    heard = ""

    constructor(private readonly part: Part) {
        this.address = part.address
    }

    write(bytes: Buffer): boolean {
        this.hear(`w${bytes.toString("hex")}`)
        return this.part.write(bytes)
    }

    read(length: number): Buffer | undefined {
        this.hear(`r${length}`)
        return this.part.read(length)
    }

    private hear(transaction: string): void {
        this.heard = this.heard === "" ? transaction : `${this.heard} ${transaction}`
    }
}
