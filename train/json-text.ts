/** JSON as prettier lays it out, so that a generated file passes the format check: lists of plain values stand on one line. */
export function jsonText(value: unknown): string {
    const text = JSON.stringify(value, undefined, 4)
    return `${text.replace(/\[\n\s+([^[\]{}]*?)\n\s+\]/g, (_, items: string) => `[${items.replace(/,\n\s+/g, ", ")}]`)}\n`
}
