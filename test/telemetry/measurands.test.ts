/** The table of measurands: what both ends look names up in. */
import * as ds from "@devicescript/core"
import { describe, expect, test } from "../suite"
import {
    allMeasurands,
    measurandByName,
    measurandByWire,
} from "../../src/telemetry/contract/measurands"

describe("measurands", () => {
    test("a row is read into its four parts", () => {
        const co2 = measurandByName("carbonDioxidePpm")
        expect(co2.wire).toBe("co2")
        expect(co2.unit).toBe("ppm")
        expect(co2.decimals).toBe(0)
    })

    test("a name is found whole and not by its beginning", () => {
        expect(measurandByName("temperature") === undefined).toBe(true)
        expect(measurandByName("") === undefined).toBe(true)
        expect(measurandByWire("v") === undefined).toBe(true)
        expect(measurandByWire("v1").measurand).toBe("voltage1Volts")
    })

    test("no name and no wire name is there twice", async () => {
        for (const row of allMeasurands()) {
            // Each takes a few thousand of the VM's 131,072 steps.
            await ds.sleep(0)
            expect(measurandByName(row.measurand).wire).toBe(row.wire)
            expect(measurandByWire(row.wire).measurand).toBe(row.measurand)
        }
    })
})
