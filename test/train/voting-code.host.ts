/** Generated code of trees that vote: what it answers, and how it is laid out. */
import assert from "node:assert/strict"
import { describe, test } from "node:test"
import { transform } from "esbuild"
import { check, resolveConfig } from "prettier"
import { inProject } from "../../image/project"
import { RandomStream } from "../../sim/random"
import { MISSING, type Model, UNKNOWN } from "../../src/inference/model"
import { modelModule } from "../../train/generate"
import { type TickEnsemble, type TickNode, verdictOfTicks } from "../../train/quantise"
import { CLASSES, randomEnsemble, randomTicks } from "./random-ensemble"

const SEED = process.env.MOTEWISE_SEED ?? String(Date.now() % 2 ** 31)

async function compiled(ensemble: TickEnsemble): Promise<Model> {
    const { code } = await transform(modelModule("any", CLASSES, ensemble, []), {
        loader: "ts",
        format: "esm",
    })
    const url = `data:text/javascript;base64,${Buffer.from(code).toString("base64")}`
    return ((await import(url)) as { any: Model }).any
}

const leaf = (classIndex: number): TickNode => ({ classIndex })
const stump = (input: number, low: number, high: number): TickNode => ({
    classIndex: 0,
    split: { input, threshold: 0, low: leaf(low), high: leaf(high) },
})

function ensembleOf(trees: TickEnsemble["trees"], names = ["left", "right"]): TickEnsemble {
    const inputs = names.map(measurand => ({ measurand, feature: "last", offset: 0, step: 1 }))
    return { trees, inputs, columns: names.map((_, i) => i), names }
}

describe("code of trees that vote", () => {
    test("adds each tree's weight to a class, and asks for a missing input on the low side alone", () => {
        const text = modelModule(
            "any",
            ["a", "b"],
            ensembleOf([
                { root: stump(0, 0, 1), weight: 3 },
                { root: leaf(1), weight: 2 },
            ]),
            []
        )
        const body = text.slice(text.indexOf("        const left"))
        assert.equal(
            body,
            `        const left = ticks[0]
        const right = ticks[1]
        let votes0 = 0
        let votes1 = 0
        let unknown = 0
        if (left <= 0) {
            if (left === -32768) unknown += 3
            else votes0 += 3
        } else votes1 += 3
        votes1 += 2
        let verdict = 0
        let most = votes0
        if (votes1 > most) {
            most = votes1
            verdict = 1
        }
        if (unknown >= most) return -1
        return verdict
    },
}
`
        )
    })

    test("the greatest weight decides, of equals the lowest class, and not against as much that does not know", async () => {
        const trees = [
            { root: stump(0, 0, 2), weight: 2 },
            { root: stump(1, 1, 2), weight: 2 },
        ]
        const model = await compiled(ensembleOf([...trees, { root: leaf(2), weight: 1 }]))
        for (const [left, right, verdict] of [
            [0, 0, 0],
            [1, 0, 2],
            [1, 1, 2],
            // 2 do not know; 2 for 1, 1 for 2.
            [MISSING, 0, UNKNOWN],
            // 2 do not know; 3 for 2.
            [MISSING, 1, 2],
            [MISSING, MISSING, UNKNOWN],
        ])
            assert.equal(model.classify([left, right]), verdict, `${left} ${right}`)
    })

    test("random ensembles answer as their trees do, missing inputs included", async t => {
        t.diagnostic(`MOTEWISE_SEED=${SEED}`)
        const random = new RandomStream(`voting/${SEED}`)
        for (let round = 0; round < 150; ++round) {
            const ensemble = randomEnsemble(random, 1 + random.integer(6), random.integer(6))
            const model = await compiled(ensemble)
            for (let i = 0; i < 100; ++i) {
                const ticks = randomTicks(random)
                const expected = verdictOfTicks(ensemble, ticks)
                assert.equal(model.classify(ticks), expected, `${round}: ${ticks}`)
            }
        }
    })

    test("more inputs and classes than a function may have variables are read where they are asked for", async () => {
        const names = Array.from({ length: 150 }, (_, i) => `level${i}`)
        const trees = names.map((_, i) => ({ root: stump(i, 0, 1), weight: 1 }))
        const ensemble = ensembleOf(trees, names)
        const text = modelModule("any", CLASSES, ensemble, [])
        assert.ok(!text.includes("const level"), text.slice(0, 2000))
        const model = await compiled(ensemble)
        const ticks = names.map((_, i) => (i < 76 ? 1 : 0))
        assert.equal(model.classify(ticks), 1)
        ticks[0] = 0
        assert.equal(model.classify(ticks), 0)
    })

    test("is laid out as prettier would, also where names are long and trees deep", async t => {
        t.diagnostic(`MOTEWISE_SEED=${SEED}`)
        const random = new RandomStream(`layout/${SEED}`)
        const options = await resolveConfig(inProject("models/occupancy/model.ts"))
        const names = ["x", "accelerationXMeanAbsoluteDifference", "fluxOfTheMagneticFieldAcross"]
        for (let round = 0; round < 40; ++round) {
            const ensemble = randomEnsemble(random, 1 + random.integer(4), random.integer(6))
            const chain = (levels: number): TickNode =>
                levels === 0
                    ? leaf(1)
                    : {
                          classIndex: 0,
                          split: {
                              input: random.integer(3),
                              threshold: random.integer(60000) - 30000,
                              ...(random.integer(3) === 0 && {
                                  surrogate: { input: 1, threshold: -12345, lowIsBelow: false },
                              }),
                              low: chain(levels - 1),
                              high: random.integer(2) === 0 ? leaf(2) : stump(1, 0, 1),
                          },
                      }
            ensemble.trees.push({ root: chain(random.integer(24)), weight: 100 })
            if (round % 4 === 0) ensemble.trees = ensemble.trees.slice(-1)
            const text = modelModule("any", CLASSES, { ...ensemble, names }, ["By hand."])
            assert.ok(await check(text, { ...options, parser: "typescript" }), text)
        }
    })
})
