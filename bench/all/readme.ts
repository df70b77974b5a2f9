/**
 * README's blocks: between `<!-- bench: soak, enrol -->` and `<!-- /bench -->` stands a table of these benches, written by `npm run bench`
 * and by nobody else. Here it is written, and held against bench/results.json. What README says of a bench outside of the blocks is of its
 * long form, and has to say itself when and on what it was measured.
 */
import { machineText } from "./machine"
import type { Quick } from "./quick"
import { together, type Results } from "./results"
import { filled, quotedIn } from "./sentence"
import { dayText } from "./units"

export const WRITE_README = "npm run bench -- --readme"

interface Block {
    names: string[]
    /** What stands between the marks. */
    body: string
}

const BLOCK = /<!-- bench: ([^>]*?) -->\n([\s\S]*?)<!-- \/bench -->/g
const MARK = /<!-- \/?bench\b/g
const FENCE = /^```[\s\S]*?^```/gm

/** README with its blocks filled. @throws Error when a block names a bench that is not there */
export function quotedReadme(readme: string, results: Results, quicks: Quick[]): string {
    return readme.replace(
        BLOCK,
        (_, names: string) =>
            `<!-- bench: ${names} -->\n\n${tableOf(namesIn(names), results, quicks)}\n\n<!-- /bench -->`
    )
}

/** What is wrong with README, a sentence each: nothing when it says what the results do. */
export function faultsOf(readme: string, results: Results, quicks: Quick[]): string[] {
    const blocks: Block[] = [...readme.matchAll(BLOCK)].map(([, names, body]) => ({
        names: namesIn(names),
        body,
    }))
    const faults: string[] = []
    if (2 * blocks.length !== (readme.match(MARK)?.length ?? 0))
        faults.push('README.md: a "<!-- bench: ... -->" without its "<!-- /bench -->"')
    const quoted = blocks.flatMap(({ names }) => names)
    for (const name of Object.keys(results.benches)) {
        if (!quicks.some(quick => quick.name === name))
            faults.push(`bench/results.json: ${name} is no bench. \`npm run bench\` writes it anew`)
        const times = quoted.filter(other => other === name).length
        if (times !== 1)
            faults.push(`README.md: bench ${name} is in ${times} blocks instead of one`)
    }
    for (const { names, body } of blocks)
        for (const fault of blockFaults(names, body, results, quicks))
            faults.push(`README.md: ${fault}`)
    return [...faults, ...undatedIn(readme)]
}

function blockFaults(names: string[], body: string, results: Results, quicks: Quick[]): string[] {
    const strangers = names.filter(name => !(name in results.benches) || !quickOf(name, quicks))
    if (strangers.length > 0)
        return strangers.map(name => `bench ${name} is not in bench/results.json`)
    const [head, , ...rows] = rowsIn(body)
    if (head === undefined) return [`the block of ${names.join(", ")} is empty: ${WRITE_README}`]
    const faults: string[] = []
    const [, when] = rowsIn(tableOf(names, results, quicks))[0]
    if (head[1] !== when) faults.push(differs("the head of a table", head[1], when))
    names.forEach((name, i) => {
        const quick = quickOf(name, quicks) as Quick
        for (const fault of rowFaults(quick, rows[i] ?? [], results)) faults.push(fault)
    })
    if (rows.length > names.length)
        faults.push(`a row too many in the block of ${names.join(", ")}: ${WRITE_README}`)
    return faults
}

function rowFaults(quick: Quick, row: string[], results: Results): string[] {
    const wanted = rowOf(quick, results)
    const [, sentence = ""] = row
    if (sentence !== wanted[1]) {
        const here = quotedIn(sentence, quick)
        const there = quotedIn(wanted[1], quick)
        if (here === undefined || there === undefined)
            return [differs(quick.name, sentence, wanted[1])]
        return here
            .map(({ path, text }, i) => ({ path, text, wanted: there[i].text }))
            .filter(({ text, wanted }) => text !== wanted)
            .map(({ path, text, wanted }) => differs(`${quick.name}.${path}`, text, wanted))
    }
    if (row.join("|") === wanted.join("|")) return []
    return [differs(`the row of ${quick.name}`, row.join(" | "), wanted.join(" | "))]
}

function differs(what: string, here: string, wanted: string): string {
    return `${what} is "${here}" here and "${wanted}" in bench/results.json: ${WRITE_README}`
}

/** Paragraphs and tables outside of the blocks that quote a bench, and do not say when and on what. */
function undatedIn(readme: string): string[] {
    return readme
        .replace(BLOCK, "\n\n")
        .replace(FENCE, "")
        .split(/\n\s*\n/)
        .filter(part => /motewise bench [a-z]/.test(part))
        .filter(part => !/\b\d{1,2} [A-Z][a-z]+ 20\d\d\b/.test(part) || !/\bcores?\b/.test(part))
        .map(part => {
            const [command] = /motewise bench [^`]+/.exec(part) ?? [""]
            return `README.md: what "${command}" is said to have measured has no date, or no machine (its cores)`
        })
}

function tableOf(names: string[], results: Results, quicks: Quick[]): string {
    const { date, machine } = results
    const when = `figures, ${dayText(date)}, ${machineText(machine)}, in the simulator`
    const rows = names.map(name => {
        const quick = quickOf(name, quicks)
        if (quick === undefined) throw new Error(`README.md: there is no bench ${name}`)
        return rowOf(quick, results)
    })
    return [["test", when, "command"], ["---", "---", "---"], ...rows]
        .map(cells => `| ${cells.join(" | ")} |`)
        .join("\n")
}

function rowOf(quick: Quick, { benches }: Results): string[] {
    const { name, test, picture } = quick
    const result = benches[name]
    if (result === undefined) throw new Error(`README.md: bench ${name} is not in the results`)
    const title = picture === undefined ? test : `[${test}](bench/figures/${name}.svg)`
    return [title, filled(quick, together(result)), `\`${result.command}\``]
}

function quickOf(name: string, quicks: Quick[]): Quick | undefined {
    return quicks.find(quick => quick.name === name)
}

function namesIn(text: string): string[] {
    return text.split(",").map(name => name.trim())
}

function rowsIn(body: string): string[][] {
    return body
        .split("\n")
        .filter(line => line.startsWith("|"))
        .map(line => line.split("|").slice(1, -1))
        .map(cells => cells.map(cell => cell.trim()))
}
