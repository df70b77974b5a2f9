/** The cost of the room's node; other apps in the long form. */
import { barsPicture } from "../all/bars"
import type { Figures, Quick } from "../all/quick"
import { written } from "../all/units"

const APP = "room"
const STYLES: [figure: string, name: string][] = [
    ["steps", "as it is"],
    ["plainSteps", "in plain style"],
]

export const nodeQuick: Quick = {
    name: "node",
    args: ["node", "--app", APP, "--quick"],
    test: "what a round costs the chip",
    sentence: `the room's node: {${APP}.sample.steps} steps of the VM a sample, {${APP}.verdict.steps} a verdict, {${APP}.report.steps} a report and {${APP}.seal.steps} to seal it; in plain style {${APP}.sample.stepsRatio times}, {${APP}.verdict.stepsRatio times}, {${APP}.report.stepsRatio times} and {${APP}.seal.stepsRatio times} as many`,
    measured: ["nanoseconds", "plainNanoseconds", "timeRatio"],
    rowsBy: ["app", "stage"],
    isAlone: true,
    picture: ({ [APP]: stages }) =>
        barsPicture({
            title: "Steps of the VM that a stage of a round takes, in our style and in plain style",
            axis: "steps: bytecode instructions, the same on every chip",
            series: STYLES.map(([, name]) => name),
            rows: Object.entries(stages as Record<string, Figures>).flatMap(([stage, cost]) =>
                STYLES.map(([figure], series) => ({
                    name: series === 0 ? stage : "",
                    parts: [{ value: cost[figure] as number, series }],
                    text: written(cost[figure]),
                }))
            ),
        }),
}
