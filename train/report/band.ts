/** A long stream in a bounded number of points: of neighbouring rows the least and the greatest reading, so that no lone peak is lost. */

export interface Band {
    /** By bin; NaN where no row of it has a reading. */
    least: Float64Array
    greatest: Float64Array
}

/** @param rows that all bins share, no fewer than there are values: row i is in bin floor(i * bins / rows) */
export function bandOf(values: Float64Array, rows: number, bins: number): Band {
    const least = new Float64Array(bins).fill(NaN)
    const greatest = new Float64Array(bins).fill(NaN)
    values.forEach((value, row) => {
        if (Number.isNaN(value)) return
        const bin = Math.floor((row * bins) / rows)
        // The first of a bin is both: no comparison with NaN holds.
        if (!(least[bin] <= value)) least[bin] = value
        if (!(greatest[bin] >= value)) greatest[bin] = value
    })
    return { least, greatest }
}
