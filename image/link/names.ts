/**
 * Which names a program keeps to itself, so that its image may have shorter ones. A name is one entry of the string table for who
 * declares it and for who uses it: as long as nobody spells it out at run time, any other serves as well.
 */
import ts from "typescript"

const WORD = /[A-Za-z_$][\w$]*/g

/**
 * The names of classes' members, except those that are
 * - in a string or template, or begun by one that ends with a stroke: it may be made at run time, or is shown;
 * - a key of an object literal or a field of an interface: such a name is data, as those of measurands are, which Object.keys takes
 *   to the wire, and of settings, which JSON.parse takes from there.
 * The runtime's own names need no exception: the compiler has them in another table. Nor do those that a library uses, for its code
 * is in the same image.
 * @param sources all that may be in the image
 */
export function privateNames(sources: Iterable<string>): Set<string> {
    const members = new Set<string>()
    const known = new Set<string>()
    const visit = (node: ts.Node): void => {
        if (ts.isImportDeclaration(node)) return
        if (isText(node)) for (const word of node.text.match(WORD) ?? []) known.add(word)
        if (isDatum(node)) known.add(node.name.getText())
        if (isMember(node)) members.add(node.name.getText())
        ts.forEachChild(node, visit)
    }
    for (const text of sources)
        visit(ts.createSourceFile("source.ts", text, ts.ScriptTarget.ES2022, true))
    for (const [prefix, rest] of pieced(members, known)) known.add(prefix + rest).add(rest)
    return new Set([...members].filter(name => !known.has(name)))
}

/** Names that are put together at run time, of a text that ends with a stroke and the rest: `"set_" + register`. */
function pieced(members: Set<string>, known: Set<string>): [prefix: string, rest: string][] {
    const prefixes = [...known].filter(word => word.endsWith("_"))
    return [...members].flatMap(name =>
        prefixes
            .filter(prefix => name.startsWith(prefix))
            .map((prefix): [string, string] => [prefix, name.slice(prefix.length)])
    )
}

function isText(node: ts.Node): node is ts.LiteralLikeNode {
    return (
        ts.isStringLiteralLike(node) ||
        ts.isTemplateHead(node) ||
        ts.isTemplateMiddleOrTemplateTail(node)
    )
}

function isMember(node: ts.Node): node is ts.ClassElement & { name: ts.PropertyName } {
    if (ts.isParameter(node)) return ts.isParameterPropertyDeclaration(node, node.parent)
    return ts.isClassElement(node) && node.name !== undefined
}

function isDatum(node: ts.Node): node is ts.NamedDeclaration & { name: ts.PropertyName } {
    return (
        ts.isPropertyAssignment(node) ||
        ts.isShorthandPropertyAssignment(node) ||
        ts.isPropertySignature(node)
    )
}
