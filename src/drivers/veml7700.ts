/**
 * Vishay VEML7700: illuminance.
 *
 * Range and resolution: the datasheet, document 84286, Rev. 1.7 of 2023 (0.0042 lx, 140 000 lx: earlier ones say 0.0036 and 120 000,
 * which Vishay has called wrong). Correction, ranging and the resolutions at each setting: Vishay's application note 84323 "Designing
 * the VEML7700 Into an Application", as public drivers that name it have them. Registers and the 2.5 ms: Zephyr's driver, tedyapo's,
 * and for ID, which older drivers do not know, K0I05's for ESP-IDF.
 *
 * The part has no checksum and no data-ready flag. What guards a reading is that its configuration is read back beside it: a part that
 * lost its power in between, or a bus stuck low, does not pass.
 */
import { I2C } from "@devicescript/i2c"
import { RegisterPort } from "./registers"
import { Clock, Sensor, SensorError } from "./sensor"

const PART = "veml7700"
const ALS_CONF_0 = 0x00
const POWER_SAVING = 0x03
const ALS = 0x04
const ID = 0x07
const DEVICE_ID_CODE = 0x81 // the low byte; the high one tells the address
const ALS_SD = 0x01

// Two bits of ALS_GAIN from bit 11, four of ALS_IT from bit 6.
const GAIN_1_8 = 0x1000
const GAIN_2 = 0x0800
const IT_25MS = 0x0300
const IT_100MS = 0x0000
const IT_800MS = 0x00c0

const POWER_ON_MS = 3 // 2.5, rounded up
// Zephyr's authors found that the integration time and 100 ms more is not enough; they and Adafruit's wait twice as long.
const INTEGRATIONS_AWAITED = 2

const LUXES_PER_TICK = 0.0042 // with gain 2 and 800 ms
const LINEAR_LUXES_MAX = 1000
const ILLUMINANCE_LUXES_MAX = 140000

// The note's bounds of a good reading.
const TICKS_MIN = 100
const TICKS_MAX = 10000
// With gain 1/8 and 100 ms; the sixteenfold gain alone would leave less than TICKS_MIN.
const DARK_TICKS = 6
const ATTEMPTS_MAX = 2

interface Setting {
    conf: number
    gain: number
    integrationMs: number
}

const BRIGHT: Setting = { conf: GAIN_1_8 | IT_25MS, gain: 0.125, integrationMs: 25 }
const USUAL: Setting = { conf: GAIN_1_8 | IT_100MS, gain: 0.125, integrationMs: 100 }
const DIM: Setting = { conf: GAIN_2 | IT_100MS, gain: 2, integrationMs: 100 }
const DARK: Setting = { conf: GAIN_2 | IT_800MS, gain: 2, integrationMs: 800 }

export interface LightSample {
    illuminanceLuxes: number
}

/**
 * 0..65535 ticks taken with this gain and integration time; above 1000 lx as the note's polynomial corrects them, which adds 7 % at
 * once. The polynomial is for gain 1/8 and 1/4: the other gains are for less light.
 */
export function luxesFromTicks(ticks: number, gain: number, integrationMs: number): number {
    const luxes = ((ticks * LUXES_PER_TICK * 2) / gain) * (800 / integrationMs)
    if (luxes <= LINEAR_LUXES_MAX) return luxes
    return (((6.0135e-13 * luxes - 9.3924e-9) * luxes + 8.1488e-5) * luxes + 1.0023) * luxes
}

export class Veml7700 implements Sensor {
    readonly part = PART
    readonly warmUpMs = 0
    private readonly port: RegisterPort
    private readonly kept: LightSample = { illuminanceLuxes: NaN }

    /** Address 0x10; its sibling VEML6030, with the same registers, has 0x48 too. */
    constructor(
        bus: I2C,
        private readonly clock: Clock,
        address = 0x10
    ) {
        this.port = new RegisterPort(PART, bus, address)
    }

    /** Checks who it is and ends any power saving, which would put seconds between measurements. @throws SensorError bus, identity */
    async start(): Promise<void> {
        const id = await this.port.read(ID, 2)
        if (id[0] !== DEVICE_ID_CODE) throw new SensorError(PART, "identity", `ID ${id[0]}`)
        await this.port.writePair(POWER_SAVING, 0, 0)
    }

    /**
     * One measurement, 203 ms, from 54 to 6786 lx; with a second one 256 ms above that, 406 ms below, 1.8 s below 3.5 lx; all of it
     * twice if light came on meanwhile. The part is shut down between samples. @throws SensorError bus, stuck, range
     */
    async sample(): Promise<LightSample> {
        for (let attempt = 0; attempt < ATTEMPTS_MAX; ++attempt) {
            const ticks = await this.measure(USUAL)
            if (ticks > TICKS_MAX) return this.lightOf(await this.measure(BRIGHT), BRIGHT)
            if (ticks > TICKS_MIN) return this.lightOf(ticks, USUAL)
            const setting = ticks > DARK_TICKS ? DIM : DARK
            const finerTicks = await this.measure(setting)
            if (finerTicks <= TICKS_MAX) return this.lightOf(finerTicks, setting)
        }
        throw new SensorError(PART, "range", "light comes on faster than it is measured")
    }

    private async measure(setting: Setting): Promise<number> {
        const low = setting.conf & 0xff
        const high = setting.conf >> 8
        await this.port.writePair(ALS_CONF_0, low, high)
        await this.clock.delay(POWER_ON_MS + INTEGRATIONS_AWAITED * setting.integrationMs)
        const conf = await this.port.read(ALS_CONF_0, 2)
        const data = await this.port.read(ALS, 2)
        await this.port.writePair(ALS_CONF_0, ALS_SD, 0)
        if (conf[0] !== low || conf[1] !== high)
            throw new SensorError(PART, "stuck", "it does not keep its configuration")
        return (data[1] << 8) | data[0]
    }

    private lightOf(ticks: number, setting: Setting): LightSample {
        const illuminanceLuxes = luxesFromTicks(ticks, setting.gain, setting.integrationMs)
        if (illuminanceLuxes > ILLUMINANCE_LUXES_MAX)
            throw new SensorError(PART, "range", `${ticks} ticks`)
        const { kept } = this
        kept.illuminanceLuxes = illuminanceLuxes
        return kept
    }
}
