/**
 * An ASAIR AHT20 at register level. Facts as in src/drivers/aht20.ts; longest times.
 *
 * A read at any time gives the status byte, the last measurement and the checksum of both. What the datasheet leaves open is the
 * harder case here: no answer during a reset, no new command but a reset while busy, not calibrated after power-up (most parts are).
 * It takes the older AHT10's initialisation too, 0xE1, which Adafruit's and DeviceScript's drivers send to an AHT20.
 */
import { Environment, Part, PartClock } from "./part"

const GET_STATUS = 0x71
const SOFT_RESET = 0xba
const INITIALIZE = 0xbe
const INITIALIZE_AHT10 = 0xe1
const TRIGGER_MEASUREMENT = 0xac

const BUSY = 0x80
const CALIBRATED = 0x08

const RESET_MS = 20
const INITIALIZE_MS = 10
const FULL_SCALE_TICKS = 0x100000
const NOT_YET = -1

/** CRC-8, polynomial 0x31, initial value 0xff: a shift register that takes one bit of the message at a time. */
function checksum(bytes: Buffer, length: number): number {
    let register = 0xff
    for (let bit = 0; bit < length * 8; ++bit) {
        const incoming = (bytes[bit >> 3] >> (7 - (bit & 7))) & 1
        const feedback = (register >> 7) ^ incoming
        register = ((register << 1) & 0xff) ^ (feedback * 0x31)
    }
    return register
}

/** The nearest of 20 bits. */
function ticksOf(fraction: number): number {
    return Math.round(Math.min(Math.max(fraction * FULL_SCALE_TICKS, 0), FULL_SCALE_TICKS - 1))
}

export class SimAht20 implements Part {
    /** The byte of every frame that goes out with its lowest bit flipped; -1 for none. */
    corruptByte = -1
    /** How long a measurement takes. */
    measurementMs = 80
    /** Has its calibration at once when it gets power or a reset. */
    isCalibratedAtPowerUp = false
    /** What initialising does: false for a part that is broken. */
    canCalibrate = true
    /** The bits of the status the datasheet calls reserved, as real parts show them. */
    reservedBits = 0x10
    private isCalibrated = false
    private isUp = false
    private resetUntil = 0
    private initializedAt = NOT_YET
    private measuredAt = NOT_YET
    private humidityTicks = 0
    private temperatureTicks = 0

    constructor(
        private readonly clock: PartClock,
        private readonly environment: Environment,
        readonly address = 0x38
    ) {}

    write(bytes: Buffer): boolean {
        const now = this.clock.millis()
        if (!this.isReady(now)) return false
        const command = bytes[0]
        if (bytes.length === 1) {
            if (command === SOFT_RESET) {
                this.powerUp()
                this.resetUntil = now + RESET_MS
                return true
            }
            return command === GET_STATUS
        }
        if (bytes.length !== 3 || this.isBusy()) return false
        if (command === TRIGGER_MEASUREMENT && bytes[1] === 0x33 && bytes[2] === 0x00) {
            this.measuredAt = now + this.measurementMs
            return true
        }
        if (command !== INITIALIZE && command !== INITIALIZE_AHT10) return false
        if (bytes[1] !== 0x08 || bytes[2] !== 0x00) return false
        this.initializedAt = now + INITIALIZE_MS
        return true
    }

    read(length: number): Buffer | undefined {
        if (!this.isReady(this.clock.millis())) return undefined
        const frame = Buffer.alloc(7)
        frame[0] =
            this.reservedBits | (this.isBusy() ? BUSY : 0) | (this.isCalibrated ? CALIBRATED : 0)
        frame[1] = this.humidityTicks >> 12
        frame[2] = (this.humidityTicks >> 4) & 0xff
        frame[3] = ((this.humidityTicks & 0x0f) << 4) | (this.temperatureTicks >> 16)
        frame[4] = (this.temperatureTicks >> 8) & 0xff
        frame[5] = this.temperatureTicks & 0xff
        frame[6] = checksum(frame, 6)
        const bytes = Buffer.alloc(length)
        for (let at = 0; at < length; ++at) {
            const byte = at < 7 ? frame[at] : 0xff
            bytes[at] = at === this.corruptByte ? byte ^ 1 : byte
        }
        return bytes
    }

    private isBusy(): boolean {
        return this.initializedAt !== NOT_YET || this.measuredAt !== NOT_YET
    }

    /** Brings the part to what it is now. False: it does not answer. */
    private isReady(now: number): boolean {
        const conditions = this.environment(now)
        if (
            conditions.temperatureCelsius === undefined ||
            conditions.relativeHumidityPercent === undefined
        ) {
            this.isUp = false
            return false
        }
        if (!this.isUp) {
            this.powerUp()
            this.resetUntil = 0
            this.isUp = true
        }
        if (this.initializedAt !== NOT_YET && now >= this.initializedAt) {
            this.isCalibrated = this.canCalibrate
            this.initializedAt = NOT_YET
        }
        if (this.measuredAt !== NOT_YET && now >= this.measuredAt) {
            this.measure(this.measuredAt)
            this.measuredAt = NOT_YET
        }
        return now >= this.resetUntil
    }

    private measure(timeMs: number): void {
        const { temperatureCelsius, relativeHumidityPercent } = this.environment(timeMs)
        if (temperatureCelsius === undefined || relativeHumidityPercent === undefined) return
        this.humidityTicks = ticksOf(relativeHumidityPercent / 100)
        this.temperatureTicks = ticksOf((temperatureCelsius + 50) / 200)
    }

    private powerUp(): void {
        this.isCalibrated = this.isCalibratedAtPowerUp
        this.initializedAt = NOT_YET
        this.measuredAt = NOT_YET
        this.humidityTicks = 0
        this.temperatureTicks = 0
    }
}
