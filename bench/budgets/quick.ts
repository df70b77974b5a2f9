/** Two hours of the room against its budgets; a day of every app is the long form. */
import { barsPicture } from "../all/bars"
import type { Figures, Quick } from "../all/quick"
import { written } from "../all/units"

const APP = "room"

export const budgetsQuick: Quick = {
    name: "budgets",
    args: ["budgets", "--app", APP, "--hours", "2"],
    test: "what an app may take, and takes",
    sentence: `${APP}: image {${APP}.image.value B} of {${APP}.image.budget B}, code {${APP}.code.value B} of {${APP}.code.budget B}; {${APP}.steps between awaits.value} steps between awaits of {${APP}.steps between awaits.budget}; {${APP}.bytes a report.value B} a report`,
    // What it took last is somebody's word, not a figure of this run.
    measured: [],
    rowsBy: ["app", "measure"],
    isAlone: false,
    picture: ({ [APP]: measures }) =>
        barsPicture({
            title: "What the room's node takes of each of its budgets",
            axis: "share of the budget, in %",
            series: ["taken"],
            most: 100,
            rows: Object.entries(measures as Record<string, Figures>)
                .filter(([, { atLeast, budget }]) => atLeast === false && budget !== 0)
                .map(([measure, { value, budget, unit }]) => ({
                    name: measure,
                    parts: [{ value: (100 * (value as number)) / (budget as number), series: 0 }],
                    text: `${written(value)} ${unit} of ${written(budget)}`,
                })),
        }),
}
