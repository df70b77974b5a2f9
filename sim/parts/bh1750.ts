/**
 * A ROHM BH1750FVI at register level. Facts as in src/drivers/bh1750.ts; longest measurement times.
 *
 * It never NACKs for being busy: a read gives the data register as it is, the old value or 0 until a measurement has ended.
 */
import { Environment, Part, PartClock } from "./part"

const POWER_DOWN = 0x00
const POWER_ON = 0x01
const RESET = 0x07
const CONTINUOUSLY_H_RESOLUTION_MODE = 0x10
const CONTINUOUSLY_H_RESOLUTION_MODE2 = 0x11
const CONTINUOUSLY_L_RESOLUTION_MODE = 0x13
const ONE_TIME_H_RESOLUTION_MODE = 0x20
const ONE_TIME_H_RESOLUTION_MODE2 = 0x21
const ONE_TIME_L_RESOLUTION_MODE = 0x23

const MTREG_DEFAULT = 69
const NO_MODE = 0

function isMode(opcode: number): boolean {
    return (
        opcode === CONTINUOUSLY_H_RESOLUTION_MODE ||
        opcode === CONTINUOUSLY_H_RESOLUTION_MODE2 ||
        opcode === CONTINUOUSLY_L_RESOLUTION_MODE ||
        opcode === ONE_TIME_H_RESOLUTION_MODE ||
        opcode === ONE_TIME_H_RESOLUTION_MODE2 ||
        opcode === ONE_TIME_L_RESOLUTION_MODE
    )
}

export class SimBh1750 implements Part {
    private isPoweredOn = false
    private data = 0
    private mtreg = MTREG_DEFAULT
    private mode = NO_MODE
    /** MTreg as it was when the mode was set: a change is for the next measurement. */
    private modeMtreg = MTREG_DEFAULT
    private startedAt = 0

    constructor(
        private readonly clock: PartClock,
        private readonly environment: Environment,
        readonly address = 0x23
    ) {}

    /** One opcode to a transaction: it can not take more without a stop condition. */
    write(bytes: Buffer): boolean {
        const now = this.clock.millis()
        if (!this.isPresent(now) || bytes.length !== 1) return false
        this.finishMeasurements(now)
        const opcode = bytes[0]
        if (opcode === POWER_DOWN) {
            this.isPoweredOn = false
            this.mode = NO_MODE
            return true
        }
        if (opcode === POWER_ON) {
            this.isPoweredOn = true
            return true
        }
        if (opcode === RESET) {
            if (!this.isPoweredOn) return false
            this.data = 0
            return true
        }
        if ((opcode & 0xf8) === 0x40) {
            this.mtreg = ((opcode & 0x07) << 5) | (this.mtreg & 0x1f)
            return true
        }
        if ((opcode & 0xe0) === 0x60) {
            this.mtreg = (this.mtreg & 0xe0) | (opcode & 0x1f)
            return true
        }
        if (!isMode(opcode)) return false
        // Powering on first may be omitted.
        this.isPoweredOn = true
        this.mode = opcode
        this.modeMtreg = this.mtreg
        this.startedAt = now
        return true
    }

    read(length: number): Buffer | undefined {
        const now = this.clock.millis()
        if (!this.isPresent(now)) return undefined
        this.finishMeasurements(now)
        const bytes = Buffer.alloc(length)
        for (let at = 0; at < length; ++at)
            bytes[at] = at === 0 ? this.data >> 8 : at === 1 ? this.data & 0xff : 0xff
        return bytes
    }

    /** Brings the data register to what the last measurement that has ended left there. */
    private finishMeasurements(now: number): void {
        if (this.mode === NO_MODE) return
        const isLow =
            this.mode === CONTINUOUSLY_L_RESOLUTION_MODE || this.mode === ONE_TIME_L_RESOLUTION_MODE
        const measurementMs = ((isLow ? 24 : 180) * this.modeMtreg) / MTREG_DEFAULT
        const ended = Math.floor((now - this.startedAt) / measurementMs)
        if (ended < 1) return
        const isOneTime = this.mode >= ONE_TIME_H_RESOLUTION_MODE
        this.data = this.convert(this.startedAt + (isOneTime ? 1 : ended) * measurementMs)
        if (!isOneTime) return
        this.mode = NO_MODE
        this.isPoweredOn = false
    }

    private convert(timeMs: number): number {
        const { illuminanceLuxes } = this.environment(timeMs)
        if (illuminanceLuxes === undefined) return 0
        const isMode2 =
            this.mode === CONTINUOUSLY_H_RESOLUTION_MODE2 ||
            this.mode === ONE_TIME_H_RESOLUTION_MODE2
        const ticks =
            ((illuminanceLuxes * 1.2 * this.modeMtreg) / MTREG_DEFAULT) * (isMode2 ? 2 : 1)
        return Math.round(Math.min(Math.max(ticks, 0), 0xffff))
    }

    /** A part that was away comes back as from power-up, with the default sensitivity. */
    private isPresent(now: number): boolean {
        if (this.environment(now).illuminanceLuxes !== undefined) return true
        this.isPoweredOn = false
        this.data = 0
        this.mtreg = MTREG_DEFAULT
        this.mode = NO_MODE
        return false
    }
}
