/** Lines of generated code that are too long, broken as prettier breaks them (3.10): deep trees of inputs with long names make such lines. */

const LINE_MAX = 100
const INDENT = "    "
const BEFORE_BLOCK = /^(\} else if|else if|if) \((.*)\) \{$/
const BEFORE_STATEMENT = /^(\} else if|else if|if) \((.*?)\) (.*)$/
const OTHERWISE = /^(\} else|else) ([^{].*)$/
const ASSIGNMENT = /^(\w+ =) (.*)$/
const COMPARISON = /^(.* (?:<=|>|===)) (.*)$/

/** @param line indented @returns it, or the lines it is broken into */
export function laidOut(line: string): string[] {
    if (line.length <= LINE_MAX) return [line]
    const text = line.trimStart()
    const indent = line.slice(0, line.length - text.length)
    const deeper = indent + INDENT
    const block = BEFORE_BLOCK.exec(text)
    if (block !== null) {
        const [, head, condition] = block
        return [`${indent}${head} (`, ...broken(deeper, condition), `${indent}) {`]
    }
    const statement = BEFORE_STATEMENT.exec(text)
    if (statement !== null) {
        const [, head, condition, then] = statement
        const whole = `${indent}${head} (${condition})`
        if (whole.length <= LINE_MAX) return [whole, ...laidOut(deeper + then)]
        return [
            `${indent}${head} (`,
            ...broken(deeper, condition),
            `${indent})`,
            ...laidOut(deeper + then),
        ]
    }
    const otherwise = OTHERWISE.exec(text)
    if (otherwise !== null) return [indent + otherwise[1], ...laidOut(deeper + otherwise[2])]
    const assignment = ASSIGNMENT.exec(text)
    if (assignment !== null) return [indent + assignment[1], ...broken(deeper, assignment[2])]
    return [line]
}

function broken(indent: string, condition: string): string[] {
    if (indent.length + condition.length <= LINE_MAX) return [indent + condition]
    const comparison = COMPARISON.exec(condition)
    return comparison === null
        ? [indent + condition]
        : [indent + comparison[1], indent + comparison[2]]
}
