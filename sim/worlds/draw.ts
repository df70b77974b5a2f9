/** What worlds draw beside what a stream gives by itself. */
import type { RandomStream } from "../random"

/** Any value of the range as likely as another. */
export interface Range {
    least: number
    most: number
}

export function within(random: RandomStream, { least, most }: Range): number {
    return least + (most - least) * random.uniform()
}

/** Above 0, with this mean. */
export function exponential(random: RandomStream, mean: number): number {
    return -mean * Math.log(1 - random.uniform())
}

/** Half of the draws are below the median; about two of three within a factor of e^sigma of it. */
export function logNormal(random: RandomStream, median: number, sigma: number): number {
    return median * Math.exp(sigma * random.normal())
}

export function clamp(value: number, least: number, most: number): number {
    return Math.min(most, Math.max(least, value))
}
