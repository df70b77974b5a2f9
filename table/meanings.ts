/** What somebody said of a recording: which column is which measurand, and which cell of the label column is which class. */

export interface Mapping {
    column: string
    /** The contract's name, or the column's own where the contract has none. */
    measurand: string
    /** What its numbers are multiplied by to be in the measurand's unit; 1 where absent. */
    factor?: number
}

export interface CellClass {
    /** What stands in the label column. */
    cell: string
    name: string
}
