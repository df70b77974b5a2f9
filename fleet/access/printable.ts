/** What a stranger sent, fit for a terminal and a log: short, and of printable ASCII alone. */
export function printable(text: string, lengthMax = 64): string {
    const plain = text.slice(0, lengthMax).replace(/[^\x20-\x7e]/g, "?")
    return text.length > lengthMax ? `${plain}...` : plain
}
