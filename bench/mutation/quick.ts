/** A few drivers, of each kind one, and some of their mutants: every image takes seconds to compile. */
import { barsPicture } from "../all/bars"
import type { Figures, Quick } from "../all/quick"
import { written } from "../all/units"

const DRIVERS = ["sht4x", "bme280", "bh1750", "lis3dh"]
const MUTANTS = 40

export const mutationQuick: Quick = {
    name: "mutation",
    args: ["mutation", "--driver", DRIVERS.join(","), "--max", String(MUTANTS)],
    test: "bugs seeded in drivers",
    sentence:
        "{mutants} bugs in four drivers, one at a time: {rate %} noticed by the driver's own tests, {survived} not",
    measured: [],
    rowsBy: ["driver"],
    isAlone: true,
    picture: ({ drivers }) =>
        barsPicture({
            title: "Bugs seeded in drivers, one at a time: how many their tests notice",
            axis: `bugs, of ${MUTANTS} drawn at random`,
            series: ["noticed", "not noticed"],
            colours: [0, 5],
            rows: Object.entries(drivers as Record<string, Figures>).map(
                ([driver, { killed, survived, rate }]) => ({
                    name: driver,
                    parts: [
                        { value: killed as number, series: 0 },
                        { value: survived as number, series: 1 },
                    ],
                    text: written(rate, "%"),
                })
            ),
        }),
}
