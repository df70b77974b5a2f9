/** What a report is made of: plain data, filled in by whoever trained the model. */
import type { Evaluation } from "../evaluation"
import type { SizeError } from "../selection"
import type { TreeNode } from "../tree"

export interface ReportFacts {
    /** Of the verdict. */
    name: string
    /** By class index. */
    classes: string[]
    /** All that the model could have looked at; `feature` of a tree's split is an index into them. */
    inputs: ReportInput[]
    /** One, or all of an ensemble. */
    trees: ReportTree[]
    /** What a row of the columns is: one of the recording, or a window of them. */
    rowIs: "row" | "window"
    training: JudgedRows
    /** Rows the training has not seen, where some were kept from it. */
    holdout?: JudgedRows
    selection: {
        /** By size, in nodes of all trees. */
        curve: SizeError[]
        least: SizeError
        chosen: SizeError
    }
    /** Over what was cross-validated, such as "10 blocks of time". */
    folds: string
    sizes: BoardSizes
}

export interface ReportInput {
    /** The contract's name, or a column's. */
    measurand: string
    /** "last" where the newest value itself is looked at. */
    feature: string
    /** One tick, in the measurand's unit; undefined for an input no tree uses. */
    step?: number
}

export interface ReportTree {
    root: TreeNode
    /** Of its vote. */
    weight: number
}

/** Rows with their truth and what the model in ticks said. */
export interface JudgedRows {
    /** File name of their recording. */
    recording: string
    /** Of each row its number in that file, whose header is row 1. */
    rowNumbers: ArrayLike<number>
    /** By input; NaN where missing. */
    columns: Float64Array[]
    truths: ArrayLike<number>
    /** Class indices; a verdict may be UNKNOWN. */
    verdicts: ArrayLike<number>
    evaluation: Evaluation
}

export interface BoardSizes {
    nodes: number
    /** Of model.bin; undefined for a model that has no such form. */
    modelBytes?: number
    /** Bytecode of the generated code; undefined where it is not known. */
    codeBytes?: number
    /** Whether the code was measured by compiling it. */
    codeIsEstimated: boolean
    /** What all code of an image may take. */
    codeBytesMax: number
}
