/** The pins that a program names: `pins.P4`, where `pins` comes from its board's module. */
import ts from "typescript"
import { sourcesOf } from "./sources"
import type { Place } from "./wiring"

/** @param entry relative to the project's root */
export function pinsUsed(entry: string): { pin: string; at: Place }[] {
    const used: { pin: string; at: Place }[] = []
    for (const [file, text] of sourcesOf([entry])) {
        if (!/from\s*"@dsboard\/\w+"/.test(text)) continue
        const source = ts.createSourceFile(file, text, ts.ScriptTarget.ES2022, true)
        const visit = (node: ts.Node): void => {
            if (ts.isPropertyAccessExpression(node) && node.expression.getText() === "pins") {
                const line = source.getLineAndCharacterOfPosition(node.getStart()).line + 1
                used.push({ pin: node.name.text, at: { file, line } })
            }
            ts.forEachChild(node, visit)
        }
        visit(source)
    }
    return used
}
