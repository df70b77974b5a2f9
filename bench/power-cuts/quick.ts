/** Power cuts in the quick form: of a compaction, whose bytes are mostly erased ones, every twentieth. */
import { barsPicture } from "../all/bars"
import type { Figures, Quick } from "../all/quick"
import { written } from "../all/units"

const OUTCOMES: [figure: string, name: string][] = [
    ["delivered", "the alarm came"],
    ["toldByNextBoot", "the next boot told of it"],
    ["formatted", "store formatted"],
    ["lost", "lost"],
    ["crashed", "crashed"],
]

export const powerCutsQuick: Quick = {
    name: "power-cuts",
    args: ["power-cuts", "--stride", "20"],
    test: "power cut at every byte of an alarm's writes",
    sentence:
        "{all.cuts} positions: {all.lost} with a lost alarm, {all.crashed} with a crash, {all.formatted} with the store formatted",
    measured: [],
    rowsBy: ["write"],
    more: writes => ({ all: sums(Object.values(writes) as Record<string, number>[]) }),
    isAlone: false,
    picture: ({ all: _, ...writes }) =>
        barsPicture({
            title: "Power cut at every byte of a flash write: what came of the alarm",
            axis: "share of the positions at which power was cut, in %",
            series: OUTCOMES.map(([, name]) => name),
            colours: [0, 4, 1, 5, 3],
            most: 100,
            rows: Object.entries(writes).map(([write, outcomes]) => {
                const { cuts, ...counts } = outcomes as Record<string, number>
                return {
                    name: write,
                    parts: OUTCOMES.map(([figure], series) => ({
                        value: (100 * counts[figure]) / cuts,
                        series,
                    })),
                    text: `${written(cuts)} cuts`,
                }
            }),
        }),
}

function sums(rows: Record<string, number>[]): Figures {
    const all: Record<string, number> = {}
    for (const row of rows)
        for (const [name, count] of Object.entries(row)) all[name] = (all[name] ?? 0) + count
    return all
}
