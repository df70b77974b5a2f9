/** Every example compiles. Together, for a compilation each would take minutes; in groups, for the VM takes 64 kB of code. */
import assert from "node:assert/strict"
import { test } from "node:test"
import { examples } from "../../image/apps"
import { compileTogether } from "../../image/compile"

const GROUP = 6

test("every example compiles", async () => {
    const files = examples().map(name => `examples/${name}.ts`)
    assert.ok(files.length >= 30, `${files.length} examples`)
    for (let at = 0; at < files.length; at += GROUP) {
        const { codeBytes } = await compileTogether("examples/all.ts", files.slice(at, at + GROUP))
        assert.ok(codeBytes > 1000, `${codeBytes} B`)
    }
})
