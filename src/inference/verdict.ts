/** What a detector says of a value; model.ts has UNKNOWN, for one that is missing. */
export const QUIET = 0
export const UNUSUAL = 1
