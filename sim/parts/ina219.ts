/**
 * A Texas Instruments INA219 at register level. Facts as in src/drivers/ina219.ts; conversions take the longest they may.
 *
 * It answers at any time, with what the last conversion left. Current and power it works out for itself, once it is calibrated.
 */
import { Environment, Part, PartClock } from "./part"

const CONFIGURATION = 0x00
const SHUNT_VOLTAGE = 0x01
const BUS_VOLTAGE = 0x02
const POWER = 0x03
const CURRENT = 0x04
const CALIBRATION = 0x05

const RST = 0x8000
const BRNG = 0x2000
const CNVR = 0x0002
const OVF = 0x0001
const POWER_ON_CONFIGURATION = 0x399f

/** Typical, by the lower three bits of ADC4..ADC1 without averaging, and with. */
const RESOLUTION_MS = [0.084, 0.148, 0.276, 0.532]
const AVERAGED_MS = [0.532, 1.06, 2.13, 4.26, 8.51, 17.02, 34.05, 68.1]
const LONGEST_PER_TYPICAL = 586 / 532

function conversionMs(adc: number): number {
    return (adc & 8) !== 0 ? AVERAGED_MS[adc & 7] : RESOLUTION_MS[adc & 3]
}

function signed(word: number): number {
    return word >= 0x8000 ? word - 0x10000 : word
}

export class SimIna219 implements Part {
    /** What is soldered beside it. */
    shuntOhms = 0.1
    private configuration = POWER_ON_CONFIGURATION
    private calibration = 0
    private pointer = 0
    private startedAt = 0
    private conversionsSeen = 0
    private shuntTicks = 0
    private busTicks = 0
    private flags = 0

    constructor(
        private readonly clock: PartClock,
        private readonly environment: Environment,
        readonly address = 0x40
    ) {}

    /** A register's number, alone or with its word, most significant byte first. */
    write(bytes: Buffer): boolean {
        const now = this.clock.millis()
        if (!this.isPresent(now)) return false
        this.convert(now)
        const register = bytes[0]
        if (register > CALIBRATION) return false
        this.pointer = register
        if (bytes.length === 1) return true
        const word = (bytes[1] << 8) | bytes[2]
        if (bytes.length !== 3 || (register !== CONFIGURATION && register !== CALIBRATION))
            return false
        if (register === CALIBRATION) this.calibration = word & 0xfffe
        else this.configure(now, word)
        return true
    }

    read(length: number): Buffer | undefined {
        const now = this.clock.millis()
        if (!this.isPresent(now)) return undefined
        this.convert(now)
        const word = this.word() & 0xffff
        const bytes = Buffer.alloc(length)
        for (let at = 0; at < length; ++at)
            bytes[at] = at === 0 ? word >> 8 : at === 1 ? word & 0xff : 0xff
        return bytes
    }

    private configure(now: number, word: number): void {
        if ((word & RST) !== 0) {
            this.powerUp(now)
            return
        }
        this.configuration = word
        this.startedAt = now
        this.conversionsSeen = 0
        if ((word & 3) !== 0) this.flags = this.flags & ~CNVR
    }

    private word(): number {
        if (this.pointer === SHUNT_VOLTAGE) return this.shuntTicks
        if (this.pointer === BUS_VOLTAGE) return (this.busTicks << 3) | this.flags
        if (this.pointer === CURRENT) return this.currentTicks()
        if (this.pointer === CALIBRATION) return this.calibration
        if (this.pointer !== POWER) return this.configuration
        this.flags = this.flags & ~CNVR
        return this.powerTicks()
    }

    private currentTicks(): number {
        return Math.floor((this.shuntTicks * this.calibration) / 4096)
    }

    private powerTicks(): number {
        return Math.floor((Math.abs(this.currentTicks()) * this.busTicks) / 5000)
    }

    /** Brings the data to what the last conversion that has ended left there. */
    private convert(now: number): void {
        const hasShunt = (this.configuration & 1) !== 0
        const hasBus = (this.configuration & 2) !== 0
        if (!hasShunt && !hasBus) return
        const shuntMs = hasShunt ? conversionMs((this.configuration >> 3) & 0x0f) : 0
        const busMs = hasBus ? conversionMs((this.configuration >> 7) & 0x0f) : 0
        const periodMs = (shuntMs + busMs) * LONGEST_PER_TYPICAL
        const isContinuous = (this.configuration & 4) !== 0
        const ended = Math.floor((now - this.startedAt) / periodMs)
        const conversions = isContinuous ? ended : Math.min(ended, 1)
        if (conversions <= this.conversionsSeen) return
        this.conversionsSeen = conversions
        const { busVoltageVolts, currentAmperes } = this.environment(
            this.startedAt + conversions * periodMs
        )
        if (busVoltageVolts === undefined || currentAmperes === undefined) return
        if (hasShunt) {
            const fullScale = 4000 << ((this.configuration >> 11) & 3)
            const ticks = Math.round((currentAmperes * this.shuntOhms) / 10e-6)
            this.shuntTicks = Math.min(Math.max(ticks, -fullScale), fullScale)
        }
        if (hasBus) {
            const fullScale = (this.configuration & BRNG) !== 0 ? 8000 : 4000
            const ticks = Math.round(busVoltageVolts / 4e-3)
            this.busTicks = Math.min(Math.max(ticks, 0), fullScale)
        }
        const isOverflown = signed(this.currentTicks() & 0xffff) !== this.currentTicks()
        this.flags = CNVR | (isOverflown || this.powerTicks() > 0xffff ? OVF : 0)
    }

    private powerUp(now: number): void {
        this.configuration = POWER_ON_CONFIGURATION
        this.calibration = 0
        this.pointer = 0
        this.startedAt = now
        this.conversionsSeen = 0
        this.shuntTicks = 0
        this.busTicks = 0
        this.flags = 0
    }

    /** A part that was away comes back as from power-up. */
    private isPresent(now: number): boolean {
        const { busVoltageVolts, currentAmperes } = this.environment(now)
        if (busVoltageVolts !== undefined && currentAmperes !== undefined) return true
        this.powerUp(now)
        return false
    }
}
