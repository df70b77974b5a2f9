/**
 * A Bosch BMP390 or BMP388 at register level. Facts as in src/drivers/bmp390.ts; longest times.
 *
 * What the driver compensates in floating point is undone here with the scales of the integer compensation in Bosch's own driver
 * (BMP3_SensorAPI 2.0.6): it searches the count they turn into what the environment has. The calibration is a BMP388's, as the
 * tests of elixir-sensors/bmp3xx have it. A count has 16 bits, and one more for each doubling of the oversampling. Not simulated:
 * FIFO, interrupts, the filter.
 */
import { PairWrittenPart, inverse, nearestCount } from "./bosch"
import { Environment, PartClock } from "./part"

const CHIP_ID = 0x00
const ERR_REG = 0x02
const STATUS = 0x03
const DATA_0 = 0x04
const DATA_3 = 0x07
const DATA_5 = 0x09
const EVENT = 0x10
const PWR_CTRL = 0x1b
const OSR = 0x1c
const ODR = 0x1d
const CONFIG = 0x1f
const NVM_CHECKSUM = 0x30
const NVM_FIRST = 0x31
const NVM_LAST = 0x45
const CMD = 0x7e

const SOFT_RESET = 0xb6
const STARTUP_MS = 2
const CMD_RDY = 0x10
const DRDY_PRESS = 0x20
const DRDY_TEMP = 0x40
const CONF_ERR = 0x04
const OSR_DEFAULT = 0x02
const NOT_MEASURED = 0x800000
const NEVER = -1
/** The longest to the typical: 13.3 ms to 10.9. */
const SLOWEST = 1.22

/** CRC-8, polynomial 0x1d, initial value and final xor 0xff: a shift register that takes one bit at a time. */
function checksum(bytes: number[]): number {
    let register = 0xff
    for (const byte of bytes)
        for (let bit = 7; bit >= 0; --bit) {
            const feedback = (register >> 7) ^ ((byte >> bit) & 1)
            register = ((register << 1) & 0xff) ^ (feedback * 0x1d)
        }
    return register ^ 0xff
}

function unsigned(nvm: number[], at: number): number {
    return nvm[at] | (nvm[at + 1] << 8)
}

function signed(nvm: number[], at: number): number {
    const word = unsigned(nvm, at)
    return word < 0x8000 ? word : word - 0x10000
}

function signedByte(nvm: number[], at: number): number {
    return nvm[at] < 0x80 ? nvm[at] : nvm[at] - 0x100
}

/** The temperature in 1/65536 Cel. */
function linear(ticks: number, nvm: number[]): number {
    const off = ticks - 256 * unsigned(nvm, 0)
    return (unsigned(nvm, 2) * off * 262144 + off * off * signedByte(nvm, 4)) / 4294967296
}

function pascals(ticks: number, t: number, nvm: number[]): number {
    const square = t * t
    const cube = ((square / 64) * t) / 256
    const offset =
        unsigned(nvm, 11) * 140737488355328 +
        unsigned(nvm, 13) * t * 4194304 +
        signedByte(nvm, 15) * square * 16 +
        (signedByte(nvm, 16) * cube) / 32
    const sensitivity =
        (signed(nvm, 5) - 16384) * 70368744177664 +
        (signed(nvm, 7) - 16384) * t * 2097152 +
        signedByte(nvm, 9) * square * 4 +
        (signedByte(nvm, 10) * cube) / 32
    const bend = (((signedByte(nvm, 19) * t + 65536 * signed(nvm, 17)) * ticks) / 8192) * ticks
    const twist = (((signedByte(nvm, 20) * ticks * ticks) / 65536) * ticks) / 128
    return (offset / 4 + (sensitivity / 16777216) * ticks + bend / 512 + twist) / 4398046511104
}

/** The nearest count of 16 bits and one for each step of oversampling. */
function nearest(ticks: number, osr: number): number {
    return nearestCount(ticks, 8 - osr, 0x1000000)
}

export class SimBmp390 extends PairWrittenPart {
    /** 0x50 for a BMP388. */
    chipId = 0x60
    /** 0x31 to 0x45. */
    nvm = [
        0x23, 0x6b, 0x58, 0x49, 0xf6, 0x5c, 0xff, 0xce, 0xf4, 0x23, 0x00, 0xea, 0x63, 0x6e, 0x79,
        0xf3, 0xf6, 0xaa, 0x43, 0x12, 0xc4,
    ]
    /** The byte of the calibration, or 21 for its checksum, that goes out with its lowest bit flipped; -1 for none. */
    corruptNvmByte = -1
    /** What ERR_REG shows beside what the simulated part finds itself. */
    errors = 0
    /** How much longer than the longest a measurement takes. */
    lateMs = 0
    private isUp = false
    private upAt = 0
    private now = 0
    private pwrCtrl = 0
    private osr = OSR_DEFAULT
    private odr = 0
    private config = 0
    private event = 1
    private found = 0
    private dataReady = 0
    private endsAt = NEVER
    private pressure = NOT_MEASURED
    private temperature = NOT_MEASURED

    constructor(
        private readonly clock: PartClock,
        private readonly environment: Environment,
        address = 0x77
    ) {
        super(address)
    }

    protected isReady(): boolean {
        this.now = this.clock.millis()
        const conditions = this.environment(this.now)
        if (
            conditions.temperatureCelsius === undefined ||
            conditions.pressurePascals === undefined
        ) {
            this.isUp = false
            return false
        }
        if (!this.isUp) this.powerUp(this.now - STARTUP_MS)
        if (this.endsAt !== NEVER && this.now >= this.endsAt) this.finish()
        return this.now >= this.upAt + STARTUP_MS
    }

    protected get(register: number): number {
        if (register >= NVM_FIRST && register <= NVM_LAST) {
            const at = register - NVM_FIRST
            return this.nvm[at] ^ (at === this.corruptNvmByte ? 1 : 0)
        }
        if (register === NVM_CHECKSUM)
            return checksum(this.nvm) ^ (this.corruptNvmByte === this.nvm.length ? 1 : 0)
        if (register >= DATA_0 && register <= DATA_5) return this.data(register)
        if (register === CHIP_ID) return this.chipId
        if (register === STATUS) return CMD_RDY | this.dataReady
        if (register === PWR_CTRL) return this.pwrCtrl
        if (register === OSR) return this.osr
        if (register === ODR) return this.odr
        if (register === CONFIG) return this.config
        if (register === ERR_REG) {
            const errors = this.errors | this.found
            this.found = 0
            return errors
        }
        if (register === EVENT) {
            const event = this.event
            this.event = 0
            return event
        }
        return 0
    }

    protected put(register: number, value: number): boolean {
        if (register === CMD) {
            if (value === SOFT_RESET) this.powerUp(this.now)
            return true
        }
        if (register === OSR) {
            this.osr = value & 0x3f
            return true
        }
        if (register === ODR) {
            this.odr = value & 0x1f
            return true
        }
        if (register === CONFIG) {
            this.config = value & 0x0e
            return true
        }
        if (register !== PWR_CTRL) return false
        this.pwrCtrl = value & 0x33
        this.endsAt = NEVER
        if (this.isNormal() && this.measurementMs() > this.periodMs()) {
            // It goes back to sleep and says so.
            this.pwrCtrl = value & 0x03
            this.found = CONF_ERR
        }
        if ((this.pwrCtrl & 0x30) !== 0) this.endsAt = this.now + this.measurementMs()
        return true
    }

    private isNormal(): boolean {
        return (this.pwrCtrl & 0x30) === 0x30
    }

    private periodMs(): number {
        return 5 * (1 << this.odr)
    }

    private measurementMs(): number {
        const pressure = 0.392 + 2.02 * (1 << (this.osr & 0x07))
        const temperature = 0.163 + 2.02 * (1 << (this.osr >> 3))
        const typical =
            0.234 +
            ((this.pwrCtrl & 1) !== 0 ? pressure : 0) +
            ((this.pwrCtrl & 2) !== 0 ? temperature : 0)
        return typical * SLOWEST + this.lateMs
    }

    private finish(): void {
        if (!this.isNormal()) {
            this.measure(this.endsAt)
            this.pwrCtrl = this.pwrCtrl & 0x03
            this.endsAt = NEVER
            return
        }
        const periodMs = this.periodMs()
        const newest = this.endsAt + Math.floor((this.now - this.endsAt) / periodMs) * periodMs
        this.measure(newest)
        this.endsAt = newest + periodMs
    }

    private measure(timeMs: number): void {
        const { temperatureCelsius, pressurePascals } = this.environment(timeMs)
        if (temperatureCelsius === undefined || pressurePascals === undefined) return
        const nvm = this.nvm
        const temperature = nearest(
            inverse(ticks => linear(ticks, nvm), temperatureCelsius * 65536, 0xffffff),
            this.osr >> 3
        )
        if ((this.pwrCtrl & 2) !== 0) {
            this.temperature = temperature
            this.dataReady = this.dataReady | DRDY_TEMP
        }
        if ((this.pwrCtrl & 1) !== 0) {
            const t = linear(temperature, nvm)
            this.pressure = nearest(
                inverse(ticks => pascals(ticks, t, nvm), pressurePascals, 0xffffff),
                this.osr & 0x07
            )
            this.dataReady = this.dataReady | DRDY_PRESS
        }
    }

    /** Least significant byte first; once read, the data are not new. */
    private data(register: number): number {
        if (register < DATA_3) {
            this.dataReady = this.dataReady & ~DRDY_PRESS
            return (this.pressure >> (8 * (register - DATA_0))) & 0xff
        }
        this.dataReady = this.dataReady & ~DRDY_TEMP
        return (this.temperature >> (8 * (register - DATA_3))) & 0xff
    }

    private powerUp(timeMs: number): void {
        this.isUp = true
        this.upAt = timeMs
        this.pwrCtrl = 0
        this.osr = OSR_DEFAULT
        this.odr = 0
        this.config = 0
        this.event = 1
        this.found = 0
        this.dataReady = 0
        this.endsAt = NEVER
        this.pressure = NOT_MEASURED
        this.temperature = NOT_MEASURED
    }
}
