/** The soak in its quick form: an hour and a half of the nodes' time, in which the faults come the thicker. */
import { barsPicture } from "../all/bars"
import type { Figures, Quick } from "../all/quick"
import { written } from "../all/units"

const STRIKES: [figure: string, name: string][] = [
    ["brokerKills", "brokers killed"],
    ["halfOpen", "links gone silent"],
    ["powerCuts", "power cuts"],
    ["storeFormatted", "stores formatted by a cut"],
    ["panics", "panics"],
    ["alarmsLost", "alarms lost"],
    ["unaccounted", "reports unaccounted for"],
]

export const soakQuick: Quick = {
    name: "soak",
    args: ["soak", "--messages", "8000"],
    test: "reports through every fault",
    sentence:
        "{messages} reports of 20 nodes through {brokerKills} broker kills, {halfOpen} half-open links and {powerCuts} power cuts: {alarmsLost} alarms lost but those of {storeFormatted} formatted stores, {routineLost} routine reports lost and {routineAccounted} accounted for, {panics} panics; heap {heapHighWaterBytes kB} of 64",
    measured: [],
    isAlone: true,
    picture: figures => {
        const { messages } = figures
        return barsPicture({
            title: `What ${written(messages)} reports of 20 nodes went through, and what was lost`,
            axis: "times",
            series: ["times"],
            rows: STRIKES.map(([figure, name]) => rowOf(figures, figure, name)),
        })
    },
}

function rowOf(figures: Figures, figure: string, name: string) {
    const value = figures[figure] as number
    return { name, parts: [{ value, series: 0 }], text: written(value) }
}
