/** What is kept, what is held out, and the folds between: by hand. */
import assert from "node:assert/strict"
import { mkdtempSync, rmSync, writeFileSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { after, describe, test } from "node:test"
import { readTable } from "../../table/csv"
import { examplesOf } from "../../train/examples"
import { partition } from "../../train/partition"
import { recipeOf, type Wishes } from "../../train/recipe"

const folder = mkdtempSync(join(tmpdir(), "motewise-partition-"))
after(() => rmSync(folder, { recursive: true }))

/** A letter a row: its class. @param groups a digit a row */
function parted(labels: string, wishes: Partial<Wishes>, groups = labels) {
    const file = join(folder, "recording.csv")
    const rows = [...labels].map((label, i) => `${i},${label},${groups[i]}`)
    writeFileSync(file, ["x,state,run", ...rows, ""].join("\n"))
    const table = readTable(file)
    const recipe = recipeOf(table, {
        name: "any",
        label: "state",
        inputs: ["x"],
        maxNodes: 3,
        seed: 1,
        ...wishes,
    })
    const { kept, folds, held } = partition(table, recipe, examplesOf(table, recipe))
    return { kept: [...kept].join(" "), folds: [...folds].join(""), held: [...held].join(" ") }
}

describe("partition", () => {
    test("of one class after the other, every fold has its part of each, in blocks of time", () => {
        assert.equal(parted("aaaaaabbbbbb", { blocks: 3 }).folds, "001122001122")
        // Neighbours in time share a fold where the classes take turns: 5 rows of each.
        assert.equal(parted("ababababab", { blocks: 2 }).folds, "0000111111")
    })

    test("the last of each class is held out", () => {
        const { kept, held, folds } = parted("aaaaaabbbb", { blocks: 2, holdout: 0.4 })
        // 0.4 of 6 is 2.4, of all ten 4.
        assert.equal(held, "4 5 8 9")
        assert.equal(kept, "0 1 2 3 6 7")
        assert.equal(folds, "001101")
    })

    test("groups stay whole, whatever is held out and wherever they stand", () => {
        const { folds, held, kept } = parted(
            "aaaabbbbaabb",
            { groupBy: ["run"], holdout: 0.34, blocks: 10 },
            "112233441133"
        )
        // Runs 1 and 2 are of class a, 3 and 4 of b; 0.34 of two runs is one, of all four one too.
        assert.equal(held, "2 3")
        assert.equal(kept, "0 1 4 5 6 7 8 9 10 11")
        assert.equal(folds, "0011220011")
    })

    test("two groups of a class each are two folds, neither of them empty", () => {
        assert.equal(parted("aaabbb", { groupBy: ["state"], blocks: 10 }).folds, "000111")
    })
})
