/**
 * A Benewake TF-Luna at register level, its pin 5 at ground. Facts as in src/drivers/tfluna.ts.
 *
 * A setting takes 100 ms to show, which is what the manual has one wait. Without a target, or beyond 9 m, the signal is too weak for a
 * distance.
 */
import { Environment, PartClock } from "./part"
import { RegisterPart } from "./register-part"

const SN = 0x10
const SHUTDOWN_REBOOT = 0x21
const SLAVE_ADDR = 0x22
const MODE = 0x23
const TRIG_ONE_SHOT = 0x24
const ENABLE = 0x25
const FPS_LOW = 0x26
const FPS_HIGH = 0x27
const RESTORE_FACTORY_DEFAULTS = 0x29
const AMP_THR_LOW = 0x2a
const AMP_THR_HIGH = 0x2b
const DUMMY_DIST_LOW = 0x2c
const LAST_SETTING = 0x31
const SIGNATURE = 0x3c

/** From SLAVE_ADDR on; two of them are for writing only. */
const SETTINGS_AFTER_POWER_UP = [0x10, 0, 0, 1, 0x64, 0, 0, 0, 0x64, 0, 0, 0, 0, 0, 0x20, 0x03]
const PROCESSING_MS = 100
/** "Lidar not accessible during few seconds" after a reboot. */
const REBOOT_MS = 2000

interface Setting {
    register: number
    value: number
    atMs: number
}

export class SimTfluna extends RegisterPart {
    /** Four characters. */
    signature = "LUNA"
    /** Revision, minor, major. */
    version = [0, 3, 3]
    /** Strength of the signal; 65535 is overexposure. */
    amp = 1000
    /** From a trigger to its data; not in the manual. */
    measureMs = 20
    private settings = SETTINGS_AFTER_POWER_UP.slice()
    private pending: Setting[] = []
    /** DIST, AMP, TEMP, TICK and ERROR, two bytes each. */
    private readonly data = Buffer.alloc(10)
    private bootedAt = 0
    private measuredAt = 0
    private triggeredAt = -1

    constructor(
        private readonly clock: PartClock,
        private readonly environment: Environment,
        address = 0x10
    ) {
        super(address)
    }

    protected isReady(): boolean {
        const now = this.clock.millis()
        if (this.environment(now).distanceMetres === undefined) {
            this.boot(now)
            return false
        }
        if (now < this.bootedAt) return false
        while (this.pending.length > 0 && this.pending[0].atMs <= now) {
            const { register, value, atMs } = this.pending[0]
            this.pending = this.pending.slice(1)
            this.rangeUntil(atMs)
            this.settings[register - SLAVE_ADDR] = value
            this.measuredAt = atMs
        }
        this.rangeUntil(now)
        return true
    }

    protected get(register: number): number {
        if (register < this.data.length) return this.data[register]
        if (register < 0x0d) return this.version[register - 0x0a]
        if (register >= SN && register < SN + 14) return 0x30 + register - SN
        if (register === TRIG_ONE_SHOT || register === RESTORE_FACTORY_DEFAULTS) return 0
        if (register >= SLAVE_ADDR && register <= LAST_SETTING)
            return this.settings[register - SLAVE_ADDR]
        if (register >= SIGNATURE && register < SIGNATURE + 4)
            return this.signature.charCodeAt(register - SIGNATURE)
        return 0
    }

    protected put(register: number, value: number): boolean {
        const now = this.clock.millis()
        if (register === TRIG_ONE_SHOT) {
            if (value !== 1) return false
            if (this.setting(MODE) === 1 && this.setting(ENABLE) === 1) this.triggeredAt = now
            return true
        }
        if (register === SHUTDOWN_REBOOT) {
            if (value !== 2) return false
            this.boot(now + REBOOT_MS)
            return true
        }
        if (register === RESTORE_FACTORY_DEFAULTS) {
            if (value !== 1) return false
            this.settings = SETTINGS_AFTER_POWER_UP.slice()
            return true
        }
        if (register < SLAVE_ADDR || register > LAST_SETTING) return false
        if ((register === MODE || register === ENABLE) && value > 1) return false
        this.pending.push({ register, value, atMs: now + PROCESSING_MS })
        return true
    }

    private setting(register: number): number {
        return this.settings[register - SLAVE_ADDR]
    }

    private boot(timeMs: number): void {
        this.settings = SETTINGS_AFTER_POWER_UP.slice()
        this.pending = []
        this.bootedAt = timeMs
        this.measuredAt = timeMs
        this.triggeredAt = -1
        for (let at = 0; at < this.data.length; ++at) this.data[at] = 0
    }

    /** Takes the newest measurement there is at this time, if there is a new one. */
    private rangeUntil(now: number): void {
        if (this.setting(MODE) === 1) {
            if (this.triggeredAt < 0 || now < this.triggeredAt + this.measureMs) return
            this.range(this.triggeredAt + this.measureMs)
            this.triggeredAt = -1
            return
        }
        if (this.setting(ENABLE) === 0) return
        const periodMs = 1000 / (this.setting(FPS_LOW) + 256 * this.setting(FPS_HIGH))
        const count = Math.floor((now - this.measuredAt) / periodMs)
        if (count > 0) this.range(this.measuredAt + count * periodMs)
    }

    private range(timeMs: number): void {
        const metres = this.environment(timeMs).distanceMetres ?? 0
        const threshold = this.setting(AMP_THR_LOW) + 256 * this.setting(AMP_THR_HIGH)
        const amp = metres > 9 ? 0 : this.amp
        this.measuredAt = timeMs
        this.set(0, amp < threshold ? this.setting(DUMMY_DIST_LOW) : Math.round(metres * 100))
        this.set(2, amp)
        this.set(4, 2500)
        this.set(6, Math.floor(timeMs - this.bootedAt))
    }

    /** A word, least significant byte first. */
    private set(at: number, value: number): void {
        this.data[at] = value % 256
        this.data[at + 1] = Math.floor(value / 256) % 256
    }
}
