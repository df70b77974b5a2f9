/**
 * The bugs to seed: edits of a driver's source, one at a time, found in its syntax tree.
 *
 * Operators are those of the field (Offutt's for Fortran, as in PIT and Stryker: literals, relations, arithmetic, conditions, deleted
 * statements), and those that drivers invite: a bit of a command, a byte order, a fault.
 *
 * What is not an edit, by rule: types, imports, interfaces and enums (no code of their own); the detail of an error, the text of an
 * assertion and what is printed (for people); an edit that gives the same text or number as another of the same place; a whole branch of
 * an `if` without `else` deleted, which is its condition false; a neutral literal's operator (`x + 0`, `x * 1`, `x << 0`);
 * `x === A || x === B` made `x === A && x === B`, which nothing is.
 */
import ts from "typescript"
import { RandomStream } from "../../sim/random"
import { FAULTS } from "../../src/drivers/sensor"

/** `from` became `to`. */
export interface Mutant {
    operator: string
    /** Of the source, from 1. */
    line: number
    /** Where the edited node is in the source: [start, end). */
    start: number
    end: number
    isStatement: boolean
    /** What stands there instead: an expression, or a statement that may be empty. */
    replacement: string
    /** The lines the node is on, and the same lines edited. */
    from: string
    to: string
}

const NEIGHBOUR_AND_NEGATION: Record<string, string[]> = {
    "<": ["<=", ">="],
    "<=": ["<", ">"],
    ">": [">=", "<="],
    ">=": [">", "<"],
    "===": ["!=="],
    "!==": ["==="],
}
const ARITHMETIC: Record<string, string> = {
    "+": "-",
    "-": "+",
    "*": "/",
    "/": "*",
    "%": "*",
    "+=": "-=",
    "-=": "+=",
    "*=": "/=",
    "/=": "*=",
}
const BITWISE: Record<string, string> = {
    "&": "|",
    "|": "&",
    "^": "|",
    "<<": ">>",
    ">>": "<<",
    ">>>": "<<",
}
const LOGICAL: Record<string, string> = { "&&": "||", "||": "&&" }
const NEUTRAL_RIGHT: Record<string, string> = {
    "+": "0",
    "-": "0",
    "*": "1",
    "/": "1",
    "<<": "0",
    ">>": "0",
}

type Add = (operator: string, node: ts.Node, replacement: string) => void

/** In the order of the source. @param seed of which bit of each byte of a `hex` literal is flipped */
export function mutantsOf(source: string, seed: number): Mutant[] {
    const file = ts.createSourceFile("driver.ts", source, ts.ScriptTarget.ES2022, true)
    const random = new RandomStream(`mutation/${seed}`)
    const found = new Map<string, Mutant>()
    const add: Add = (operator, node, replacement) => {
        const mutant = mutantAt(file, operator, node, replacement)
        const key = `${mutant.start} ${mutant.end} ${replacement}`
        if (mutant.from !== mutant.to && !found.has(key)) found.set(key, mutant)
    }
    const visit = (node: ts.Node): void => {
        seedIn(node, add, random)
        for (const child of childrenWithCode(node)) visit(child)
    }
    ts.forEachChild(file, visit)
    return [...found.values()].sort(
        (a, b) =>
            a.start - b.start || b.end - a.end || Number(b.isStatement) - Number(a.isStatement)
    )
}

function mutantAt(
    file: ts.SourceFile,
    operator: string,
    edited: ts.Node,
    replacement: string
): Mutant {
    // A line may not begin with a parenthesis where there are no semicolons: an edited statement stays one.
    const node = ts.isExpressionStatement(edited.parent) ? edited.parent : edited
    const [start, end] = [node.getStart(), node.getEnd()]
    const text = file.text
    const from = text.lastIndexOf("\n", start - 1) + 1
    const lineEnd = text.indexOf("\n", end)
    const to = lineEnd < 0 ? text.length : lineEnd
    return {
        operator,
        line: file.getLineAndCharacterOfPosition(start).line + 1,
        start,
        end,
        isStatement: ts.isStatement(node),
        replacement,
        from: oneLine(text.slice(from, to)),
        to: oneLine(text.slice(from, start) + replacement + text.slice(end, to)),
    }
}

function oneLine(text: string): string {
    return text.replace(/\s+/g, " ").trim()
}

function childrenWithCode(node: ts.Node): ts.Node[] {
    if (
        ts.isTypeNode(node) ||
        ts.isInterfaceDeclaration(node) ||
        ts.isTypeAliasDeclaration(node) ||
        ts.isEnumDeclaration(node) ||
        ts.isImportDeclaration(node) ||
        ts.isExportDeclaration(node) ||
        ts.isTaggedTemplateExpression(node)
    )
        return []
    if (ts.isNewExpression(node) && /Error$/.test(node.expression.getText()))
        return (node.arguments ?? []).slice(0, isSensorError(node) ? 2 : 0)
    if (ts.isCallExpression(node)) {
        const called = node.expression.getText()
        if (called.startsWith("console.")) return []
        if (isAssertion(node)) return node.arguments.slice(0, 1)
    }
    const children: ts.Node[] = []
    ts.forEachChild(node, child => void children.push(child))
    // A key of an object is no value.
    if (ts.isPropertyAssignment(node)) return children.filter(child => child !== node.name)
    return children
}

function isSensorError(node: ts.NewExpression): boolean {
    return node.expression.getText() === "SensorError"
}

function isAssertion(node: ts.CallExpression): boolean {
    return /^(ds\.)?assert$/.test(node.expression.getText())
}

function seedIn(node: ts.Node, add: Add, random: RandomStream): void {
    if (ts.isNumericLiteral(node)) seedNumber(node, add)
    else if (ts.isStringLiteral(node)) seedFault(node, add)
    else if (ts.isTaggedTemplateExpression(node)) seedHex(node, add, random)
    else if (ts.isPrefixUnaryExpression(node) || ts.isPostfixUnaryExpression(node))
        seedUnary(node, add)
    else if (ts.isBinaryExpression(node)) seedBinary(node, add)
    else if (ts.isCallExpression(node)) seedCall(node, add)
    else if (ts.isIfStatement(node) || ts.isWhileStatement(node))
        seedCondition(node.expression, add)
    else if (ts.isForStatement(node) && node.condition !== undefined)
        seedCondition(node.condition, add)
    else if (ts.isConditionalExpression(node)) seedCondition(node.condition, add)
    else if (ts.isThrowStatement(node)) seedDeleted(node, add)
    else if (ts.isReturnStatement(node)) seedEarlyExit(node, add)
    else if (ts.isExpressionStatement(node) && ts.isAwaitExpression(node.expression))
        seedDeleted(node, add)
}

function seedNumber(node: ts.NumericLiteral, add: Add): void {
    const value = Number(node.text)
    const half = Number.isInteger(value) ? Math.floor(value / 2) : value / 2
    const isHex = /^0x/i.test(node.getText())
    const written = (number: number) =>
        isHex && number >= 0 ? `0x${number.toString(16)}` : String(number)
    const isIndex =
        ts.isElementAccessExpression(node.parent) && node.parent.argumentExpression === node
    const others = isIndex ? [value + 1, value - 1] : [value + 1, value - 1, value * 2, half]
    for (const number of new Set(others)) {
        // There is nothing before the first.
        if (number === value || (isIndex && number < 0)) continue
        add(isIndex ? "index" : "number", node, written(number))
    }
}

function seedFault(node: ts.StringLiteral, add: Add): void {
    const index = FAULTS.findIndex(fault => fault === node.text)
    if (index >= 0) add("fault", node, JSON.stringify(FAULTS[(index + 1) % FAULTS.length]))
}

function seedHex(node: ts.TaggedTemplateExpression, add: Add, random: RandomStream): void {
    if (node.tag.getText() !== "hex" || !ts.isNoSubstitutionTemplateLiteral(node.template)) return
    const bytes = Buffer.from(node.template.text.replace(/\s/g, ""), "hex")
    for (let at = 0; at < bytes.length; ++at) {
        const flipped = Buffer.from(bytes)
        flipped[at] ^= 1 << random.integer(8)
        add("bit", node, `hex\`${flipped.toString("hex")}\``)
    }
}

function seedUnary(node: ts.PrefixUnaryExpression | ts.PostfixUnaryExpression, add: Add): void {
    const operand = node.operand.getText()
    if (node.operator === ts.SyntaxKind.MinusToken && operand !== "0")
        add("arithmetic", node, operand)
    if (node.operator === ts.SyntaxKind.ExclamationToken) add("condition", node, operand)
    // A loop's own step backwards hardly ever ends, which says nothing of a suite.
    if (ts.isForStatement(node.parent)) return
    if (node.operator === ts.SyntaxKind.PlusPlusToken) add("arithmetic", node, `${operand}--`)
    if (node.operator === ts.SyntaxKind.MinusMinusToken) add("arithmetic", node, `${operand}++`)
}

function seedBinary(node: ts.BinaryExpression, add: Add): void {
    const operator = node.operatorToken.getText()
    const [left, right] = [operandOf(node.left), operandOf(node.right)]
    const isStep = ts.isForStatement(node.parent) && node.parent.incrementor === node
    const swap = (name: string, other: string | undefined) => {
        if (other !== undefined && right !== NEUTRAL_RIGHT[operator] && !isStep)
            add(name, node, `${left} ${other} ${right}`)
    }
    for (const other of NEIGHBOUR_AND_NEGATION[operator] ?? []) swap("comparison", other)
    if (!isText(node.left) && !isText(node.right)) swap("arithmetic", ARITHMETIC[operator])
    swap("bitwise", BITWISE[operator])
    if (!isDecided(node)) swap("condition", LOGICAL[operator])
    // The whole of a chain such as (a[0] << 16) | (a[1] << 8) | a[2], once.
    const isChain = (chain: ts.Node) =>
        ts.isBinaryExpression(chain) && chain.operatorToken.getText() === operator
    if (/^[|+]$/.test(operator) && !isChain(node.parent)) seedByteOrder(node, [node], add)
}

/** `x === A || x === B`, whose other operator would make it false for every x, or of its kind true. The compiler refuses some of them. */
function isDecided({ left, operatorToken, right }: ts.BinaryExpression): boolean {
    const neighbour =
        ts.isBinaryExpression(left) && LOGICAL[left.operatorToken.getText()] ? left.right : left
    const relation = operatorToken.getText() === "||" ? "===" : "!=="
    const compared = [neighbour, right].map(side =>
        ts.isBinaryExpression(side) && side.operatorToken.getText() === relation
            ? side.left.getText()
            : undefined
    )
    return compared[0] !== undefined && compared[0] === compared[1]
}

/** In parentheses where another operator could bind it in another way. */
function operandOf(node: ts.Expression): string {
    return ts.isBinaryExpression(node) ? `(${node.getText()})` : node.getText()
}

function isText(node: ts.Node): boolean {
    return (
        ts.isStringLiteralLike(node) ||
        ts.isTemplateExpression(node) ||
        (ts.isBinaryExpression(node) && (isText(node.left) || isText(node.right)))
    )
}

function seedCall(node: ts.CallExpression, add: Add): void {
    if (isAssertion(node)) add("condition", node.arguments[0], "true")
    else seedByteOrder(node, [...node.arguments], add)
}

/** Neighbours among the elements of one buffer that a word, or a call, is made of: exchanged. */
function seedByteOrder(whole: ts.Expression, parts: ts.Expression[], add: Add): void {
    const elements = parts.flatMap(elementsOf)
    const [start, text] = [whole.getStart(), whole.getText()]
    for (let i = 1; i < elements.length; ++i) {
        const [one, other] = [elements[i - 1], elements[i]]
        if (one.expression.getText() !== other.expression.getText()) continue
        add(
            "byte order",
            whole,
            text.slice(0, one.getStart() - start) +
                other.getText() +
                text.slice(one.getEnd() - start, other.getStart() - start) +
                one.getText() +
                text.slice(other.getEnd() - start)
        )
    }
}

/** Through the shifts and masks of a word, and no further. */
function elementsOf(node: ts.Expression): ts.ElementAccessExpression[] {
    if (ts.isElementAccessExpression(node)) return [node]
    if (ts.isParenthesizedExpression(node)) return elementsOf(node.expression)
    if (ts.isBinaryExpression(node) && /^([|+&*]|<<|>>)$/.test(node.operatorToken.getText()))
        return [...elementsOf(node.left), ...elementsOf(node.right)]
    return []
}

function seedCondition(condition: ts.Expression, add: Add): void {
    if (
        condition.kind === ts.SyntaxKind.TrueKeyword ||
        condition.kind === ts.SyntaxKind.FalseKeyword
    )
        return
    add("condition", condition, "true")
    add("condition", condition, "false")
}

function seedDeleted(node: ts.Statement, add: Add): void {
    if (!isWholeBranch(node)) add("deleted", node, mustGive(node) ? "return undefined" : "")
}

/** A function that may not end without a value ends here: with nothing in this place it would not compile. */
function mustGive(node: ts.Statement): boolean {
    if (!ts.isThrowStatement(node)) return false
    const giver = ts.findAncestor(node, ts.isFunctionLike)
    if (giver === undefined || !("body" in giver)) return false
    const isLast = giver.body === node.parent || ts.isCatchClause(node.parent.parent)
    return (
        isLast && giver.type !== undefined && !/^(Promise<void>|void)$/.test(giver.type.getText())
    )
}

/** The exit of a branch that does more: where exit is all it does, this is its condition false. */
function seedEarlyExit(node: ts.ReturnStatement, add: Add): void {
    const isBranch = ts.isBlock(node.parent) && ts.isIfStatement(node.parent.parent)
    if (isBranch && !isWholeBranch(node)) add("deleted", node, "")
}

function isWholeBranch(node: ts.Statement): boolean {
    const isAlone = ts.isBlock(node.parent) && node.parent.statements.length === 1
    const branch = isAlone ? node.parent : node
    const { parent } = branch
    return (
        ts.isIfStatement(parent) &&
        parent.thenStatement === branch &&
        parent.elseStatement === undefined
    )
}
