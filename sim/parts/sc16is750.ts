/**
 * An NXP SC16IS750 at register level: divisor, line control, FIFOs with their levels, line status, scratch. Facts as in
 * src/drivers/sc16is750.ts. Characters take their time on both lines; those that come to a full receiver are lost, and those that
 * come at another rate than the divisor's are no characters.
 */
import { Environment, PartClock } from "./part"
import { RegisterPart } from "./register-part"
import { SerialDevice } from "./serial"

// By number; 0 and 1 are the divisor's two bytes while LCR says so
const FIRST = 0
const SECOND = 1
const FCR_IIR = 2
const LCR = 3
const LSR = 5
const SPR = 7
const TXLVL = 8
const RXLVL = 9

const LCR_DIVISOR_LATCH = 0x80
const LCR_8N1 = 0x03
const FIFO_CHARS = 64
const BITS = 10
/** Beyond this a character's last bit is sampled in its neighbour. */
const RATE_ERROR_MAX = 0.05
const NO_CHARACTER = 0x100

export class SimSc16is750 extends RegisterPart {
    crystalHertz = 14_745_600
    /** What its wires lead to. */
    device: SerialDevice | undefined
    /** Characters that came when there was no room. */
    lost = 0
    private divisor = 0
    private lineControl = 0
    private scratch = 0xff
    private fifosOn = false
    private overrun = false
    private readonly received: number[] = []
    /** When each character that waits to be sent, or is being sent, is through. */
    private readonly sending: { char: number; endMs: number }[] = []
    private sendFreeMs = 0
    private receiveFreeMs = 0

    /** There is nothing it measures, so it is always there. */
    constructor(
        private readonly clock: PartClock,
        _environment: Environment,
        address = 0x48
    ) {
        super(address)
    }

    protected isReady(): boolean {
        const now = this.clock.millis()
        while (this.sending.length > 0 && this.sending[0].endMs <= now) {
            const { char, endMs } = this.sending[0]
            this.sending.shift()
            if (this.device !== undefined && this.isAtRate(this.device))
                this.device.receive(char, endMs)
        }
        if (this.device !== undefined) this.listen(this.device, now)
        return true
    }

    /** FIFOs are filled and emptied at one sub-address. */
    protected override next(register: number): number {
        return register
    }

    protected get(register: number): number {
        const isLatch = (this.lineControl & LCR_DIVISOR_LATCH) !== 0
        switch (numberOf(register)) {
            case FIRST:
                return isLatch ? this.divisor & 0xff : (this.received.shift() ?? 0) & 0xff
            case SECOND:
                return isLatch ? this.divisor >> 8 : 0
            case FCR_IIR:
                return this.fifosOn ? 0xc1 : 0x01
            case LCR:
                return this.lineControl
            case LSR:
                return this.lineStatus()
            case SPR:
                return this.scratch
            case TXLVL:
                return FIFO_CHARS - this.sending.length
            case RXLVL:
                return this.received.length
            default:
                return 0
        }
    }

    protected put(register: number, value: number): boolean {
        const isLatch = (this.lineControl & LCR_DIVISOR_LATCH) !== 0
        switch (numberOf(register)) {
            case FIRST:
                if (isLatch) this.divisor = (this.divisor & 0xff00) | value
                else this.send(value)
                return true
            case SECOND:
                if (isLatch) this.divisor = (this.divisor & 0xff) | (value << 8)
                return true
            case FCR_IIR:
                this.fifosOn = (value & 0x01) !== 0
                if ((value & 0x02) !== 0) while (this.received.length > 0) this.received.shift()
                if ((value & 0x04) !== 0) while (this.sending.length > 0) this.sending.shift()
                return true
            case LCR:
                this.lineControl = value
                return true
            case SPR:
                this.scratch = value
                return true
            default:
                return false
        }
    }

    private baud(): number {
        return this.divisor === 0 ? 0 : this.crystalHertz / 16 / this.divisor
    }

    private isAtRate(device: SerialDevice): boolean {
        const isCharacter = this.lineControl === LCR_8N1
        return isCharacter && Math.abs(this.baud() / device.baud - 1) <= RATE_ERROR_MAX
    }

    private send(char: number): void {
        if (!this.fifosOn || this.divisor === 0 || this.sending.length >= FIFO_CHARS) {
            this.lost++
            return
        }
        const startMs = Math.max(this.clock.millis(), this.sendFreeMs)
        this.sendFreeMs = startMs + (BITS * 1000) / this.baud()
        this.sending.push({ char, endMs: this.sendFreeMs })
    }

    /** What has come whole by now. */
    private listen(device: SerialDevice, now: number): void {
        for (let at = device.nextAtMs(); at >= 0; at = device.nextAtMs()) {
            const endMs = Math.max(at, this.receiveFreeMs) + (BITS * 1000) / device.baud
            if (endMs > now) return
            this.receiveFreeMs = endMs
            const char = device.take()
            if (this.received.length >= (this.fifosOn ? FIFO_CHARS : 1)) {
                this.overrun = true
                this.lost++
            } else this.received.push(this.isAtRate(device) ? char : NO_CHARACTER)
        }
    }

    /** [8.5] Reading it takes note of an overrun. */
    private lineStatus(): number {
        const overrun = this.overrun
        this.overrun = false
        const isAnyBad = this.received.some(char => char === NO_CHARACTER)
        return (
            (this.received.length > 0 ? 0x01 : 0) |
            (overrun ? 0x02 : 0) |
            (this.received[0] === NO_CHARACTER ? 0x08 : 0) |
            (this.sending.length === 0 ? 0x60 : 0) |
            (isAnyBad ? 0x80 : 0)
        )
    }
}

/** Bits 6 to 3; bits 2 and 1 choose a channel, of which there is one. */
function numberOf(subAddress: number): number {
    return (subAddress & 0x87) === 0 ? subAddress >> 3 : -1
}
