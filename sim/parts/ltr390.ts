/**
 * A Lite-On LTR-390UV-01 at register level. Facts as in src/drivers/ltr390.ts.
 *
 * It measures light or ultraviolet, whichever its mode says, and keeps the other's last value. Reading MAIN_STATUS takes its flags
 * back. A change of mode, gain or resolution starts the conversion anew.
 */
import { Environment, PartClock } from "./part"
import { RegisterPart } from "./register-part"

const MAIN_CTRL = 0x00
const ALS_UVS_MEAS_RATE = 0x04
const ALS_UVS_GAIN = 0x05
const PART_ID = 0x06
const MAIN_STATUS = 0x07
const ALS_DATA_0 = 0x0d
const UVS_DATA_0 = 0x10
const INT_CFG = 0x19
const INT_PST = 0x1a
const ALS_UVS_THRES_UP_0 = 0x21
const ALS_UVS_THRES_LOW_2 = 0x26

const ENABLE = 0x02
const UVS_MODE = 0x08
const SW_RESET = 0x10
const DATA_STATUS = 0x08
const POWER_ON_STATUS = 0x20

const WAKE_UP_MS = 10
const GAINS = [1, 3, 6, 9, 18]
/** By the three bits of resolution. */
const INTEGRATION_MS = [400, 200, 100, 50, 25, 12.5]
const FULL_SCALE_TICKS = [0xfffff, 0x7ffff, 0x3ffff, 0x1ffff, 0xffff, 0x1fff]
/** By the three bits of measurement rate; no faster than it converts. */
const RATE_MS = [25, 50, 100, 200, 500, 1000, 2000, 2000]

export class SimLtr390 extends RegisterPart {
    private registers: number[] = []
    private status = 0
    private alsTicks = 0
    private uvsTicks = 0
    private startedAt = 0
    private conversionsSeen = 0

    constructor(
        private readonly clock: PartClock,
        private readonly environment: Environment,
        address = 0x53
    ) {
        super(address)
        this.powerUp()
    }

    /** A part that was away comes back in standby, with its power-on settings. */
    protected isReady(): boolean {
        const now = this.clock.millis()
        const { illuminanceLuxes, uvIndex } = this.environment(now)
        if (illuminanceLuxes === undefined || uvIndex === undefined) {
            this.powerUp()
            return false
        }
        this.convert(now)
        return true
    }

    protected get(register: number): number {
        if (register === PART_ID) return 0xb2
        if (register === MAIN_STATUS) {
            const status = this.status
            this.status = 0
            return status
        }
        if (register >= UVS_DATA_0 && register < UVS_DATA_0 + 3)
            return (this.uvsTicks >> ((register - UVS_DATA_0) * 8)) & 0xff
        if (register >= ALS_DATA_0 && register < ALS_DATA_0 + 3)
            return (this.alsTicks >> ((register - ALS_DATA_0) * 8)) & 0xff
        return this.registers[register] ?? 0
    }

    protected put(register: number, value: number): boolean {
        if (register === MAIN_CTRL && (value & SW_RESET) !== 0) {
            this.powerUp()
            return true
        }
        const isSetting =
            register === MAIN_CTRL || register === ALS_UVS_MEAS_RATE || register === ALS_UVS_GAIN
        const isThreshold = register >= ALS_UVS_THRES_UP_0 && register <= ALS_UVS_THRES_LOW_2
        if (!isSetting && !isThreshold && register !== INT_CFG && register !== INT_PST) return false
        this.registers[register] = value
        if (isSetting) {
            this.startedAt = this.clock.millis()
            this.conversionsSeen = 0
        }
        return true
    }

    /** Brings the data to what the last conversion that has ended left there. */
    private convert(now: number): void {
        const mode = this.registers[MAIN_CTRL]
        const resolution = (this.registers[ALS_UVS_MEAS_RATE] >> 4) & 0x07
        const gain = GAINS[this.registers[ALS_UVS_GAIN] & 0x07]
        if ((mode & ENABLE) === 0 || resolution > 5 || gain === undefined) return
        const integrationMs = INTEGRATION_MS[resolution]
        const rateMs = RATE_MS[this.registers[ALS_UVS_MEAS_RATE] & 0x07]
        const periodMs = Math.max(integrationMs, rateMs)
        const firstAt = this.startedAt + WAKE_UP_MS + integrationMs
        const conversions = 1 + Math.floor((now - firstAt) / periodMs)
        if (conversions <= this.conversionsSeen) return
        this.conversionsSeen = conversions
        this.status = this.status | DATA_STATUS
        const world = this.environment(firstAt + (conversions - 1) * periodMs)
        const sensitivity = (gain * integrationMs) / 100
        const fullScale = FULL_SCALE_TICKS[resolution]
        // 5 ticks are 3 lx with gain 1 and 100 ms; 2300 are one UV index with gain 18 and 400 ms, which is 72 times as much.
        if ((mode & UVS_MODE) !== 0)
            this.uvsTicks = ticksOf((world.uvIndex ?? 0) * sensitivity * (2300 / 72), fullScale)
        else
            this.alsTicks = ticksOf(
                ((world.illuminanceLuxes ?? 0) * sensitivity * 5) / 3,
                fullScale
            )
    }

    private powerUp(): void {
        this.registers = []
        for (let register = 0; register <= ALS_UVS_THRES_LOW_2; ++register) this.registers.push(0)
        this.registers[ALS_UVS_MEAS_RATE] = 0x22
        this.registers[ALS_UVS_GAIN] = 0x01
        this.registers[INT_CFG] = 0x10
        this.registers[ALS_UVS_THRES_UP_0] = 0xff
        this.registers[ALS_UVS_THRES_UP_0 + 1] = 0xff
        this.registers[ALS_UVS_THRES_UP_0 + 2] = 0x0f
        this.status = POWER_ON_STATUS
        this.alsTicks = 0
        this.uvsTicks = 0
        this.conversionsSeen = 0
    }
}

function ticksOf(ticks: number, fullScale: number): number {
    return Math.round(Math.min(Math.max(ticks, 0), fullScale))
}
