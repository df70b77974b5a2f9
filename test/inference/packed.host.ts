/** The device's reader under Node: what the writer writes, random trees, and bytes that somebody altered. */
import assert from "node:assert/strict"
import { describe, test } from "node:test"
import { deviceBytes, packedFrom, type Packable, type PackableNode } from "../../image/packed-model"
import { occupancy } from "../../models/occupancy/model"
import { occupancyVectors } from "../../models/occupancy/vectors"
import { MISSING, UNKNOWN, type Model } from "../../src/inference/model"
import { PackedModel, crc32 } from "../../src/inference/packed"
import { RandomStream } from "../../sim/random"
import {
    ASKING_CASES,
    ASKING_HEX,
    BROKEN,
    FOREST_CASES,
    FOREST_HEX,
    BOOSTED_CASES,
    BOOSTED_HEX,
    OCCUPANCY_HEX,
    THREE,
} from "./packedCases"
import { PACKABLES } from "./packables"

const SEED = process.env.MOTEWISE_SEED ?? String(Date.now() % 2 ** 31)
const pause = async () => {}

async function read(bytes: Uint8Array, builtIn: Model): Promise<PackedModel> {
    const model = new PackedModel(builtIn)
    assert.equal(await model.replace(deviceBytes(bytes), pause), "")
    return model
}

function builtInOf({ classes, inputs }: Packable): Model {
    return {
        name: "any",
        classes,
        inputs,
        windowSamples: 1,
        samplesPerSecond: 0,
        classify: () => UNKNOWN,
    }
}

function mended(bytes: Buffer): Buffer {
    const end = bytes.length - 4
    bytes.writeInt32LE(~crc32(-1, bytes, 0, end), end)
    return bytes
}

/** The rule as the layout states it, without the layout. */
function answerOf(node: PackableNode, ticks: number[]): number {
    const { split } = node
    if (split === undefined) return node.classIndex
    const { input, threshold, low, high, surrogates = [], whenMissing } = split
    const asked = [{ input, threshold, swapped: false }, ...surrogates].find(
        other => ticks[other.input] !== MISSING
    )
    if (asked !== undefined) {
        const isLow = ticks[asked.input] <= asked.threshold
        return answerOf(isLow !== asked.swapped ? low : high, ticks)
    }
    if (whenMissing === undefined) return UNKNOWN
    return answerOf(whenMissing === "low" ? low : high, ticks)
}

function voteOf({ classes, trees }: Packable, ticks: number[]): number {
    const weightOf = (answer: number) =>
        trees.reduce(
            (sum, { root, weight }) => sum + (answerOf(root, ticks) === answer ? weight : 0),
            0
        )
    const votes = classes.map((_, i) => weightOf(i))
    const unknown = weightOf(UNKNOWN)
    const most = Math.max(...votes)
    return unknown >= most ? UNKNOWN : votes.indexOf(most)
}

function randomPackable(random: RandomStream): Packable {
    const inputs = Array.from({ length: 1 + random.integer(6) }, (_, i) => ({
        measurand: `measurand${i}`,
        feature: i % 2 === 0 ? "last" : "band:12.5",
        offset: random.normal() * 1000,
        step: 2 ** -random.integer(8),
    }))
    const classes = Array.from({ length: 1 + random.integer(5) }, (_, i) => `class ${i}`)
    const tick = () => (random.integer(3) === 0 ? random.integer(65535) - 32767 : random.integer(9))
    const grown = (depth: number): PackableNode => {
        const classIndex = random.integer(classes.length)
        if (depth === 0 || random.integer(5) === 0) return { classIndex }
        const surrogates = Array.from({ length: random.integer(3) }, () => ({
            input: random.integer(inputs.length),
            threshold: tick(),
            swapped: random.integer(2) === 1,
        }))
        const whenMissing = [undefined, "low", "high"][random.integer(3)] as "low" | undefined
        const split = {
            input: random.integer(inputs.length),
            threshold: tick(),
            low: grown(depth - 1),
            high: grown(depth - 1),
            ...(surrogates.length > 0 && { surrogates }),
            ...(whenMissing !== undefined && { whenMissing }),
        }
        return { classIndex, split }
    }
    return {
        classes,
        inputs,
        trees: Array.from({ length: 1 + random.integer(4) }, () => ({
            root: grown(random.integer(7)),
            weight: 1 + random.integer(random.integer(2) === 0 ? 3 : 65535),
        })),
    }
}

function randomTicks(random: RandomStream, length: number): number[] {
    return Array.from({ length }, () => {
        const kind = random.integer(6)
        if (kind === 0) return MISSING
        return kind === 1 ? random.integer(65535) - 32767 : random.integer(11) - 1
    })
}

describe("packed model", () => {
    test("the writer writes what was laid out by hand", () => {
        assert.equal(packedFrom(PACKABLES.occupancy).toString("hex"), OCCUPANCY_HEX)
        assert.equal(packedFrom(PACKABLES.asking).toString("hex"), ASKING_HEX)
        assert.equal(packedFrom(PACKABLES.forest).toString("hex"), FOREST_HEX)
        assert.equal(packedFrom(PACKABLES.boosted).toString("hex"), BOOSTED_HEX)
    })

    test("answers as on the board", async () => {
        const model = await read(Buffer.from(OCCUPANCY_HEX, "hex"), occupancy)
        for (const [tick, answer] of occupancyVectors) assert.equal(model.classify([tick]), answer)
        for (const [hex, cases] of [
            [ASKING_HEX, ASKING_CASES],
            [FOREST_HEX, FOREST_CASES],
            [BOOSTED_HEX, BOOSTED_CASES],
        ] as const) {
            const three = await read(Buffer.from(hex, "hex"), THREE)
            for (const one of cases) assert.equal(three.classify(one.slice(0, 3)), one[3], `${one}`)
        }
    })

    test("refuses by the same reasons as on the board", async () => {
        for (const { reason, at, bytes } of BROKEN) {
            const broken = Buffer.from(ASKING_HEX, "hex")
            broken.set(bytes, at)
            const model = new PackedModel(THREE)
            const told = await model.replace(deviceBytes(mended(broken)), pause)
            assert.equal(told, reason, `${bytes} at ${at}`)
        }
        const model = new PackedModel(occupancy)
        const longer = Buffer.concat([Buffer.from(OCCUPANCY_HEX, "hex"), Buffer.alloc(1)])
        assert.equal(await model.replace(deviceBytes(longer), pause), "length")
    })

    test("takes inputs of another order, or fewer, by their names and on their own scales", async () => {
        const { classes, inputs } = PACKABLES.asking
        const turned = [{ ...inputs[2], offset: 0.1, step: 0.3 }, inputs[0]]
        const split = { input: 0, threshold: 4, low: { classIndex: 0 }, high: { classIndex: 2 } }
        const bytes = packedFrom({
            classes,
            inputs: turned,
            trees: [{ root: { classIndex: 0, split }, weight: 1 }],
        })
        const model = await read(bytes, THREE)
        assert.deepEqual(model.inputs, turned)
        assert.deepEqual([model.classify([4, 0]), model.classify([5, 0])], [0, 2])
        const mean = packedFrom({
            classes,
            inputs: [{ ...inputs[0], feature: "mean" }],
            trees: [{ root: { classIndex: 0 }, weight: 1 }],
        })
        assert.equal(await model.replace(deviceBytes(mean), pause), "inputs")
        assert.deepEqual(model.inputs, turned)
    })

    test("random trees and forests answer by the rule, missing inputs included", async t => {
        t.diagnostic(`MOTEWISE_SEED=${SEED}`)
        const random = new RandomStream(`packed/rule/${SEED}`)
        for (let round = 0; round < 400; ++round) {
            const packable = randomPackable(random)
            const model = await read(packedFrom(packable), builtInOf(packable))
            assert.deepEqual(model.inputs, packable.inputs)
            for (let i = 0; i < 60; ++i) {
                const ticks = randomTicks(random, packable.inputs.length)
                assert.equal(model.classify(ticks), voteOf(packable, ticks), `${round}: ${ticks}`)
            }
        }
    })

    test("of 10,000 altered models none is taken, and the old one answers on", async t => {
        t.diagnostic(`MOTEWISE_SEED=${SEED}`)
        const random = new RandomStream(`packed/altered/${SEED}`)
        for (let round = 0; round < 10_000; ++round) {
            const whole = packedFrom(PACKABLES[round % 2 === 0 ? "asking" : "boosted"])
            const bytes = altered(random, whole)
            if (bytes.equals(whole)) continue
            const model = new PackedModel(THREE)
            assert.notEqual(
                await model.replace(deviceBytes(bytes), pause),
                "",
                bytes.toString("hex")
            )
            assert.equal(model.classify([0, 0, 0]), 1)
        }
    })

    test("altered with a checksum that is right, a model is refused or stays within its bytes", async t => {
        t.diagnostic(`MOTEWISE_SEED=${SEED}`)
        const random = new RandomStream(`packed/forged/${SEED}`)
        let taken = 0
        for (let round = 0; round < 10_000; ++round) {
            const packable = round % 4 === 0 ? PACKABLES.asking : randomPackable(random)
            const bytes = mended(altered(random, packedFrom(packable), 14))
            const model = new PackedModel(builtInOf(packable))
            if ((await model.replace(deviceBytes(bytes), pause)) !== "") continue
            taken++
            for (let i = 0; i < 10; ++i) {
                // Any place outside the bytes throws on the host.
                const answer = model.classify(randomTicks(random, packable.inputs.length))
                assert.ok(
                    answer >= UNKNOWN && answer < packable.classes.length,
                    `${answer}: ${bytes.toString("hex")}`
                )
            }
        }
        assert.ok(taken > 100, `only ${taken} were taken`)
    })

    test("the writer refuses what the layout can not hold", () => {
        const { classes, inputs } = PACKABLES.asking
        const leaf = { classIndex: 0 }
        const root = (input: number, threshold: number) => ({
            classIndex: 0,
            split: { input, threshold, low: leaf, high: leaf },
        })
        const alone = (root: PackableNode, weight = 1) => [{ root, weight }]
        const refused = (packable: Partial<Packable>) =>
            assert.throws(
                () => packedFrom({ classes, inputs, trees: alone(leaf), ...packable }),
                RangeError
            )
        refused({ trees: [] })
        refused({ classes: [] })
        refused({ inputs: Array.from({ length: 255 }, () => inputs[0]) })
        refused({ trees: alone({ classIndex: 3 }) })
        refused({ trees: alone(root(3, 0)) })
        refused({ trees: alone(root(0, 40000)) })
        refused({ trees: alone(root(0, 0.5)) })
        refused({ trees: alone(leaf, 0) })
        refused({ trees: alone(leaf, 65536) })
        refused({ trees: alone(leaf, 0.5) })
        const deep = (depth: number): PackableNode =>
            depth === 0
                ? leaf
                : {
                      classIndex: 0,
                      split: {
                          input: 0,
                          threshold: 0,
                          low: deep(depth - 1),
                          high: deep(depth - 1),
                      },
                  }
        refused({ trees: alone(deep(13)) })
    })
})

/** One to four changes: bits, bytes, words, parts that are cut, doubled or moved. */
function altered(random: RandomStream, whole: Buffer, from = 0): Buffer {
    let bytes = Buffer.from(whole)
    for (let changes = 1 + random.integer(4); changes > 0; --changes) {
        const at = from + random.integer(Math.max(bytes.length - from, 1))
        if (at >= bytes.length) break
        switch (random.integer(from === 0 ? 5 : 3)) {
            case 0:
                bytes[at] ^= 1 << random.integer(8)
                break
            case 1:
                bytes[at] = random.integer(256)
                break
            case 2:
                bytes.writeUInt16LE(random.integer(160), Math.min(at, bytes.length - 2))
                break
            case 3:
                bytes = bytes.subarray(0, at)
                break
            default:
                bytes = Buffer.concat([
                    bytes.subarray(0, at),
                    bytes.subarray(random.integer(at + 1)),
                ])
        }
        if (bytes.length < 18) break
    }
    return bytes
}
