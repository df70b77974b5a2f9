/** The statements of trees that vote: nested ifs that add each tree's weight to the votes of the class it comes to. */
import { MISSING, UNKNOWN } from "../src/inference/model"
import type { Weighted } from "./ensemble"
import type { TickNode } from "./quantise"

/** Names that the statements use beside the inputs'. */
export const GOES_LOW = "goesLow"
const ASKED = "asked"
const UNSURE = "unknown"
const MOST = "most"
const VERDICT = "verdict"
export const VOTING_NAMES = [GOES_LOW, ASKED, UNSURE, MOST, VERDICT]

/** Lines of one statement. */
type Statement = string[]

/** @param locals by input @returns lines, the last of which returns the verdict */
export function votingLines(
    trees: Weighted<TickNode>[],
    classCount: number,
    locals: string[]
): string[] {
    const classes = Array.from({ length: classCount }, (_, i) => i)
    const statements = trees.flatMap(({ root, weight }) => votes(root, weight, locals, new Set()))
    const isAsked = trees.some(({ root }) => hasSurrogate(root))
    return [
        ...classes.map(i => `let ${votesFor(i)} = 0`),
        `let ${UNSURE} = 0`,
        ...(isAsked ? [`let ${GOES_LOW} = false`, `let ${ASKED} = 0`] : []),
        ...statements.flat(),
        `let ${VERDICT} = 0`,
        `let ${MOST} = ${votesFor(0)}`,
        ...classes
            .slice(1)
            .flatMap(i => [
                `if (${votesFor(i)} > ${MOST}) {`,
                `    ${MOST} = ${votesFor(i)}`,
                `    ${VERDICT} = ${i}`,
                "}",
            ]),
        `if (${UNSURE} >= ${MOST}) return ${UNKNOWN}`,
        `return ${VERDICT}`,
    ]
}

function votesFor(classIndex: number): string {
    return `votes${classIndex}`
}

/**
 * MISSING is below every threshold, so an input that is missing goes low: there it is asked for, where a path first comes to it, and not on
 * the high side. A surrogate leaves open whether an input is there, so behind it the input is asked for again.
 */
function votes(
    { classIndex, split }: TickNode,
    weight: number,
    locals: string[],
    present: Set<number>
): Statement[] {
    if (split === undefined) return [[`${votesFor(classIndex)} += ${weight}`]]
    const { input, threshold, surrogate } = split
    const local = locals[input]
    const condition = `${local} <= ${threshold}`
    const isMissing = `${local} === ${MISSING}`
    const unsure: Statement[] = [[`${UNSURE} += ${weight}`]]
    const below = (node: TickNode, there: Set<number>) => votes(node, weight, locals, there)
    if (present.has(input))
        return [ifElse(condition, below(split.low, present), below(split.high, present))]
    if (surrogate === undefined) {
        const there = new Set(present).add(input)
        const low = ifElse(isMissing, unsure, below(split.low, there))
        return [ifElse(condition, [low], below(split.high, there))]
    }
    const other = locals[surrogate.input]
    const comparison = `${other} ${surrogate.lowIsBelow ? "<=" : ">"} ${surrogate.threshold}`
    const choice = ifElse(GOES_LOW, below(split.low, present), below(split.high, present))
    if (present.has(surrogate.input))
        return [
            [`${GOES_LOW} = ${condition}`],
            [`if (${isMissing}) ${GOES_LOW} = ${comparison}`],
            choice,
        ]
    return [
        [`${GOES_LOW} = ${condition}`],
        [`${ASKED} = ${local}`],
        [`if (${isMissing}) {`, `    ${GOES_LOW} = ${comparison}`, `    ${ASKED} = ${other}`, "}"],
        ifElse(`${ASKED} === ${MISSING}`, unsure, [choice]),
    ]
}

/** With braces only where they are needed: one plain statement stands on the line of its condition, an `if` on that of its `else`. */
function ifElse(condition: string, then: Statement[], otherwise: Statement[]): Statement {
    const isShort = isPlain(then)
    const head = isShort
        ? [`if (${condition}) ${then[0][0]}`]
        : [`if (${condition}) {`, ...indented(then)]
    const word = isShort ? "else" : "} else"
    const [first] = otherwise
    if (isPlain(otherwise)) return [...head, `${word} ${first[0]}`]
    if (otherwise.length === 1) return [...head, `${word} ${first[0]}`, ...first.slice(1)]
    return [...head, `${word} {`, ...indented(otherwise), "}"]
}

function isPlain(statements: Statement[]): boolean {
    return statements.length === 1 && !statements[0][0].startsWith("if (")
}

function indented(statements: Statement[]): string[] {
    return statements.flat().map(line => `    ${line}`)
}

export function hasSurrogate({ split }: TickNode): boolean {
    if (split === undefined) return false
    return split.surrogate !== undefined || hasSurrogate(split.low) || hasSurrogate(split.high)
}
