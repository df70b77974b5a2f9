/**
 * A detector: half-space trees (Tan, Ting, Liu: Fast Anomaly Detection for Streaming Data, IJCAI 2011). Trees cut the space of the channels
 * in halves, in an order drawn from the seed, and count the values of a window in each half; a value that falls where the window before
 * had few is unusual. One for each group.
 */
import { UNKNOWN } from "./model"
import { QUIET, UNUSUAL } from "./verdict"

export interface HalfSpaceModel {
    seed: number
    trees: number
    /** Cuts from a root to a leaf. */
    depth: number
    /** Values a window, at most 65,535. Nothing is unusual in the first. */
    window: number
    /** By channel, the range that is expected, in its unit. */
    lows: number[]
    highs: number[]
    /** Unusual below this share of the mass that even spreading over the halves would give. */
    threshold: number
    /** A half with no more values than this is cut no further. */
    massMin: number
    /** Values after an alarm during which there is no other. */
    refractory: number
}

/** Two counts of 16 bits each for every half of every tree: 8 kB, and what the VM can clear between two awaits. */
export const HALVES_MAX = 2048

export class HalfSpaceTrees {
    /** Of the last value: the mass around it over that of even spreading, mean over the trees. */
    score = NaN
    /** Halves by tree, as a heap from 1; little-endian counts of the window before, and of this one. */
    private reference: Buffer
    private latest: Buffer
    private readonly halves: number
    /** By tree and channel, where the range that it cuts begins and ends. */
    private readonly begins: number[] = []
    private readonly ends: number[] = []
    /** By tree and half that is cut, by which channel. */
    private readonly cuts: Buffer
    /** By channel, while a tree is walked. */
    private readonly from: number[] = []
    private readonly to: number[] = []
    private pushed = 0
    private isFirstWindow = true
    private quietFor = 0

    /** @throws Error for more halves than HALVES_MAX, and ranges that are none */
    constructor(private readonly model: HalfSpaceModel) {
        const { seed, trees, depth, lows, highs, window } = model
        this.halves = 1 << (depth + 1)
        if (trees * this.halves > HALVES_MAX || window < 1 || window > 65535)
            throw new Error(`half-space trees: ${trees} of depth ${depth}, window ${window}`)
        this.reference = Buffer.alloc(trees * this.halves * 2)
        this.latest = Buffer.alloc(trees * this.halves * 2)
        const cut = this.halves >> 1
        this.cuts = Buffer.alloc(trees * cut)
        const channels = lows.length
        for (let channel = 0; channel < channels; ++channel) {
            if (!(lows[channel] < highs[channel])) throw new Error(`half-space trees: no range`)
            this.from.push(0)
            this.to.push(0)
        }
        let state = mixed(seed)
        for (let tree = 0; tree < trees; ++tree) {
            for (let channel = 0; channel < channels; ++channel) {
                state = mixed(state + 1)
                // Anywhere in the range, and as far to both sides as reaches over all of it, twice.
                const span = highs[channel] - lows[channel]
                const share = (state >>> 8) / 16777216
                const reach = 2 * span * (share > 0.5 ? share : 1 - share)
                const middle = lows[channel] + share * span
                this.begins.push(middle - reach)
                this.ends.push(middle + reach)
            }
            for (let half = 1; half < cut; ++half) {
                state = mixed(state + 1)
                this.cuts[tree * cut + half] = (state >>> 16) % channels
            }
        }
    }

    /** By channel. UNUSUAL where an alarm begins, else QUIET; UNKNOWN when a channel is missing. Allocates nothing. */
    push(values: number[]): number {
        const { trees, depth, window, threshold, massMin, refractory } = this.model
        const { reference, latest, cuts, from, to, begins, ends, halves } = this
        const channels = from.length
        for (let channel = 0; channel < channels; ++channel) {
            const value = values[channel]
            if (value - value !== 0) return UNKNOWN
        }
        let mass = 0
        let range = 0
        for (let tree = 0; tree < trees; ++tree) {
            for (let channel = 0; channel < channels; ++channel) {
                from[channel] = begins[range]
                to[channel] = ends[range]
                ++range
            }
            const first = tree * halves
            let half = 1
            let weight = 1
            let isCounted = false
            for (let level = 0; level <= depth; ++level) {
                const at = (first + half) * 2
                // Counts of 16 bits by hand, for the host's Buffer has no setAt.
                latest[at] = (latest[at] + 1) & 255
                if (latest[at] === 0) latest[at + 1] = latest[at + 1] + 1
                if (!isCounted) {
                    const count = reference[at] + reference[at + 1] * 256
                    if (count <= massMin || level === depth) {
                        mass += count * weight
                        isCounted = true
                    }
                }
                if (level === depth) break
                const channel = cuts[(first >> 1) + half]
                const middle = (from[channel] + to[channel]) / 2
                half *= 2
                if (values[channel] < middle) to[channel] = middle
                else {
                    from[channel] = middle
                    ++half
                }
                weight *= 2
            }
        }
        this.score = mass / (trees * window)
        const isUnusual = !this.isFirstWindow && this.quietFor === 0 && this.score < threshold
        if (this.quietFor > 0) this.quietFor--
        if (isUnusual) this.quietFor = refractory
        if (++this.pushed === window) this.turn()
        return isUnusual ? UNUSUAL : QUIET
    }

    /** Forgets the stream; the cuts stay, which are most of what making it anew would cost. */
    reset(): void {
        this.reference = Buffer.alloc(this.reference.length)
        this.latest = Buffer.alloc(this.latest.length)
        this.pushed = 0
        this.isFirstWindow = true
        this.quietFor = 0
        this.score = NaN
    }

    /** This window becomes the one before. */
    private turn(): void {
        const { reference } = this
        this.reference = this.latest
        this.latest = reference
        for (let i = 0; i < reference.length; ++i) reference[i] = 0
        this.pushed = 0
        this.isFirstWindow = false
    }
}

/** The finaliser of MurmurHash3, 32 bits: the same on both sides, and well mixed for a counter. */
function mixed(state: number): number {
    let mix = state | 0
    mix = Math.imul(mix ^ (mix >>> 16), 0x85ebca6b)
    mix = Math.imul(mix ^ (mix >>> 13), 0xc2b2ae35)
    return mix ^ (mix >>> 16)
}
