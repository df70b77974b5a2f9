/**
 * A MEMSIC MMC5603NJ at register level. Facts as in src/drivers/mmc5603.ts.
 *
 * SET and RESET turn the polarity of its bridges, and what a measurement gives is the field in that polarity and the offset, which
 * has one always. Automatic set/reset takes the offset off, in twice the time. What is written while it starts up is lost.
 */
import { Conditions, Environment, PartClock } from "./part"
import { RegisterPart } from "./register-part"

const TOUT = 0x09
const STATUS1 = 0x18
const ODR = 0x1a
const INTERNAL_CONTROL_0 = 0x1b
const INTERNAL_CONTROL_1 = 0x1c
const INTERNAL_CONTROL_2 = 0x1d
const ST_Z = 0x29
const PRODUCT_ID = 0x39

const START_UP_MS = 20
const SET_RESET_MS = 1
/** By the two bits of bandwidth. */
const MEASUREMENT_MS = [6.6, 3.5, 2, 1.2]
const NEVER = -1

function fieldOf(world: Conditions): number[] | undefined {
    const x = world.magneticFluxDensityXMicroteslas
    const y = world.magneticFluxDensityYMicroteslas
    const z = world.magneticFluxDensityZMicroteslas
    return x === undefined || y === undefined || z === undefined ? undefined : [x, y, z]
}

export class SimMmc5603 extends RegisterPart {
    /** Of each axis; up to 100 are within the datasheet. */
    offsetMicroteslas = [30, -20, 45]
    private startedUpAt = 0
    private pulsedAt = NEVER
    private polarity = 1
    private automatic = false
    private bandwidth = 0
    private rateHertz = 0
    private periodMs = 0
    private fieldDoneAt = NEVER
    private temperatureDoneAt = NEVER
    private continuousSince = NEVER
    private measurementsSeen = 0
    private isFieldDone = false
    private isTemperatureDone = false
    private ticks = [0, 0, 0]
    private temperatureTicks = 0

    constructor(
        private readonly clock: PartClock,
        private readonly environment: Environment,
        address = 0x30
    ) {
        super(address)
    }

    /** A part that was away comes back with its power-up settings. */
    protected isReady(): boolean {
        const now = this.clock.millis()
        if (fieldOf(this.environment(now)) === undefined) {
            this.powerUp(0)
            return false
        }
        this.measure(now)
        return true
    }

    protected get(register: number): number {
        if (register === PRODUCT_ID) return 0x10
        if (register === STATUS1) return this.status()
        if (register === TOUT) {
            this.isTemperatureDone = false
            return this.temperatureTicks
        }
        if (register > TOUT) return 0
        this.isFieldDone = false
        if (register >= 6) return (this.ticks[register - 6] & 0x0f) << 4
        const ticks = this.ticks[register >> 1]
        return (register & 1) === 0 ? ticks >> 12 : (ticks >> 4) & 0xff
    }

    protected put(register: number, value: number): boolean {
        const now = this.clock.millis()
        if (register < ODR || register > ST_Z) return false
        if (now < this.startedUpAt) return true
        if (register === ODR) this.rateHertz = value
        if (register === INTERNAL_CONTROL_0) this.control(now, value)
        if (register === INTERNAL_CONTROL_1) {
            this.bandwidth = value & 0x03
            if ((value & 0x80) !== 0) this.powerUp(now + START_UP_MS)
        }
        if (register === INTERNAL_CONTROL_2) {
            const isContinuous = (value & 0x10) !== 0 && this.periodMs > 0
            this.continuousSince = isContinuous ? now : NEVER
            this.measurementsSeen = 0
        }
        return true
    }

    private control(now: number, value: number): void {
        this.automatic = (value & 0x20) !== 0
        if ((value & 0x80) !== 0 && this.rateHertz > 0) this.periodMs = 1000 / this.rateHertz
        if ((value & 0x18) !== 0) {
            this.polarity = (value & 0x08) !== 0 ? 1 : -1
            this.pulsedAt = now
        }
        const isPulsing = this.pulsedAt !== NEVER && now < this.pulsedAt + SET_RESET_MS
        if (isPulsing || this.continuousSince !== NEVER) return
        const measurementMs = MEASUREMENT_MS[this.bandwidth]
        if ((value & 0x01) !== 0) this.fieldDoneAt = now + measurementMs * (this.automatic ? 2 : 1)
        if ((value & 0x02) !== 0) this.temperatureDoneAt = now + measurementMs
    }

    private status(): number {
        const isStartedUp = this.clock.millis() >= this.startedUpAt
        return (
            (this.isTemperatureDone ? 0x80 : 0) |
            (this.isFieldDone ? 0x40 : 0) |
            (isStartedUp ? 0x10 : 0)
        )
    }

    /** Brings the data to what the last measurement that has ended left there. */
    private measure(now: number): void {
        if (this.continuousSince !== NEVER) {
            const measurements = Math.floor((now - this.continuousSince) / this.periodMs)
            if (measurements > this.measurementsSeen) {
                this.measurementsSeen = measurements
                this.latch(this.continuousSince + measurements * this.periodMs)
            }
        }
        if (this.fieldDoneAt !== NEVER && now >= this.fieldDoneAt) {
            this.latch(this.fieldDoneAt)
            this.fieldDoneAt = NEVER
        }
        if (this.temperatureDoneAt !== NEVER && now >= this.temperatureDoneAt) {
            const { temperatureCelsius } = this.environment(this.temperatureDoneAt)
            this.temperatureTicks = Math.round(((temperatureCelsius ?? 25) + 75) / 0.8)
            this.isTemperatureDone = true
            this.temperatureDoneAt = NEVER
        }
    }

    private latch(timeMs: number): void {
        const field = fieldOf(this.environment(timeMs))
        if (field === undefined) return
        this.isFieldDone = true
        for (let axis = 0; axis < 3; ++axis) {
            const bridge = this.automatic
                ? field[axis]
                : this.polarity * field[axis] + this.offsetMicroteslas[axis]
            // 16 384 of 20 bits are a gauss, which is 100 uT.
            const ticks = Math.round(0x80000 + (bridge / 100) * 16384)
            this.ticks[axis] = Math.min(Math.max(ticks, 0), 0xfffff)
        }
    }

    private powerUp(startedUpAt: number): void {
        this.startedUpAt = startedUpAt
        this.pulsedAt = NEVER
        this.polarity = 1
        this.automatic = false
        this.bandwidth = 0
        this.rateHertz = 0
        this.periodMs = 0
        this.fieldDoneAt = NEVER
        this.temperatureDoneAt = NEVER
        this.continuousSince = NEVER
        this.isFieldDone = false
        this.isTemperatureDone = false
        this.ticks = [0, 0, 0]
    }
}
