/** Inference, whole: most of it is compiling. */
import { barsPicture } from "../all/bars"
import type { Figures, Quick } from "../all/quick"
import { written } from "../all/units"

const FORMS: [figure: string, name: string][] = [
    ["generatedPerSecond", "generated code"],
    ["packedPerSecond", "packed bytes"],
    ["objectsPerSecond", "a tree of objects"],
]

export const inferenceQuick: Quick = {
    name: "inference",
    args: ["inference"],
    test: "verdicts in the VM",
    sentence:
        "a tree of 63 nodes: {63.generatedPerSecond} verdicts a second as generated code ({63.generatedBytes B}), {63.packedPerSecond} as packed bytes ({63.packedBytes B}); {63.generatedRatio times} and {63.packedRatio times} a tree of objects",
    measured: [...FORMS.map(([figure]) => figure), "generatedRatio", "packedRatio"],
    rowsBy: ["nodes"],
    isAlone: true,
    picture: sizes =>
        barsPicture({
            title: "Verdicts a second in the DeviceScript VM, by the form of the model",
            axis: "verdicts a second on the machine below, not on a board",
            series: FORMS.map(([, name]) => name),
            rows: Object.entries(sizes).flatMap(([nodes, size]) => {
                const { trees, ...speeds } = size as Figures
                const name = trees === 1 ? `${nodes} nodes` : `${nodes} nodes in ${trees} trees`
                return FORMS.map(([figure], series) => ({ figure, series }))
                    .filter(({ figure }) => typeof speeds[figure] === "number")
                    .map(({ figure, series }) => ({
                        name: series === 0 ? name : "",
                        parts: [{ value: speeds[figure] as number, series }],
                        text: written(speeds[figure]),
                    }))
            }),
        }),
}
