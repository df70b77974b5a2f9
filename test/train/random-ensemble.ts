/** Ensembles made up from a seed: surrogates, equal votes and trees of one leaf among them. */
import type { RandomStream } from "../../sim/random"
import { MISSING } from "../../src/inference/model"
import type { TickEnsemble, TickNode } from "../../train/quantise"

export const CLASSES = ["a", "b", "c"]

/** @param depth of each tree, at most */
export function randomEnsemble(random: RandomStream, trees: number, depth: number): TickEnsemble {
    const names = ["left", "right", "above"]
    const inputs = names.map(measurand => ({ measurand, feature: "last", offset: 0, step: 1 }))
    const tick = () => random.integer(9) - 4
    const grown = (levels: number): TickNode => {
        const classIndex = random.integer(CLASSES.length)
        if (levels === 0 || random.integer(6) === 0) return { classIndex }
        const input = random.integer(names.length)
        const other = (input + 1 + random.integer(names.length - 1)) % names.length
        const surrogate = { input: other, threshold: tick(), lowIsBelow: random.integer(2) === 0 }
        return {
            classIndex,
            split: {
                input,
                threshold: tick(),
                ...(random.integer(3) === 0 && { surrogate }),
                low: grown(levels - 1),
                high: grown(levels - 1),
            },
        }
    }
    return {
        names,
        inputs,
        columns: names.map((_, i) => i),
        trees: Array.from({ length: trees }, () => ({
            root: grown(depth),
            // Small ones, so that votes are often equal.
            weight: 1 + random.integer(random.integer(4) === 0 ? 300 : 3),
        })),
    }
}

/** A third of them missing; the rest about the thresholds. */
export function randomTicks(random: RandomStream): number[] {
    return Array.from({ length: 3 }, () =>
        random.integer(3) === 0 ? MISSING : random.integer(11) - 5
    )
}
