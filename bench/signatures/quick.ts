/** Signatures, whole. */
import { barsPicture } from "../all/bars"
import type { Figures, Quick } from "../all/quick"
import { written } from "../all/units"

const WORK: [figure: string, name: string][] = [
    ["signMs", "sign"],
    ["verifyInVmMs", "verify in the VM"],
    ["verifyOnHostMs", "verify under Node"],
]
const NODES_SET = "SHA-256/192 W=4 H=5"

export const signaturesQuick: Quick = {
    name: "signatures",
    args: ["signatures"],
    test: "LMS signatures in the VM",
    sentence: `${NODES_SET}, which nodes use: a key in {${NODES_SET}.keyMs ms}, a signature of {${NODES_SET}.signatureBytes B} in {${NODES_SET}.signMs ms}, checked under Node in {${NODES_SET}.verifyOnHostMs ms}`,
    measured: ["keyMs", ...WORK.map(([figure]) => figure)],
    rowsBy: ["set"],
    isAlone: true,
    picture: sets =>
        barsPicture({
            title: "What a hash-based signature takes, by its parameter set",
            axis: "milliseconds on the machine below, not on a board",
            series: WORK.map(([, name]) => name),
            rows: Object.entries(sets).flatMap(([set, figures]) =>
                WORK.map(([figure], series) => ({
                    name: series === 0 ? set.replace(/,.*/, "") : "",
                    parts: [{ value: (figures as Figures)[figure] as number, series }],
                    text: written((figures as Figures)[figure], "ms"),
                }))
            ),
        }),
}
