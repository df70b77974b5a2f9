/** The analogue probes against a simulated ADS1115. */
import { beforeEach, describe, expect, test } from "../suite"
import { Ads1115 } from "../../src/drivers/ads1115"
import {
    SoilMoisture,
    SoilMoistureOptions,
    Thermistor,
    ThermistorOptions,
    celsiusFromOhms,
    ohmsFromVolts,
    soilMoistureFromVolts,
} from "../../src/drivers/analogue"
import { Sensor } from "../../src/drivers/sensor"
import { SimAds1115 } from "../../sim/parts/ads1115"
import { Conditions } from "../../sim/parts/part"
import { expectFault, expectNear } from "../expect"
import { FakeClock, FakeI2C } from "../fakes"
import { Stranger } from "./stranger"

// DFRobot's example for the SEN0193: 520 in air and 260 in water, of 1024 at 5 V.
const DRY_VOLTS = 2.5390625
const WET_VOLTS = 1.26953125
const SPAN_VOLTS = 1.26953125
const PROBE = { dryVolts: DRY_VOLTS, wetVolts: WET_VOLTS }
// Half a tick of 125 uV, in each.
const HALF_TICK_PERCENT = 0.005

// Rows of a 10 kohm thermistor, Campbell Scientific's manual of the 109SS, table C-1 (10K3MCD1): Celsius, ohms.
const OHMS_AT_0_CELSIUS = 32650.9
const OHMS_AT_MINUS_20_CELSIUS = 97006.9
/** ln(32650.9 / 10000) / (1 / 273.15 - 1 / 298.15), so that the Beta equation goes through 0 and 25 Cel. */
const BETA_0_25_KELVINS = 3854.66

let clock: FakeClock
let world: Conditions
let bus: FakeI2C
let adc: Ads1115

function probe(options: SoilMoistureOptions): SoilMoisture {
    return new SoilMoisture(adc, options)
}

function thermistor(options: ThermistorOptions): Thermistor {
    return new Thermistor(adc, options)
}

/** What the divider gives, from 3.3 V over 10 kohm. */
function dividerVolts(ohms: number): number {
    return 3.3 - (3.3 * 10000) / (10000 + ohms)
}

/** And recovers from them. */
async function expectFaultsOfAdc(sensor: Sensor): Promise<void> {
    const present = bus.parts
    bus.parts = []
    await expectFault("bus", async () => await sensor.start())
    await expectFault("bus", async () => await sensor.sample())
    bus.parts = [new Stranger(0x48, 0x00)]
    await expectFault("identity", async () => await sensor.start())
    bus.parts = present
    await sensor.start()
    await sensor.sample()
}

describe("analogue", () => {
    beforeEach(() => {
        clock = new FakeClock()
        world = { voltage0Volts: DRY_VOLTS }
        bus = new FakeI2C([new SimAds1115(clock, () => world)])
        adc = new Ads1115(bus, clock)
    })

    test("moisture is 0 % dry, 100 % wet, straight between and beyond, either way up", () => {
        expect(soilMoistureFromVolts(DRY_VOLTS, DRY_VOLTS, WET_VOLTS)).toBe(0)
        expectNear(soilMoistureFromVolts(WET_VOLTS, DRY_VOLTS, WET_VOLTS), 100, 1e-9)
        // 430 of 520..260, where DFRobot's "dry" ends, and 350, where "wet" ends.
        expectNear(soilMoistureFromVolts((430 * 5) / 1024, DRY_VOLTS, WET_VOLTS), 34.615, 0.001)
        expectNear(soilMoistureFromVolts((350 * 5) / 1024, DRY_VOLTS, WET_VOLTS), 65.385, 0.001)
        expectNear(soilMoistureFromVolts(3, 2, 1), -100, 1e-9)
        expectNear(soilMoistureFromVolts(0.25, 0, 1), 25, 1e-9)
    })

    test("the Beta equation gives a thermistor's published resistances", () => {
        expectNear(celsiusFromOhms(10000, 10000, 3950), 25, 1e-6)
        expectNear(celsiusFromOhms(OHMS_AT_0_CELSIUS, 10000, BETA_0_25_KELVINS), 0, 0.001)
        // Outside of its two points it strays.
        expectNear(celsiusFromOhms(OHMS_AT_MINUS_20_CELSIUS, 10000, BETA_0_25_KELVINS), -20, 0.5)
        // Worked by hand: 5000 * exp(3435 * (1 / 358.15 - 1 / 298.15)) ohms at 85 Cel.
        expectNear(celsiusFromOhms(725.674, 5000, 3435), 85, 0.001)
    })

    test("the divider's lower resistor follows from its voltage", () => {
        expectNear(ohmsFromVolts(1.65, 3.3, 10000), 10000, 1e-6)
        expectNear(ohmsFromVolts(1, 5, 4700), 1175, 1e-6)
        expectNear(ohmsFromVolts(4, 5, 4700), 18800, 1e-6)
    })

    test("they are called as reports call them, and can be sampled at once", () => {
        expect(probe(PROBE).part).toBe("soil-moisture")
        expect(probe(PROBE).warmUpMs).toBe(0)
        expect(thermistor({}).part).toBe("thermistor")
        expect(thermistor({}).warmUpMs).toBe(0)
    })

    test("a moisture sample is one conversion of its channel, 0 if none is given", async () => {
        world = { voltage0Volts: DRY_VOLTS - SPAN_VOLTS / 4, voltage2Volts: WET_VOLTS }
        const sensor = probe(PROBE)
        await sensor.start()
        expectNear((await sensor.sample()).soilMoisturePercent, 25, HALF_TICK_PERCENT)
        expect(clock.now).toBe(8)
        const other = probe({ dryVolts: DRY_VOLTS, wetVolts: WET_VOLTS, channel: 2 })
        expectNear((await other.sample()).soilMoisturePercent, 100, HALF_TICK_PERCENT)
    })

    test("a quarter beyond the calibration is cropped, more is a range fault that does not stick", async () => {
        const sensor = probe({ dryVolts: 2, wetVolts: 1 })
        world = { voltage0Volts: 2.25 }
        expect((await sensor.sample()).soilMoisturePercent).toBe(0)
        world = { voltage0Volts: 0.75 }
        expect((await sensor.sample()).soilMoisturePercent).toBe(100)
        for (const volts of [2.250125, 0.749875, 0, 3.3]) {
            world = { voltage0Volts: volts }
            await expectFault("range", async () => await sensor.sample())
        }
        world = { voltage0Volts: 1.5 }
        expectNear((await sensor.sample()).soilMoisturePercent, 50, HALF_TICK_PERCENT)
    })

    test("a probe whose voltage rises with moisture is calibrated the other way round", async () => {
        const sensor = probe({ dryVolts: 1, wetVolts: 2 })
        world = { voltage0Volts: 1.2 }
        expectNear((await sensor.sample()).soilMoisturePercent, 20, 0.01)
        world = { voltage0Volts: 0.7 }
        await expectFault("range", async () => await sensor.sample())
    })

    test("a thermistor's sample is one conversion of its channel, 0 if none is given", async () => {
        world = { voltage0Volts: 1.65, voltage3Volts: dividerVolts(OHMS_AT_0_CELSIUS) }
        const sensor = thermistor({})
        await sensor.start()
        expectNear((await sensor.sample()).temperatureCelsius, 25, 0.005)
        expect(clock.now).toBe(8)
        const other = thermistor({ channel: 3, betaKelvins: BETA_0_25_KELVINS })
        expectNear((await other.sample()).temperatureCelsius, 0, 0.01)
    })

    test("its resistors, supply and Beta are 10 kohm, 3.3 V and 3950 K unless told otherwise", async () => {
        // 10 kohm * exp(3950 * (1 / 313.15 - 1 / 298.15)) is 5301.47 ohms at 40 Cel.
        world = { voltage0Volts: dividerVolts(5301.47) }
        expectNear((await thermistor({}).sample()).temperatureCelsius, 40, 0.005)
        // 4700 ohms above 1175 ohms, of 5 V; of a 5 kohm thermistor with 3435 K that is 67.865 Cel.
        world = { voltage0Volts: 1 }
        const sensor = thermistor({
            supplyVolts: 5,
            seriesOhms: 4700,
            r25Ohms: 5000,
            betaKelvins: 3435,
        })
        expectNear((await sensor.sample()).temperatureCelsius, 67.865, 0.005)
    })

    test("-40 and 125 Cel are measured, what is beyond is a range fault, and does not stick", async () => {
        const sensor = thermistor({})
        // By 10 kohm * exp(3950 * (1 / T - 1 / 298.15)) over 10 kohm, of 3.3 V, to the tick of 125 uV on the inner side.
        world = { voltage0Volts: 3.219875 }
        expectNear((await sensor.sample()).temperatureCelsius, -40, 0.001)
        world = { voltage0Volts: 0.114375 }
        expectNear((await sensor.sample()).temperatureCelsius, 124.978, 0.001)
        for (const volts of [3.22, 0.11425, 3.2995]) {
            world = { voltage0Volts: volts }
            await expectFault("range", async () => await sensor.sample())
        }
        world = { voltage0Volts: 1.65 }
        await sensor.sample()
    })

    test("a short is a range fault, and so is nothing connected", async () => {
        const sensor = thermistor({ supplyVolts: 3 })
        for (const volts of [0, -0.000125, 3, 3.3]) {
            world = { voltage0Volts: volts }
            await expectFault("range", async () => await sensor.sample())
        }
    })

    test("an absent ADC is a bus fault, another part in its place an identity fault of start", async () => {
        world = { voltage0Volts: 1.65 }
        await expectFaultsOfAdc(probe(PROBE))
        await expectFaultsOfAdc(thermistor({}))
    })

    test("options that make no sense are refused", () => {
        expect(() => probe({ dryVolts: 2, wetVolts: 2 })).toThrow()
        expect(() => probe({ dryVolts: 2, wetVolts: 1, channel: 4 })).toThrow()
        expect(() => thermistor({ channel: -1 })).toThrow()
        expect(() => thermistor({ supplyVolts: 0 })).toThrow()
        expect(() => thermistor({ seriesOhms: 0 })).toThrow()
        expect(() => thermistor({ r25Ohms: 0 })).toThrow()
        expect(() => thermistor({ betaKelvins: 0 })).toThrow()
        thermistor({ supplyVolts: 0.5, seriesOhms: 0.5, r25Ohms: 0.5, betaKelvins: 0.5 })
    })
})
