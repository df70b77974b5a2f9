/** The measurement of inference in its quick form: that all forms answer alike at every size, and what their bytes are. */
import assert from "node:assert/strict"
import { test } from "node:test"
import { measureInference } from "../../bench/inference/inference"

test("every size is measured in every form, and all answer alike", async () => {
    const shares: number[] = []
    const sizes = await measureInference(1, share => shares.push(share), 20)
    assert.deepEqual(
        sizes.map(({ nodes, trees }) => [nodes, trees]),
        [
            [7, 1],
            [31, 1],
            [63, 1],
            [630, 10],
        ]
    )
    assert.deepEqual(shares, [0.25, 0.5, 0.75, 1])
    for (const size of sizes) {
        // 14 of head, 20 for each of 5 inputs, 4 a tree, 6 a node, 4 of checksum.
        assert.equal(size.packedBytes, 118 + 4 * size.trees + 6 * size.nodes)
        assert.ok(size.generatedPerSecond > 0, `${size.nodes} nodes, generated`)
        assert.ok(size.packedPerSecond > 0, `${size.nodes} nodes, packed`)
        // A comparison takes 5 bytes of bytecode at least, and a thousand nodes must fit into 65,536.
        const each = size.generatedBytes / size.nodes
        assert.ok(each > 5 && each < 40, `${each} bytes of code a node`)
    }
})
