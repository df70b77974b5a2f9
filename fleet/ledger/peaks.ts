/** A tree of which only the roots of its full subtrees are kept: what it takes to know the root while leaves come one by one. */
import { emptyRoot, nodeHash } from "./merkle"

interface Peak {
    level: number
    hash: Buffer
}

export class Peaks {
    private readonly peaks: Peak[] = []
    private count = 0

    /** @param onFull hears of every full subtree of 2^level leaves: its level, its index there, its root */
    constructor(private readonly onFull: (level: number, index: number, hash: Buffer) => void) {}

    get size(): number {
        return this.count
    }

    push(leaf: Buffer): void {
        let peak = { level: 0, hash: leaf }
        this.count++
        while (this.peaks.at(-1)?.level === peak.level) {
            const left = this.peaks.pop() as Peak
            peak = { level: peak.level + 1, hash: nodeHash(left.hash, peak.hash) }
            this.onFull(peak.level, this.count / 2 ** peak.level - 1, peak.hash)
        }
        this.peaks.push(peak)
    }

    root(): Buffer {
        if (this.peaks.length === 0) return emptyRoot()
        return this.peaks
            .map(({ hash }) => hash)
            .reduceRight((right, left) => nodeHash(left, right))
    }
}
