/** A sentence with figures in it, `{heapBytes kB} of heap`: filled from a bench's figures, and read back out of a text. */
import type { Figures, Quick } from "./quick"
import { figureAt } from "./results"
import { written } from "./units"

const FIGURE = /\{([^{}]+?)(?: ([A-Za-z%]+))?\}/g

interface Quoted {
    path: string
    /** As it stands in a text. */
    text: string
}

/** @throws Error of a figure that there is not */
export function filled({ name, sentence }: Quick, figures: Figures): string {
    return sentence.replace(FIGURE, (_, path: string, unit?: string) => {
        const value = figureAt(figures, path)
        if (value === undefined) throw new Error(`bench ${name} has no figure "${path}"`)
        return written(value, unit)
    })
}

/** What a text says of each figure; undefined when its words are others. */
export function quotedIn(text: string, { sentence }: Quick): Quoted[] | undefined {
    const paths = [...sentence.matchAll(FIGURE)].map(([, path]) => path)
    const pieces = sentence.split(FIGURE_WHOLE).map(escaped)
    const match = new RegExp(`^${pieces.join("(.+?)")}$`).exec(text)
    return match?.slice(1).map((said, i) => ({ path: paths[i], text: said }))
}

/** Without groups, for they would come between the pieces of a split. */
const FIGURE_WHOLE = /\{[^{}]+\}/

function escaped(text: string): string {
    return text.replace(/[.*+?^${}()|[\]\\]/g, "\\$&")
}
