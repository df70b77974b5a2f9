/** Every example compiles. Together, for a compilation each would take minutes; in groups, for the VM takes 64 kB of code, which a node nearly is. */
import assert from "node:assert/strict"
import { readFileSync } from "node:fs"
import { test } from "node:test"
import { examples } from "../../image/apps"
import { compile, compileTogether } from "../../image/compile"
import { inProject } from "../../image/project"

const GROUP = 12

test("every example compiles", async () => {
    const files = examples().map(name => `examples/${name}.ts`)
    assert.ok(files.length >= 30, `${files.length} examples`)
    const isNode = (file: string) => readFileSync(inProject(file), "utf8").includes("startNode(")
    const [nodes, others] = [files.filter(isNode), files.filter(file => !isNode(file))]
    for (const file of nodes) assert.ok((await compile(file)).codeBytes > 1000, file)
    for (let at = 0; at < others.length; at += GROUP) {
        const { codeBytes } = await compileTogether("examples/all.ts", others.slice(at, at + GROUP))
        assert.ok(codeBytes > 1000, `${codeBytes} B`)
    }
})
