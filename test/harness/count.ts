/** What a suite came to. */
export interface Count {
    suite: string
    passed: number
    failed: number
    skipped: number
    seconds: number
    /** What a person needs to see when it failed. */
    told: string
}

/** A suite in which nothing ran proves nothing: it failed. */
export function failedIfEmpty(count: Count): Count {
    if (count.passed + count.failed + count.skipped > 0) return count
    return { ...count, failed: 1, told: `${count.told}\nno test ran` }
}

export function line({ suite, passed, failed, skipped, seconds }: Count): string {
    const marks = [`${passed} passed`]
    if (failed > 0) marks.push(`${failed} FAILED`)
    if (skipped > 0) marks.push(`${skipped} skipped`)
    return `${failed > 0 ? "✗" : "✓"} ${suite}: ${marks.join(", ")} (${seconds.toFixed(1)} s)`
}
