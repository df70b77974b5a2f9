/** Models that the writer packs: what `packedCases.ts` has as bytes. Host only. */
import { occupancy } from "../../models/occupancy/model"
import type { Packable } from "../../image/packed-model"
import { THREE_CLASSES, THREE_INPUTS } from "./packedCases"

const leaf = (classIndex: number) => ({ classIndex })

/** Asks input 0; when it is missing input 1, the other way round; then input 2; then goes low. */
const asking = {
    classIndex: 0,
    split: {
        input: 0,
        threshold: -7,
        low: leaf(0),
        high: {
            classIndex: 0,
            split: { input: 1, threshold: 300, low: leaf(1), high: leaf(2) },
        },
        surrogates: [
            { input: 1, threshold: 5, swapped: true },
            { input: 2, threshold: -32767, swapped: false },
        ],
        whenMissing: "low" as const,
    },
}

function votersOf(weights: number[]) {
    return weights.map((weight, input) => ({
        root: {
            classIndex: 0,
            split: {
                input,
                threshold: 0,
                low: leaf(input),
                high: leaf(input === 2 ? 0 : 2),
                ...(input === 2 && { whenMissing: "high" as const }),
            },
        },
        weight,
    }))
}

export const PACKABLES: Record<"occupancy" | "asking" | "forest" | "boosted", Packable> = {
    occupancy: {
        classes: occupancy.classes,
        inputs: occupancy.inputs,
        trees: [
            {
                root: {
                    classIndex: 0,
                    split: { input: 0, threshold: -6529, low: leaf(0), high: leaf(1) },
                },
                weight: 1,
            },
        ],
    },
    asking: { classes: THREE_CLASSES, inputs: THREE_INPUTS, trees: [{ root: asking, weight: 1 }] },
    forest: {
        classes: THREE_CLASSES,
        inputs: THREE_INPUTS,
        trees: votersOf([1, 1, 1]),
    },
    boosted: { classes: THREE_CLASSES, inputs: THREE_INPUTS, trees: votersOf([300, 2, 299]) },
}
