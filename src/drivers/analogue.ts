/**
 * Analogue probes behind a channel of an ADS1115: a capacitive soil moisture probe, and an NTC thermistor in a divider.
 *
 * Soil moisture is told the way DFRobot's manual of its SEN0193 has one calibrate it: 0 % where the probe was in dry air, 100 % where
 * it was in water, and the voltage falls as the moisture rises. The thermistor follows the Beta equation, with R25 and Beta as its
 * datasheet gives them ("B25/85"); away from the two temperatures of that Beta the equation strays by some tenths of a degree.
 *
 * Neither probe can say who it is. What tells a probe that is broken or was pulled out is a voltage that it never gives.
 */
import * as ds from "@devicescript/core"
import { Ads1115, assertChannel } from "./ads1115"
import { Sensor, SensorError } from "./sensor"

const SOIL_MOISTURE = "soil-moisture"
const THERMISTOR = "thermistor"

/** How far past either end of its calibration a moisture probe may go: soil salts, supply and age move the ends. */
const BEYOND_PERCENT = 25

const KELVINS_AT_0_CELSIUS = 273.15
const KELVINS_AT_25_CELSIUS = 298.15
// The operating range that makers give their ordinary NTCs, such as Vishay's NTCLE100E3.
const COLDEST_CELSIUS = -40
const HOTTEST_CELSIUS = 125

export interface SoilMoistureSample {
    soilMoisturePercent: number
}

export interface SoilMoistureOptions {
    /** What the probe gives in dry air. */
    dryVolts: number
    /** What it gives in water, up to its line. */
    wetVolts: number
    /** The ADC's, 0..3; 0 if absent. */
    channel?: number
}

/** 0 % at `dryVolts`, 100 % at `wetVolts`, and on beyond either. */
export function soilMoistureFromVolts(volts: number, dryVolts: number, wetVolts: number): number {
    return (100 * (dryVolts - volts)) / (dryVolts - wetVolts)
}

export class SoilMoisture implements Sensor {
    readonly part = SOIL_MOISTURE
    readonly warmUpMs = 0
    private readonly channel: number

    /** Calibration points that are the same, or a channel that is none, are a programmer's error. */
    constructor(
        private readonly adc: Ads1115,
        private readonly options: SoilMoistureOptions
    ) {
        ds.assert(options.dryVolts !== options.wetVolts, "dry and wet are the same voltage")
        this.channel = options.channel ?? 0
        assertChannel(this.channel)
    }

    /** Starts the ADC. @throws SensorError as it does */
    async start(): Promise<void> {
        await this.adc.start()
    }

    /**
     * 0..100 %: a little beyond the calibration is cropped, more is no probe. One conversion of the ADC.
     * @throws SensorError range, and what the ADC throws
     */
    async sample(): Promise<SoilMoistureSample> {
        const volts = await this.adc.volts(this.channel)
        const { dryVolts, wetVolts } = this.options
        const percent = soilMoistureFromVolts(volts, dryVolts, wetVolts)
        if (percent < -BEYOND_PERCENT || percent > 100 + BEYOND_PERCENT)
            throw new SensorError(SOIL_MOISTURE, "range", `${volts} V: is the probe connected?`)
        return { soilMoisturePercent: Math.constrain(percent, 0, 100) }
    }
}

export interface TemperatureSample {
    temperatureCelsius: number
}

export interface ThermistorOptions {
    /** The ADC's, 0..3; 0 if absent. */
    channel?: number
    /** What feeds the divider, V; 3.3 if absent. Its error is the reading's, so take it from where the ADC is fed. */
    supplyVolts?: number
    /** From the supply to the channel; 10 000 if absent. The thermistor is from the channel to ground. */
    seriesOhms?: number
    /** The thermistor at 25 Cel; 10 000 if absent. */
    r25Ohms?: number
    /** The thermistor's Beta, K; 3950 if absent. */
    betaKelvins?: number
}

/** The lower resistor of a divider, for 0 < volts < supplyVolts. */
export function ohmsFromVolts(volts: number, supplyVolts: number, seriesOhms: number): number {
    return (seriesOhms * volts) / (supplyVolts - volts)
}

/** The Beta equation, for ohms > 0. */
export function celsiusFromOhms(ohms: number, r25Ohms: number, betaKelvins: number): number {
    const perKelvin = 1 / KELVINS_AT_25_CELSIUS + Math.log(ohms / r25Ohms) / betaKelvins
    return 1 / perKelvin - KELVINS_AT_0_CELSIUS
}

export class Thermistor implements Sensor {
    readonly part = THERMISTOR
    readonly warmUpMs = 0
    private readonly channel: number
    private readonly supplyVolts: number
    private readonly seriesOhms: number
    private readonly r25Ohms: number
    private readonly betaKelvins: number

    /** Options that are not above zero, or a channel that is none, are a programmer's error. */
    constructor(
        private readonly adc: Ads1115,
        options: ThermistorOptions = {}
    ) {
        this.channel = options.channel ?? 0
        this.supplyVolts = options.supplyVolts ?? 3.3
        this.seriesOhms = options.seriesOhms ?? 10000
        this.r25Ohms = options.r25Ohms ?? 10000
        this.betaKelvins = options.betaKelvins ?? 3950
        assertChannel(this.channel)
        ds.assert(this.supplyVolts > 0, `supply ${this.supplyVolts} V`)
        ds.assert(this.seriesOhms > 0, `series ${this.seriesOhms} ohms`)
        ds.assert(this.r25Ohms > 0, `R25 ${this.r25Ohms} ohms`)
        ds.assert(this.betaKelvins > 0, `Beta ${this.betaKelvins} K`)
    }

    /** Starts the ADC. @throws SensorError as it does */
    async start(): Promise<void> {
        await this.adc.start()
    }

    /**
     * -40..125 Cel, one conversion of the ADC.
     * @throws SensorError range (open, shorted, or beyond what thermistors bear), and what the ADC throws
     */
    async sample(): Promise<TemperatureSample> {
        const volts = await this.adc.volts(this.channel)
        if (volts <= 0) throw new SensorError(THERMISTOR, "range", `${volts} V: shorted`)
        if (volts >= this.supplyVolts)
            throw new SensorError(THERMISTOR, "range", `${volts} V: open`)
        const temperatureCelsius = celsiusFromOhms(
            ohmsFromVolts(volts, this.supplyVolts, this.seriesOhms),
            this.r25Ohms,
            this.betaKelvins
        )
        if (temperatureCelsius < COLDEST_CELSIUS || temperatureCelsius > HOTTEST_CELSIUS)
            throw new SensorError(THERMISTOR, "range", `${temperatureCelsius} Cel from ${volts} V`)
        return { temperatureCelsius }
    }
}
