/** The tree on measured values, as the trainer grew it: what the int16 model is compared with, and what a report draws. */
import { jsonText } from "./json-text"
import type { TreeNode } from "./tree"

/** `feature` is an index into the recipe's inputs, `counts` are training rows by class. */
export function treeJson(root: TreeNode): string {
    return jsonText({ format: 1, root })
}

export function treeFromJson(text: string): TreeNode {
    return (JSON.parse(text) as { root: TreeNode }).root
}
