/** A part in front of which something happens: it is told the number of each transaction, from 1, before the part hears of it. */
import { Part } from "../../sim/parts/part"

export class Meddled implements Part {
    readonly address: number
    private transactions = 0

    constructor(
        private readonly part: Part,
        private readonly before: (transaction: number) => void
    ) {
        this.address = part.address
    }

    write(bytes: Buffer): boolean {
        this.transactions++
        this.before(this.transactions)
        return this.part.write(bytes)
    }

    read(length: number): Buffer | undefined {
        this.transactions++
        this.before(this.transactions)
        return this.part.read(length)
    }

    overhear(address: number, written: Buffer, isTaken: boolean): void {
        this.part.overhear(address, written, isTaken)
    }
}
