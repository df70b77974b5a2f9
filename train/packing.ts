/** A model in ticks as the bytes of model.bin. */
import { type PackableNode, packedFrom } from "../image/packed-model"
import type { TickEnsemble, TickNode } from "./quantise"

/** @throws RangeError for what the layout can not hold */
export function packed({ trees, inputs }: TickEnsemble, classes: string[]): Buffer {
    return packedFrom({
        classes,
        inputs,
        trees: trees.map(({ root, weight }) => ({ root: packable(root), weight })),
    })
}

function packable({ classIndex, split }: TickNode): PackableNode {
    if (split === undefined) return { classIndex }
    const { input, threshold, surrogate } = split
    const surrogates =
        surrogate === undefined ? [] : [{ ...surrogate, swapped: !surrogate.lowIsBelow }]
    const low = packable(split.low)
    const high = packable(split.high)
    return { classIndex, split: { input, threshold, surrogates, low, high } }
}
