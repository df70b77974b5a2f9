/** The restart of a broker with a quarter of the nodes. */
import { linesPicture } from "../all/lines"
import type { Quick } from "../all/quick"
import type { Restart } from "./reconnect"

export const reconnectQuick: Quick = {
    name: "reconnect",
    args: ["reconnect", "--nodes", "50"],
    test: "a fleet whose broker restarts",
    sentence:
        "restarts of 0.1, 10 and 60 s under {nodes} nodes: at most {peakConnectsPerSecond} connects in any second, half of the nodes back in {p50ReconnectMs s}, 99 % in {p99ReconnectMs s}, {missing} missing after ten minutes",
    measured: [],
    isAlone: false,
    picture: ({ nodes, restarts }) =>
        linesPicture({
            title: `${nodes} nodes come back after their broker restarts, and not all at once`,
            xAxis: "seconds since the broker is back",
            yAxis: "nodes that are back, in %",
            most: 100,
            lines: (restarts as unknown as Restart[]).map(({ outageSeconds, backMs }) => ({
                name: `away for ${outageSeconds} s`,
                points: backMs.map((ms, i) => [ms / 1000, (100 * i) / (backMs.length - 1)]),
            })),
        }),
}
