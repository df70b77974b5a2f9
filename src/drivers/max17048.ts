/**
 * Maxim MAX17048: voltage and state of charge of one lithium cell.
 *
 * The datasheet, 19-6171, was not seen but for its general description. Registers, scales and what VERSION shows are as in its register
 * summary as UNIT Electronics' documentation gives it and in Adafruit's driver for the MAX1704X, which agree; the voltage range is as
 * sheetsdata.com gives it. That the state of charge goes beyond 100 % while charging, and that without a cell it reads 104 %, was told
 * to SparkFun (SparkFun_MAX1704x_Fuel_Gauge_Arduino_Library, issue 14).
 *
 * Nothing is set and nothing reset: the part learns about its cell all the time, and would have to begin anew.
 */
import { I2C } from "@devicescript/i2c"
import { RegisterPort } from "./registers"
import { Clock, Sensor, SensorError } from "./sensor"

const PART = "max17048"
const VCELL = 0x02
const SOC = 0x04
const VERSION = 0x08

const VERSION_MASK = 0xfff0
const VERSION_MAX17048 = 0x0010

// The part measures 2.5..5 V.
const VCELL_MIN = 32000
const VCELL_MAX = 64000
const ALL_ONES = 0xffff

/** The state of charge is the part's guess, from the voltage and a model of the cell. */
export interface CellSample {
    cellVoltageVolts: number
    stateOfChargePercent: number
}

/** 0..65535 ticks of 78.125 uV are 0..5.12 V. */
export function voltsFromTicks(ticks: number): number {
    return ticks / 12800
}

/** Ticks of 1/256 %, cropped to 100 %: a cell being charged shows more. */
export function stateOfChargeFromTicks(ticks: number): number {
    return Math.min(ticks / 256, 100)
}

export class Max17048 implements Sensor {
    readonly part = PART
    readonly warmUpMs = 0
    private readonly port: RegisterPort

    /** It has one address. Of the clock it needs nothing: the part measures all the time. */
    constructor(bus: I2C, _clock: Clock, address = 0x36) {
        this.port = new RegisterPort(PART, bus, address)
    }

    /** Looks whether the part is there, at once. @throws SensorError bus, identity */
    async start(): Promise<void> {
        const version = await this.word(VERSION)
        if ((version & VERSION_MASK) !== VERSION_MAX17048)
            throw new SensorError(PART, "identity", `VERSION ${version}`)
    }

    /** The newest measurement, at once; the part averages over its own. @throws SensorError bus, range, stuck */
    async sample(): Promise<CellSample> {
        const voltageTicks = await this.word(VCELL)
        const chargeTicks = await this.word(SOC)
        // It can not measure what it lives on to be nothing; all ones are a bus nobody pulls down.
        if (voltageTicks === 0 || voltageTicks === ALL_ONES || chargeTicks === ALL_ONES)
            throw new SensorError(PART, "stuck", `VCELL ${voltageTicks}, SOC ${chargeTicks}`)
        if (voltageTicks < VCELL_MIN || voltageTicks > VCELL_MAX)
            throw new SensorError(PART, "range", `VCELL ${voltageTicks}`)
        return {
            cellVoltageVolts: voltsFromTicks(voltageTicks),
            stateOfChargePercent: stateOfChargeFromTicks(chargeTicks),
        }
    }

    private async word(register: number): Promise<number> {
        const bytes = await this.port.read(register, 2)
        return (bytes[0] << 8) | bytes[1]
    }
}
