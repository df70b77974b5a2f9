/** Parts whose registers are written and read by number: what most parts but Sensirion's share. */
import { I2C } from "@devicescript/i2c"
import { SensorError } from "./sensor"

/** -32768..32767 from two's complement, most significant byte first. */
export function int16(msb: number, lsb: number): number {
    const word = (msb << 8) | lsb
    return word >= 0x8000 ? word - 0x10000 : word
}

/** One part's registers over the bus. Its command buffers are kept: one caller at a time, as the sampler is. */
export class RegisterPort {
    private readonly pointer = Buffer.alloc(1)
    private readonly byteWrite = Buffer.alloc(2)
    private readonly wordWrite = Buffer.alloc(3)

    constructor(
        private readonly part: string,
        private readonly bus: I2C,
        private readonly address: number
    ) {}

    /** `length` bytes from `register` on, in one transaction with a repeated start. @throws SensorError bus */
    async read(register: number, length: number): Promise<Buffer> {
        this.pointer[0] = register
        return await this.transact(this.pointer, length)
    }

    /** One byte into `register`. @throws SensorError bus */
    async write(register: number, value: number): Promise<void> {
        this.byteWrite[0] = register
        this.byteWrite[1] = value
        await this.transact(this.byteWrite, 0)
    }

    /** Two bytes into `register`, in the order they go over the wire. @throws SensorError bus */
    async writePair(register: number, first: number, second: number): Promise<void> {
        this.wordWrite[0] = register
        this.wordWrite[1] = first
        this.wordWrite[2] = second
        await this.transact(this.wordWrite, 0)
    }

    /** Bytes out, then `length` bytes in (none if 0). @throws SensorError bus */
    async transact(bytes: Buffer, length: number): Promise<Buffer> {
        try {
            return await this.bus.xfer(this.address, bytes, length)
        } catch (e) {
            throw new SensorError(this.part, "bus", (e as Error).message)
        }
    }
}
