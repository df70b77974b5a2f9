/**
 * NXP SC16IS740, SC16IS750, SC16IS760: a UART behind I2C, for boards on which scripts have none.
 *
 * Registers, addresses and waits are the datasheet's (rev. 7, June 2011) as two drivers have them: github.com/Emandhal/SC16IS7XX, which
 * quotes it, and Linux's sc16is7xx.c; line status is its chapter 8.5. A register's sub-address is its number times 8, and does not move
 * on: bytes after the first go to, or come from, the same register, which is how the FIFOs are filled and emptied.
 *
 * The receiver holds 64 characters and drops what comes then. At 9,600 baud it is full after 66 ms, at 115,200 after 5.5, which is
 * less than it takes to read it at 100 kHz: choose a rate that leaves time.
 */
import { I2C } from "@devicescript/i2c"
import { RegisterPort } from "./registers"
import { Clock, SensorError } from "./sensor"

const PART = "sc16is750"

// Registers; DLL and DLH are there while LCR says so.
const RHR = 0x00
const THR = 0x00
const DLL = 0x00
const FCR = 0x10
const DLH = 0x08
const LCR = 0x18
const LSR = 0x28
const SPR = 0x38
const TXLVL = 0x40
const RXLVL = 0x48

const LCR_8N1 = 0x03
const LCR_DIVISOR_LATCH = 0x80
const FCR_FIFOS_ON = 0x01
const FCR_EMPTY_RECEIVER = 0x02
const FCR_EMPTY_TRANSMITTER = 0x04
const LSR_OVERRUN = 0x02
/** A character in the FIFO has a wrong parity, no stop bit, or is a break. */
const LSR_FIFO_ERROR = 0x80

const FIFO_CHARS = 64
/** Of the rate that comes out of the divider; two ends may differ by 5 % together. */
const RATE_ERROR_MAX = 0.02
/** FIFOs are empty after two clocks of the crystal. */
const RESET_MS = 1
const SCRATCH = [0x55, 0xaa]

/** Characters that did not come over the line as they were sent. */
export class LineError extends Error {
    constructor(readonly detail: string) {
        super(`${PART}: ${detail}`)
        this.name = "LineError"
    }
}

export class Sc16is750 {
    readonly part = PART
    private readonly port: RegisterPort
    private readonly divisor: number

    /**
     * @param address 0x48..0x57, by how the part's two address pins are wired; 0x48 when both are high
     * @param crystalHertz 14.7456 MHz on most modules, 1.8432 MHz on some
     * @throws RangeError when the crystal does not give the rate
     */
    constructor(
        bus: I2C,
        readonly clock: Clock,
        readonly baud = 9600,
        address = 0x48,
        crystalHertz = 14_745_600
    ) {
        // Sixteen clocks a bit; the prescaler is 1 unless one asks for another.
        const clocks = crystalHertz / 16
        this.divisor = Math.round(clocks / baud)
        const error = this.divisor >= 1 ? Math.abs(clocks / this.divisor / baud - 1) : 1
        if (error > RATE_ERROR_MAX || this.divisor > 0xffff)
            throw new RangeError(`${PART}: a crystal of ${crystalHertz} Hz gives no ${baud} baud`)
        this.port = new RegisterPort(PART, bus, address)
    }

    /** 8 bits, no parity, one stop bit; what was under way is dropped. 1 ms. @throws SensorError bus, identity */
    async start(): Promise<void> {
        // What one wrote is there to read: all that tells this part from others.
        for (const value of SCRATCH) {
            await this.port.write(SPR, value)
            const read = await this.port.read(SPR, 1)
            if (read[0] !== value)
                throw new SensorError(PART, "identity", `scratch register ${read[0]}`)
        }
        await this.port.write(LCR, LCR_DIVISOR_LATCH)
        await this.port.write(DLL, this.divisor & 0xff)
        await this.port.write(DLH, this.divisor >> 8)
        await this.port.write(LCR, LCR_8N1)
        await this.port.write(FCR, FCR_FIFOS_ON | FCR_EMPTY_TRANSMITTER)
        await this.drop()
    }

    /** Forgets what has come so far, and whether some of it was lost. 1 ms. @throws SensorError bus */
    async drop(): Promise<void> {
        await this.port.write(FCR, FCR_FIFOS_ON | FCR_EMPTY_RECEIVER)
        await this.clock.delay(RESET_MS)
        // [8.5] An overrun is told of until it is read.
        await this.port.read(LSR, 1)
    }

    /** As many of `bytes`, from `from` on, as there is room for; how many. Does not wait. @throws SensorError bus */
    async write(bytes: Buffer, from: number): Promise<number> {
        const room = Math.min((await this.port.read(TXLVL, 1))[0], FIFO_CHARS)
        const count = Math.min(room, bytes.length - from)
        if (count === 0) return 0
        const transaction = Buffer.alloc(1 + count)
        transaction[0] = THR
        transaction.blitAt(1, bytes, from, count)
        await this.port.transact(transaction, 0)
        return count
    }

    /** All that has come, up to 64 bytes, or none. Does not wait. @throws SensorError bus, LineError */
    async read(): Promise<Buffer> {
        const count = Math.min((await this.port.read(RXLVL, 1))[0], FIFO_CHARS)
        if (count === 0) return hex``
        const status = (await this.port.read(LSR, 1))[0]
        const bytes = await this.port.read(RHR, count)
        if ((status & LSR_OVERRUN) !== 0)
            throw new LineError(
                `characters were lost at ${this.baud} baud: choose a lower rate, at the modem too`
            )
        if ((status & LSR_FIFO_ERROR) !== 0)
            throw new LineError(`what comes is not at ${this.baud} baud, or the wire is bad`)
        return bytes
    }
}
