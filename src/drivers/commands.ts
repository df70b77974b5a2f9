/** Parts that are told a command, given its time, and then read: Sensirion's, and Adafruit's seesaw. */
import { I2C } from "@devicescript/i2c"
import { Clock, SensorError } from "./sensor"

/** One part's commands over the bus. Commands are `hex` literals: they stay in flash, and no buffer but the answer is allocated. */
export class CommandPort {
    constructor(
        private readonly part: string,
        private readonly bus: I2C,
        private readonly clock: Clock,
        private readonly address: number
    ) {}

    /** Sends a command, waits it out, reads `length` bytes (none if 0). @throws SensorError bus */
    async exchange(command: Buffer, waitMs: number, length: number): Promise<Buffer> {
        try {
            await this.bus.writeBuf(this.address, command)
            await this.clock.delay(waitMs)
            return length > 0 ? await this.bus.readBuf(this.address, length) : hex``
        } catch (e) {
            throw new SensorError(this.part, "bus", (e as Error).message)
        }
    }
}
