/**
 * An ST LIS3DH at register level: output registers, status, and the FIFO in bypass, FIFO and stream mode. Facts as in
 * src/drivers/lis3dh.ts.
 *
 * It converts at the data rate from when CTRL_REG1 was written. In high-resolution mode the first six results are on their way to the
 * truth (turn-on time 7/ODR): here they are so many sevenths of it. A reserved or read-only register takes no byte.
 */
import { Conditions, Environment, PartClock } from "./part"
import { RegisterPart } from "./register-part"

const STATUS_REG = 0x27
const OUT_X_L = 0x28
const OUT_Z_H = 0x2d
const FIFO_CTRL_REG = 0x2e
const FIFO_SRC_REG = 0x2f
const AUTO_INCREMENT = 0x80

/** By ODR[3:0]; the two fastest in low-power mode, and what 1001 is otherwise. */
const HERTZ = [0, 1, 10, 25, 50, 100, 200, 400, 1600, 5376]
const HERTZ_1001_NOT_LOW_POWER = 1344
/** By FS[1:0]: how much one of 4096 steps is. */
const MILLI_G = [1, 2, 4, 12]
const METRES_PER_SECOND_SQUARED_PER_MILLI_G = 0.00980665
const LEVELS = 32

const BYPASS_MODE = 0
const FIFO_MODE = 1
const ALL_AXES = 7

export class SimLis3dh extends RegisterPart {
    whoAmI = 0x33
    private registers: number[] = []
    private startedAt = 0
    /** How many conversions there were when it was last asked. */
    private converted = 0
    /** X, Y, Z words of the newest result, or of the one last taken from the FIFO. */
    private out: number[] = []
    /** Three words to a level, round and round from `oldest` on. */
    private levels: number[] = []
    private oldest = 0
    private unread = 0
    private fresh = 0
    private overrun = 0

    constructor(
        private readonly clock: PartClock,
        private readonly environment: Environment,
        address = 0x18
    ) {
        super(address)
        this.powerUp()
    }

    private powerUp(): void {
        this.registers = []
        for (let register = 0; register < 0x40; ++register) this.registers.push(0)
        this.registers[0x1e] = 0x10
        this.registers[0x20] = 0x07
        this.out = [0, 0, 0]
        this.levels = []
        this.unread = 0
        this.fresh = 0
        this.overrun = 0
    }

    protected isReady(): boolean {
        const now = this.clock.millis()
        if (wordsOf(this.environment(now), 1).length === 0) {
            this.powerUp()
            return false
        }
        this.convert(now)
        return true
    }

    protected override next(pointer: number): number {
        if ((pointer & AUTO_INCREMENT) === 0) return pointer
        const register = pointer & 0x7f
        if (register === OUT_Z_H && this.fifoMode() !== BYPASS_MODE) return AUTO_INCREMENT | OUT_X_L
        return AUTO_INCREMENT | (register + 1)
    }

    protected get(pointer: number): number {
        const register = pointer & 0x7f
        if (register === 0x0f) return this.whoAmI
        if (register === STATUS_REG) return this.status()
        if (register === FIFO_SRC_REG) return this.fifoSource()
        if (register >= OUT_X_L && register <= OUT_Z_H) return this.output(register - OUT_X_L)
        return register < 0x40 ? this.registers[register] : 0
    }

    protected put(pointer: number, value: number): boolean {
        const register = pointer & 0x7f
        const isSetting =
            (register >= 0x1e && register <= 0x26) ||
            register === FIFO_CTRL_REG ||
            (register >= 0x30 && register <= 0x3f && !isSource(register))
        if (!isSetting) return false
        // Low power and high resolution at once are not allowed.
        if (register === 0x20 && (value & 0x08) !== 0 && this.isHighResolution()) return false
        if (register === 0x23 && (value & 0x08) !== 0 && this.isLowPower()) return false
        // BOOT clears itself.
        this.registers[register] = register === 0x24 ? value & 0x7f : value
        if (register === 0x20) {
            this.startedAt = this.clock.millis()
            this.converted = 0
        }
        if (this.fifoMode() === BYPASS_MODE) this.unread = 0
        return true
    }

    private isLowPower(): boolean {
        return (this.registers[0x20] & 0x08) !== 0
    }

    private isHighResolution(): boolean {
        return (this.registers[0x23] & 0x08) !== 0
    }

    private fifoMode(): number {
        return (this.registers[0x24] & 0x40) !== 0 ? this.registers[FIFO_CTRL_REG] >> 6 : 0
    }

    private hertz(): number {
        const rate = this.registers[0x20] >> 4
        if (rate === 9 && !this.isLowPower()) return HERTZ_1001_NOT_LOW_POWER
        return rate < HERTZ.length ? HERTZ[rate] : 0
    }

    /** Brings outputs and FIFO to where they are now; of a long time only what can still be there is worked out. */
    private convert(now: number): void {
        const hertz = this.hertz()
        if (hertz === 0) return
        const ended = Math.floor(((now - this.startedAt) * hertz) / 1000 + 1e-9)
        if (ended - this.converted > LEVELS) this.converted = ended - LEVELS - 1
        for (let count = this.converted + 1; count <= ended; ++count) {
            const words = this.measure(this.startedAt + (count * 1000) / hertz, count)
            if (words.length === 0) continue
            this.overrun = this.overrun | this.fresh
            this.fresh = this.registers[0x20] & ALL_AXES
            if (this.fifoMode() === BYPASS_MODE) this.out = words
            else this.push(words)
        }
        this.converted = ended
    }

    private measure(timeMs: number, count: number): number[] {
        const milliG = MILLI_G[(this.registers[0x23] >> 4) & 3]
        const words = wordsOf(this.environment(timeMs), milliG)
        const mask = this.isLowPower() ? 0xff00 : this.isHighResolution() ? 0xfff0 : 0xffc0
        const axes = this.registers[0x20] & ALL_AXES
        const settled = this.isHighResolution() && count < 7 ? count / 7 : 1
        for (let axis = 0; axis < words.length; ++axis)
            words[axis] = (axes & (1 << axis)) !== 0 ? Math.floor(words[axis] * settled) & mask : 0
        return words
    }

    private push(words: number[]): void {
        if (this.unread === LEVELS) {
            if (this.fifoMode() === FIFO_MODE) return
            this.drop()
        }
        const at = ((this.oldest + this.unread) % LEVELS) * 3
        // Its levels have ten bits to an axis.
        for (let axis = 0; axis < 3; ++axis) this.levels[at + axis] = words[axis] & 0xffc0
        this.unread++
    }

    private drop(): void {
        this.oldest = (this.oldest + 1) % LEVELS
        this.unread--
    }

    private status(): number {
        const all = (this.overrun === ALL_AXES ? 0x80 : 0) | (this.fresh === ALL_AXES ? 0x08 : 0)
        return all | (this.overrun << 4) | this.fresh
    }

    /** Five bits can not tell 32 levels from 31: OVRN_FIFO does. */
    private fifoSource(): number {
        const unread = this.unread
        const isAboveWatermark = unread > (this.registers[FIFO_CTRL_REG] & 0x1f)
        return (
            (isAboveWatermark ? 0x80 : 0) |
            (unread === LEVELS ? 0x40 : 0) |
            (unread === 0 ? 0x20 : 0) |
            (unread === LEVELS ? LEVELS - 1 : unread)
        )
    }

    private output(at: number): number {
        if (at === 0 && this.unread > 0) {
            for (let axis = 0; axis < 3; ++axis)
                this.out[axis] = this.levels[this.oldest * 3 + axis]
            this.drop()
        }
        const axis = at >> 1
        const word = this.out[axis]
        const isHigh = (at & 1) === 1
        if (isHigh) {
            this.fresh = this.fresh & ~(1 << axis)
            this.overrun = this.overrun & ~(1 << axis)
        }
        const isBigEndian = (this.registers[0x23] & 0x40) !== 0
        return isHigh === isBigEndian ? word & 0xff : word >> 8
    }
}

function isSource(register: number): boolean {
    return register === 0x31 || register === 0x35 || register === 0x39
}

/** Left-justified words, 0..0xffff, held at the ends of 12 bits; none where an axis has no acceleration. */
function wordsOf(conditions: Conditions, milliG: number): number[] {
    const x = conditions.accelerationXMetresPerSecondSquared
    const y = conditions.accelerationYMetresPerSecondSquared
    const z = conditions.accelerationZMetresPerSecondSquared
    if (x === undefined || y === undefined || z === undefined) return []
    const step = milliG * METRES_PER_SECOND_SQUARED_PER_MILLI_G
    return [wordOf(x / step), wordOf(y / step), wordOf(z / step)]
}

function wordOf(digits: number): number {
    return (Math.min(Math.max(Math.round(digits), -2048), 2047) & 0xfff) << 4
}
