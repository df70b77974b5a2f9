/**
 * Texas Instruments INA219: voltage of a supply, current through a shunt, power.
 *
 * [Brackets] name headings of the datasheet SBOS448F, revised September 2011. The longest conversion, 586 us, is its electrical
 * characteristics' as electronics.stackexchange.com, question 269792, quotes them.
 *
 * The part can work out current and power by itself, but then in steps of its own, and it loses the calibration with its power:
 * here the shunt's voltage is enough. It has no checksum; its only identity is what a reset puts into its configuration.
 */
import * as ds from "@devicescript/core"
import { I2C } from "@devicescript/i2c"
import { RegisterPort, int16 } from "./registers"
import { Clock, Sensor, SensorError } from "./sensor"

const PART = "ina219"
// [Register Information]
const CONFIGURATION = 0x00
const SHUNT_VOLTAGE = 0x01
const BUS_VOLTAGE = 0x02

// [Configuration Register], its upper and its lower byte.
const RST = 0x80
const RESET_VALUE_HIGH = 0x39
const RESET_VALUE_LOW = 0x9f
const BRNG_32V = 0x20
const PG_SHIFT = 3
const BADC_12_BITS_HIGH = 0x01
const BADC_SADC_12_BITS_LOW = 0x98
const SHUNT_AND_BUS_TRIGGERED = 0x03
// [Bus Voltage Register], its lower byte.
const CNVR = 0x02
const OVF = 0x01

const CONVERSIONS_MS = 2 // 2 * 0.586, rounded up
const SHUNT_VOLTS_PER_TICK = 10e-6
const BUS_VOLTS_PER_TICK = 4e-3
const BUS_TICKS_MAX = 6500 // 26 V; the register goes on to 32 V, the part does not
const SHUNT_TICKS_PER_MILLIVOLT = 100

export interface PowerSample {
    /** Behind the shunt, at IN-. */
    busVoltageVolts: number
    /** Positive from IN+ to IN-. */
    currentAmperes: number
    powerWatts: number
}

export interface Ina219Options {
    /** What lies between IN+ and IN-; 0.1 if absent, as on most boards. */
    shuntOhms?: number
    /** Full scale of the shunt's voltage: 40, 80, 160 or 320, which is it if absent: 3.2 A at 0.1 ohm. The step is 10 uV in each. */
    shuntRangeMillivolts?: number
}

/** -32000..32000 ticks of the shunt's voltage. */
export function amperesFromTicks(ticks: number, shuntOhms: number): number {
    return (ticks * SHUNT_VOLTS_PER_TICK) / shuntOhms
}

/** 0..8000 ticks, the upper 13 bits of the register. */
export function busVoltsFromTicks(ticks: number): number {
    return ticks * BUS_VOLTS_PER_TICK
}

export class Ina219 implements Sensor {
    readonly part = PART
    readonly warmUpMs = 0
    private readonly port: RegisterPort
    private readonly shuntOhms: number
    private readonly shuntTicksMax: number
    private readonly configurationHigh: number

    /** Address 0x40..0x4f, by A0 and A1. Options outside their range are a programmer's error. */
    constructor(
        bus: I2C,
        private readonly clock: Clock,
        address = 0x40,
        options: Ina219Options = {}
    ) {
        const shuntOhms = options.shuntOhms ?? 0.1
        const shuntRangeMillivolts = options.shuntRangeMillivolts ?? 320
        const gain = [40, 80, 160, 320].indexOf(shuntRangeMillivolts)
        ds.assert(shuntOhms > 0, `shunt of ${shuntOhms} ohm`)
        ds.assert(gain >= 0, `the part has no range of ${shuntRangeMillivolts} mV`)
        this.port = new RegisterPort(PART, bus, address)
        this.shuntOhms = shuntOhms
        this.shuntTicksMax = shuntRangeMillivolts * SHUNT_TICKS_PER_MILLIVOLT
        this.configurationHigh = BRNG_32V | (gain << PG_SHIFT) | BADC_12_BITS_HIGH
    }

    /** Resets the part and looks at what it then holds. @throws SensorError bus, identity */
    async start(): Promise<void> {
        await this.port.writePair(CONFIGURATION, RST, 0)
        const word = await this.port.read(CONFIGURATION, 2)
        if (word[0] !== RESET_VALUE_HIGH || word[1] !== RESET_VALUE_LOW)
            throw new SensorError(PART, "identity", `configuration ${word.toString("hex")}`)
    }

    /** One conversion of each voltage, 2 ms. @throws SensorError bus, timeout, range */
    async sample(): Promise<PowerSample> {
        await this.port.writePair(
            CONFIGURATION,
            this.configurationHigh,
            BADC_SADC_12_BITS_LOW | SHUNT_AND_BUS_TRIGGERED
        )
        await this.clock.delay(CONVERSIONS_MS)
        const bus = await this.port.read(BUS_VOLTAGE, 2)
        if ((bus[1] & CNVR) === 0) throw new SensorError(PART, "timeout", "no conversion")
        const shunt = await this.port.read(SHUNT_VOLTAGE, 2)
        const busTicks = ((bus[0] << 8) | bus[1]) >> 3
        const shuntTicks = int16(shunt[0], shunt[1])
        if (busTicks > BUS_TICKS_MAX)
            throw new SensorError(PART, "range", `bus voltage ${busTicks} ticks`)
        if (Math.abs(shuntTicks) >= this.shuntTicksMax || (bus[1] & OVF) !== 0)
            throw new SensorError(PART, "range", `shunt voltage ${shuntTicks} ticks`)
        const busVoltageVolts = busVoltsFromTicks(busTicks)
        const currentAmperes = amperesFromTicks(shuntTicks, this.shuntOhms)
        return { busVoltageVolts, currentAmperes, powerWatts: busVoltageVolts * currentAmperes }
    }
}
