/** Programs that nobody would write: functions full of conditions, loops, exceptions and closures, which print all that they come upon. */
import type { RandomStream } from "../../sim/random"

const NAMES = ["a", "b", "c", "d", "e"]
const ARGUMENTS = [
    [0, 1],
    [7, -2],
    [3, 3],
]
/** What functions and methods of the program do beside what they return is seen by this. */
const PRELUDE = `
import * as ds from "@devicescript/core"
let steps = 0
function seen(value: any): any {
    if (++steps < 60) console.log(\`\${value}\`)
    return value
}
function sum(one: any, other: any): any { seen(one); return one + other }
function attempt(index: number, f: (x: any, y: any) => any, x: number, y: number): void {
    steps = 0
    try {
        console.log(\`\${index}: \${f(x, y)}\`)
    } catch (e) {
        console.log(\`\${index} threw\`)
    }
}
class Counter {
    private count: number
    constructor(public step: number) { this.count = 1 }
    next(): number { this.count = (this.count * 3 + this.step) & 255; return this.count }
    peek(): number { return this.count }
    isPast(limit: any): boolean { return this.count > limit && this.step !== 0 }
    reset(): void { this.count = 0 }
}
`

/** @param count of functions; its lines tell what each came to */
export function randomProgram(random: RandomStream, count: number): string {
    const functions = Array.from({ length: count }, (_, i) => new RandomFunction(random, i).text())
    const calls = Array.from({ length: count }, (_, i) =>
        ARGUMENTS.map(([x, y]) => `attempt(${i}, f${i}, ${x}, ${y})\nawait ds.sleep(0)\n`).join("")
    )
    return PRELUDE + functions.join("\n") + calls.join("")
}

class RandomFunction {
    private loops = 0
    private destructured = 0
    constructor(
        private readonly random: RandomStream,
        private readonly index: number
    ) {}

    text(): string {
        const declared = NAMES.map(name => `let ${name}: any = ${this.expression(1, ["x", "y"])}\n`)
        const closure =
            this.below(4) === 0
                ? `const add = (n: any) => { a = a + n; return a }\nseen(add(2))\n`
                : ""
        const twice = this.below(2) === 0
        const helper = `function once${this.index}(m: any, n?: any): any {
let k: any = ${this.expression(2, ["m", "n"])}
if (${this.expression(2, ["m", "n", "k"])}) return ${this.expression(1, ["m", "k"])}
k = ${this.expression(2, ["m", "n", "k"])}
return ${this.expression(2, ["m", "n", "k"])}
}\n`
        const called = `${twice ? "for (const z of [1, 2]) {\nb = z\n" : ""}a = once${this.index}(${this.expression(2)}${twice ? "" : `, ${this.expression(2)}`})\nseen(a)\n${twice ? "}\n" : ""}`
        return `${helper}function f${this.index}(x: any, y: any): any {
const o: any = { p: x, q: 4, r: undefined }
const list: any[] = [x, y, 5, undefined]
const counter = new Counter(x)
${declared.join("")}${closure}${called}${this.block(2)}return ${this.expression(2)}
}\n`
    }

    private below(n: number): number {
        return this.random.integer(n)
    }

    private oneOf<T>(choices: T[]): T {
        return choices[this.below(choices.length)]
    }

    private block(depth: number, inLoop = false): string {
        return Array.from({ length: 1 + this.below(4) }, () => this.statement(depth, inLoop)).join(
            ""
        )
    }

    private statement(depth: number, inLoop: boolean): string {
        const name = this.oneOf(NAMES)
        const simple = [
            () => `${name} = ${this.expression(3)}\n`,
            () => `${name} = ${this.oneOf(NAMES)}\n`,
            () => `seen(${this.expression(2)})\n`,
            () => `o.p = ${this.expression(2)}\n`,
            () => `list[${this.below(4)}] = ${this.expression(2)}\n`,
            () => `if (${this.expression(3)}) return ${this.expression(1)}\n`,
            () => `if (${this.expression(2)}) throw new Error("t")\n`,
            () =>
                inLoop ? `if (${this.expression(2)}) ${this.oneOf(["break", "continue"])}\n` : "",
        ]
        if (depth === 0) return this.oneOf(simple)()
        const inner = (isLoop = inLoop) => this.block(depth - 1, isLoop)
        const nested = [
            () => `if (${this.expression(3)}) {\n${inner()}} else {\n${inner()}}\n`,
            () => `if (${this.expression(3)} && ${this.expression(2)}) {\n${inner()}}\n`,
            () => this.loop(inner),
            () =>
                `try {\n${inner()}} catch (error) {\n${inner()}}${this.below(2) === 0 ? ` finally {\n${name} = ${this.expression(1)}\nseen(${name})\n}` : ""}\n`,
            () =>
                `switch (${name} & 3) {\ncase 0:\n${inner(false)}break\ncase 2:\n${inner(false)}break\ndefault:\nseen(${name})\n}\n`,
            () => this.destructuring(),
        ]
        return this.oneOf([...simple, ...nested, ...nested])()
    }

    private loop(inner: (isLoop: boolean) => string): string {
        const i = `i${this.loops++}`
        if (this.below(2) === 0)
            return `for (const ${i} of [1, ${this.below(9)}]) {\nseen(${i})\n${inner(true)}}\n`
        return `for (let ${i} = 0; ${i} < 3; ++${i}) {\n${inner(true)}${this.oneOf(NAMES)} = ${i}\n}\n`
    }

    private destructuring(): string {
        const n = this.destructured++
        return `const { p: p${n}, q: q${n} } = o\n${this.oneOf(NAMES)} = sum(p${n}, q${n}) & 63\n`
    }

    private expression(depth: number, names = [...NAMES, "x", "y"]): string {
        const e = () => this.expression(depth - 1, names)
        const leaves = [
            () => `(${this.below(40) - 4} as any)`,
            () => this.oneOf(names),
            () => this.oneOf(names),
            ...(names.includes("a") ? [() => "o.q", () => "list[1]"] : []),
            () => "(undefined as any)",
        ]
        if (depth === 0) return this.oneOf(leaves)()
        const operators = ["+", "-", "*", "&", "|", "<", "<=", "===", "!=="]
        return this.oneOf([
            ...leaves,
            ...operators.map(operator => () => `((${e()} as any) ${operator} (${e()} as any))`),
            ...["&&", "&&", "&&", "||", "||", "||", "??"].map(
                operator => () => `(${e()} ${operator} ${e()})`
            ),
            () => `!${e()}`,
            () => `!(${e()} && !${e()})`,
            () => `((${e()} as any) === undefined)`,
            () => `(${e()} ? ${e()} : ${e()})`,
            () => `seen(${e()})`,
            () => `sum(${e()}, ${e()})`,
            ...(names.includes("a")
                ? [
                      () => `list[(${e()} as any) & 3]`,
                      () => "counter.next()",
                      () => `counter.isPast(${e()})`,
                  ]
                : []),
        ])()
    }
}
