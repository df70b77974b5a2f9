/** Models for measuring: best guesses of what a trainer grows, with random thresholds; no input is missing. */
import type { RandomStream } from "../../sim/random"
import type { TickEnsemble, TickNode } from "../../train/quantise"

const INPUTS = 5
export const CLASSES = ["a", "b", "c"]

/** @param nodes of each tree: odd; 2^n - 1 make it full */
export function randomModel(random: RandomStream, nodes: number, trees: number): TickEnsemble {
    const inputs = Array.from({ length: INPUTS }, (_, i) => ({
        measurand: `measurand${i}`,
        feature: "last",
        offset: 0,
        step: 1,
    }))
    const grown = (of: number): TickNode => {
        const classIndex = random.integer(CLASSES.length)
        if (of === 1) return { classIndex }
        const share = (of - 1) / 2
        // Within the half of the scale where most rows are, so that both sides are taken.
        const threshold = random.integer(32767) - 16383
        const split = { input: random.integer(INPUTS), threshold }
        return { classIndex, split: { ...split, low: grown(share), high: grown(share) } }
    }
    return {
        inputs,
        columns: inputs.map((_, i) => i),
        names: inputs.map(({ measurand }) => measurand),
        trees: Array.from({ length: trees }, () => ({ root: grown(nodes), weight: 1 })),
    }
}
