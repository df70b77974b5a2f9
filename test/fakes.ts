/** A clock and a bus for tests inside the VM. Every helper of upstream's I2C ends in `xfer`, so that is all we answer. */
import * as ds from "@devicescript/core"
import { I2C, I2CError } from "@devicescript/i2c"
import { Clock } from "../src/drivers/sensor"
import { Part } from "../sim/parts/part"

/** Stands still but for `delay`. */
export class FakeClock implements Clock {
    now = 0
    millis(): number {
        return this.now
    }
    async delay(ms: number): Promise<void> {
        this.now += ms
        // Gives way as a real wait does: a long poll would use up the VM's budget of steps.
        await ds.sleep(0)
    }
}

/** Parts by address; no part, or a part that does not answer, is a NACK. */
export class FakeI2C extends I2C {
    transactions = 0
    constructor(public parts: Part[]) {
        super()
    }
    override async xfer(devAddr: number, writeBuf: Buffer, numRead?: number): Promise<Buffer> {
        this.transactions++
        const part = this.parts.find(p => p.address === devAddr)
        for (const other of this.parts)
            if (other.address !== devAddr && other.overhear !== undefined)
                other.overhear(devAddr, writeBuf, part !== undefined)
        if (part === undefined) throw new I2CError("no part", -1)
        if (writeBuf.length > 0 && !part.write(writeBuf)) throw new I2CError("NACK on write", -1)
        if (numRead === undefined || numRead === 0) return hex``
        const answer = part.read(numRead)
        if (answer === undefined) throw new I2CError("NACK on read", -1)
        return answer
    }
}
