/** Reads what a node says it has used (src/power/use.ts). */
import type { Use } from "../src/power/use"

const TEXT = /^(\w{1,16}) (\d{1,15}) (\d{1,15}) (\d{1,15}) (\d{1,15}) (\d{1,15})$/

/** Undefined for what no node of ours says. */
export function useFromText(text: string): Use | undefined {
    const match = TEXT.exec(text)
    if (match === null) return undefined
    const [exchanges, exchangeMs, packets, sentBytes, awakeMs] = match.slice(2).map(Number)
    return { chip: match[1], exchanges, exchangeMs, packets, sentBytes, awakeMs }
}
