/**
 * A Maxim MAX30102 at register level: heart-rate and SpO2 mode, FIFO, interrupt status; no multi-LED mode and no die temperature. Facts as
 * in src/drivers/max30102.ts.
 *
 * The world gives the counts themselves, so LED current and ADC range change nothing, but that an LED without current leaves the dark
 * count. More than 100 000 lx is more than ambient light cancellation can take. Guesses, where the datasheet says nothing: how long a reset
 * takes, and that with FIFO_ROLLOVER_EN the read pointer is pushed on.
 */
import { Environment, PartClock } from "./part"
import { RegisterPart } from "./register-part"

const INTERRUPT_STATUS_1 = 0x00
const INTERRUPT_ENABLE_1 = 0x02
const FIFO_WR_PTR = 0x04
const OVF_COUNTER = 0x05
const FIFO_RD_PTR = 0x06
const FIFO_DATA = 0x07
const FIFO_CONFIGURATION = 0x08
const MODE_CONFIGURATION = 0x09
const SPO2_CONFIGURATION = 0x0a
const LED1_PA = 0x0c
const LED2_PA = 0x0d

const A_FULL = 0x80
const PPG_RDY = 0x40
const ALC_OVF = 0x20
const PWR_RDY = 0x01

const SAMPLES_PER_SECOND = [50, 100, 200, 400, 800, 1000, 1600, 3200]
/** By LED_PW: the largest SPO2_SR that SpO2 mode has time for. */
const FASTEST = [6, 5, 4, 3]
const HEART_RATE_MODE = 2
const SPO2_MODE = 3
const DEPTH = 32
const DARK_TICKS = 30
const AMBIENT_LUXES_MAX = 100000

export class SimMax30102 extends RegisterPart {
    partId = 0x15
    /** How long RESET stays set. */
    resetMs = 1
    private registers: number[] = []
    /** Red and infrared by place in the FIFO. */
    private red: number[] = []
    private infrared: number[] = []
    private unread = 0
    /** The next byte of the sample that FIFO_DATA shows. */
    private byte = 0
    private status = 0
    private resetUntil = 0
    private startedAt = 0
    private converted = 0

    constructor(
        private readonly clock: PartClock,
        private readonly environment: Environment,
        address = 0x57
    ) {
        super(address)
        this.powerUp(PWR_RDY)
    }

    private powerUp(status: number): void {
        this.registers = []
        for (let register = 0; register <= 0x12; ++register) this.registers.push(0)
        this.status = status
        this.unread = 0
        this.byte = 0
        this.resetUntil = 0
    }

    protected isReady(): boolean {
        const now = this.clock.millis()
        const { pulseRedTicks, pulseInfraredTicks } = this.environment(now)
        if (pulseRedTicks === undefined || pulseInfraredTicks === undefined) {
            this.powerUp(PWR_RDY)
            return false
        }
        this.convert(now)
        return true
    }

    protected override next(register: number): number {
        return register === FIFO_DATA || register === 0xff ? register : register + 1
    }

    protected get(register: number): number {
        if (register === 0xff) return this.partId
        if (register === 0xfe) return 0x03
        if (register === INTERRUPT_STATUS_1) {
            const status = this.status
            this.status = 0
            return status
        }
        if (register === MODE_CONFIGURATION && this.clock.millis() < this.resetUntil) return 0x40
        if (register === FIFO_DATA) return this.fifoByte()
        return register < this.registers.length ? this.registers[register] : 0
    }

    protected put(register: number, value: number): boolean {
        const now = this.clock.millis()
        if (now < this.resetUntil) return false
        if (register < INTERRUPT_ENABLE_1 || register === FIFO_DATA || register > LED2_PA)
            return false
        if (register === 0x0b) return false
        if (register === MODE_CONFIGURATION) {
            if ((value & 0x40) !== 0) {
                this.powerUp(0)
                this.resetUntil = now + this.resetMs
                return true
            }
            const mode = value & 7
            if (mode !== 0 && mode !== HEART_RATE_MODE && mode !== SPO2_MODE) return false
        }
        const isPointer = register >= FIFO_WR_PTR && register <= FIFO_RD_PTR
        this.registers[register] = isPointer ? value & 0x1f : value
        if (register === FIFO_WR_PTR || register === FIFO_RD_PTR) {
            this.unread =
                (this.registers[FIFO_WR_PTR] + DEPTH - this.registers[FIFO_RD_PTR]) % DEPTH
            this.byte = 0
        }
        if (register >= FIFO_CONFIGURATION && register <= SPO2_CONFIGURATION) {
            this.startedAt = now
            this.converted = 0
            this.holdRate()
        }
        return true
    }

    /** A sample rate that the pulses are too long for becomes the fastest there is. */
    private holdRate(): void {
        const value = this.registers[SPO2_CONFIGURATION]
        const fastest = FASTEST[value & 3]
        if (((value >> 2) & 7) > fastest)
            this.registers[SPO2_CONFIGURATION] = (value & 0x63) | (fastest << 2)
    }

    private periodMs(): number {
        const averaged = Math.min(1 << (this.registers[FIFO_CONFIGURATION] >> 5), 32)
        const rate = SAMPLES_PER_SECOND[(this.registers[SPO2_CONFIGURATION] >> 2) & 7]
        return (averaged * 1000) / rate
    }

    private isMeasuring(): boolean {
        const mode = this.registers[MODE_CONFIGURATION]
        return (mode & 0x80) === 0 && (mode & 7) !== 0
    }

    private convert(now: number): void {
        if (!this.isMeasuring()) return
        const periodMs = this.periodMs()
        const ended = Math.floor((now - this.startedAt) / periodMs + 1e-9)
        while (this.converted < ended) {
            if (this.unread === DEPTH && !this.rollsOver()) {
                // All that came meanwhile is lost alike.
                this.lose(ended - this.converted)
                this.converted = ended
                return
            }
            this.converted++
            this.push(this.startedAt + this.converted * periodMs)
        }
    }

    private rollsOver(): boolean {
        return (this.registers[FIFO_CONFIGURATION] & 0x10) !== 0
    }

    private lose(count: number): void {
        this.registers[OVF_COUNTER] = Math.min(this.registers[OVF_COUNTER] + count, 0x1f)
    }

    private push(timeMs: number): void {
        const { pulseRedTicks, pulseInfraredTicks, illuminanceLuxes } = this.environment(timeMs)
        if (pulseRedTicks === undefined || pulseInfraredTicks === undefined) return
        const at = this.registers[FIFO_WR_PTR]
        this.red[at] = this.countOf(pulseRedTicks, LED1_PA)
        this.infrared[at] = this.countOf(pulseInfraredTicks, LED2_PA)
        this.registers[FIFO_WR_PTR] = (at + 1) % DEPTH
        if (this.unread === DEPTH) {
            this.registers[FIFO_RD_PTR] = this.registers[FIFO_WR_PTR]
            this.lose(1)
        } else this.unread++
        this.raise(PPG_RDY)
        if (DEPTH - this.unread <= (this.registers[FIFO_CONFIGURATION] & 0x0f)) this.raise(A_FULL)
        if (illuminanceLuxes !== undefined && illuminanceLuxes > AMBIENT_LUXES_MAX)
            this.raise(ALC_OVF)
    }

    private raise(flag: number): void {
        this.status = this.status | (this.registers[INTERRUPT_ENABLE_1] & flag)
    }

    /** Left-justified: shorter pulses leave the lowest bits 0. */
    private countOf(ticks: number, amplitude: number): number {
        const lit = this.registers[amplitude] > 0 ? ticks : DARK_TICKS
        const bits = 3 - (this.registers[SPO2_CONFIGURATION] & 3)
        return (Math.min(Math.max(Math.round(lit), 0), 0x3ffff) >> bits) << bits
    }

    private fifoByte(): number {
        this.status = this.status & ~PPG_RDY
        const at =
            this.byte === 0
                ? this.registers[FIFO_RD_PTR]
                : (this.registers[FIFO_RD_PTR] + DEPTH - 1) % DEPTH
        if (this.byte === 0) {
            if (this.unread === 0) return 0
            // It moves on with the first byte of a sample.
            this.registers[FIFO_RD_PTR] = (at + 1) % DEPTH
            this.registers[OVF_COUNTER] = 0
            this.unread--
        }
        const word = this.byte < 3 ? this.red[at] : this.infrared[at]
        const shift = 16 - (this.byte % 3) * 8
        const isHeartRate = (this.registers[MODE_CONFIGURATION] & 7) === HEART_RATE_MODE
        this.byte = (this.byte + 1) % (isHeartRate ? 3 : 6)
        return (word >> shift) & 0xff
    }
}
