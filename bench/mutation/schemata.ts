/**
 * Mutant schemata (Untch, Offutt and Harrold, 1993): all mutants of a file in one program, each behind a test of a number that is
 * known when the program starts. So they cost one compilation together, and 10 to 100 ms of the VM's time each, where a compilation
 * each would cost 2.5 s.
 *
 * The number is in the device id, which the VM is told before it starts: nothing in an image has to be patched, and a constant at the top
 * of a file sees it as well as a function does.
 */
import { basename, dirname, join } from "node:path"
import type { Mutant } from "./operators"

/** No mutant has this number. */
export const HEALTHY = 0
const SELECTOR_FILE = "selected-mutant.ts"
const SELECTED = "__selectedMutant"

/** The id that a VM is to have for this mutant to live, from 1; or none, for HEALTHY. */
export function deviceIdOf(mutant: number): string {
    return `12abdd22${String(mutant).padStart(8, "0")}`
}

/** Puts the selector and the file with all these mutants into a program's sources; the first of them is number 1. */
export function withMutants(
    sources: Map<string, string>,
    file: string,
    mutants: Mutant[]
): Map<string, string> {
    const selector = join(dirname(file), SELECTOR_FILE)
    const source = sources.get(file) ?? ""
    const text = new Schemata(source, mutants).between(0, source.length)
    return new Map(sources)
        .set(
            selector,
            `import * as ds from "@devicescript/core"\n` +
                `export const ${SELECTED}: number = parseInt(ds.deviceIdentifier("self").slice(8))\n`
        )
        .set(
            file,
            // Imported first, it is there before any constant of the file is worked out.
            `import { ${SELECTED} } from "./${basename(selector, ".ts")}"\n${text}`
        )
}

interface Place {
    start: number
    end: number
    isStatement: boolean
    /** Replacements, the first of which is mutant `first`. */
    replacements: string[]
    first: number
}

class Schemata {
    private readonly places: Place[] = []
    private next = 0

    constructor(
        private readonly source: string,
        mutants: Mutant[]
    ) {
        mutants.forEach(({ start, end, isStatement, replacement }, index) => {
            const last = this.places.at(-1)
            if (last?.start === start && last.end === end && last.isStatement === isStatement)
                last.replacements.push(replacement)
            else
                this.places.push({
                    start,
                    end,
                    isStatement,
                    replacements: [replacement],
                    first: index + 1,
                })
        })
    }

    /** The source from `start` to `end`, and every place in it as a choice. Nodes of a syntax tree nest: no two places overlap. */
    between(start: number, end: number): string {
        let text = ""
        let at = start
        while (this.next < this.places.length && this.places[this.next].start < end) {
            const place = this.places[this.next++]
            text += this.source.slice(at, place.start)
            const healthy = this.between(place.start, place.end)
            text += place.isStatement ? statementOf(place, healthy) : expressionOf(place, healthy)
            at = place.end
        }
        return text + this.source.slice(at, end)
    }
}

function expressionOf({ replacements, first }: Place, healthy: string): string {
    const choices = replacements.map((text, i) => `${SELECTED} === ${first + i} ? ${text} : `)
    if (replacements.length < 3) return `(${choices.join("")}${healthy})`
    // One test instead of many where none of them is selected, for the VM counts the steps of a test.
    const beyond = `${SELECTED} < ${first} || ${SELECTED} >= ${first + replacements.length}`
    return `(${beyond} ? ${healthy} : ${choices.slice(0, -1).join("")}${replacements.at(-1)})`
}

function statementOf({ replacements, first }: Place, healthy: string): string {
    const choices = replacements.map(
        (text, i) => `if (${SELECTED} === ${first + i}) {\n${text}\n} else `
    )
    return `${choices.join("")}{\n${healthy}\n}`
}
