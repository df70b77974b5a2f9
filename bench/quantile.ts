/** @param share 0..1 @returns the smallest value that so many are not above; undefined of none */
export function quantile(values: readonly number[], share: number): number {
    const sorted = [...values].sort((a, b) => a - b)
    return sorted[Math.min(Math.floor(sorted.length * share), sorted.length - 1)]
}
