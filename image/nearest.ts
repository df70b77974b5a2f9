/** What somebody may have meant: names within two edits of what was typed. */

function editDistance(a: string, b: string): number {
    let row = Array.from({ length: b.length + 1 }, (_, j) => j)
    for (let i = 1; i <= a.length; ++i) {
        const next = [i]
        for (let j = 1; j <= b.length; ++j) {
            const change = row[j - 1] + (a[i - 1] === b[j - 1] ? 0 : 1)
            next.push(Math.min(change, row[j] + 1, next[j - 1] + 1))
        }
        row = next
    }
    return row[b.length]
}

/** `; did you mean "x"? There are: a, b, c`, to end a sentence with. */
export function nearest(typed: string, known: string[]): string {
    const close = known.filter(name => editDistance(typed.toLowerCase(), name.toLowerCase()) <= 2)
    const meant =
        close.length > 0 ? `; did you mean ${close.map(n => `"${n}"`).join(" or ")}?` : "."
    return `${meant} There are: ${known.join(", ")}`
}
