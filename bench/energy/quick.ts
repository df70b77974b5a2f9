/** Energy by report policy on a made day: recordings are the long form. */
import { barsPicture } from "../all/bars"
import type { Figures, Quick } from "../all/quick"
import { written } from "../all/units"

const POLICIES: [policy: string, name: string][] = [
    ["raw", "raw JSON every minute"],
    ["summary", "summaries"],
    ["verdict", "verdicts"],
]

export const energyQuick: Quick = {
    name: "energy",
    args: ["energy"],
    test: "what the report policy saves",
    sentence:
        "a made day of one room, raw JSON every minute, summaries, verdicts alone: {policies.raw.bytesPerDay B}, {policies.summary.bytesPerDay B} and {policies.verdict.bytesPerDay B} a day; {policies.raw.millijoulesPerDay}, {policies.summary.millijoulesPerDay} and {policies.verdict.millijoulesPerDay} mJ; the far end knows the same in {agreeing} of {compared} minutes",
    measured: [],
    rowsBy: ["policy"],
    isAlone: false,
    picture: ({ policies, board }) =>
        barsPicture({
            title: "Bytes a day by report policy: the same room, the same verdicts",
            axis: `bytes a day on the wire, both ways (${board})`,
            series: ["bytes a day"],
            rows: POLICIES.map(([policy, name]) => {
                const { bytesPerDay } = (policies as Record<string, Figures>)[policy]
                return {
                    name,
                    parts: [{ value: bytesPerDay as number, series: 0 }],
                    text: written(bytesPerDay, "B"),
                }
            }),
        }),
}
