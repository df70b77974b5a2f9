/**
 * The quick form of a bench: what `npm run bench` runs of it, what README says of it, and its picture. Each stands in its bench's folder,
 * as quick.ts; quicks.ts lists them.
 */
import type { Picture } from "./picture"

export type Value = number | string | boolean | null | Value[] | Figures

/** As the bench's own command prints them with --json; the rows of a list under their names. */
export interface Figures {
    [name: string]: Value
}

export interface Quick {
    /** In bench/results.json, in README's blocks, and of its picture's file. */
    name: string
    /** Behind `motewise bench`; the seed is the verb's own. */
    args: string[]
    /** README's first column: what was tested. */
    test: string
    /** README's sentence. `{heapBytes}` and `{heapBytes kB}` are figures, `{63.rate %}` is one of the row 63; for the units see units.ts. */
    sentence: string
    /** Figures that are of this machine and this run: times, what is reckoned from them, memory of the process. All others repeat exactly. */
    measured: string[]
    /** Where it prints a list, or has one in it: what tells its rows apart, from the outermost in. */
    rowsBy?: string[]
    /** What the sentence wants and the bench does not print: sums over its rows, shares. */
    more?: (figures: Figures) => Figures
    /** It takes time, or all cores: nothing else may run beside it. */
    isAlone: boolean
    picture?: (figures: Figures) => Picture
}
