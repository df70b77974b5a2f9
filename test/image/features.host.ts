/** Which features an image goes without: never one that a model of its program names. */
import assert from "node:assert/strict"
import { mkdtempSync, rmSync, writeFileSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { test } from "node:test"
import { pathToFileURL } from "node:url"
import { leaveOutFeatures } from "../../image/features"
import { inProject } from "../../image/project"
import { sourcesOf } from "../../image/sources"
import { FEATURES } from "../../src/sensing/features"
import type * as Features from "../../src/sensing/features"
import { Window } from "../../src/sensing/window"
import { FEATURE_CASES, FEATURE_TOLERANCE } from "../sensing/featureCases"

const FEATURES_FILE = "src/sensing/features.ts"
const WHOLE = sourcesOf([FEATURES_FILE])

/** What becomes of features.ts in a program with this beside it. */
function leftBy(model: string, path = "models/one/model.ts"): string {
    const sources = new Map([...WHOLE, [path, model]])
    leaveOutFeatures(sources)
    return sources.get(FEATURES_FILE) ?? ""
}

function modelOf(names: string[]): string {
    return names.map(name => `{ feature: "${name}", offset: 0 },\n`).join("")
}

/** The file as it is then, loaded. */
async function loaded(text: string): Promise<typeof Features> {
    const folder = mkdtempSync(join(tmpdir(), "motewise-features-"))
    try {
        const sensing = pathToFileURL(inProject("src/sensing")).href
        const file = join(folder, "features.ts")
        writeFileSync(file, text.replace(/from "\.\/(\w+)"/g, `from "${sensing}/$1.ts"`))
        return (await import(pathToFileURL(file).href)) as typeof Features
    } finally {
        rmSync(folder, { recursive: true })
    }
}

test("each feature, alone or with any other, is what it was, and is the only one left", async () => {
    const names = [...new Set(FEATURE_CASES.map(({ name }) => name))]
    for (const [i, name] of names.entries()) {
        const other = names[(i + 3) % names.length]
        const { parseFeature, featureOf } = await loaded(leftBy(modelOf([name, other])))
        for (const { samplesPerSecond, samples, expected, ...of } of FEATURE_CASES) {
            const isBand = of.name.startsWith("band:")
            const isKept = [name, other].some(
                kept => kept === of.name || (isBand && kept.startsWith("band:"))
            )
            if (!isKept) {
                assert.throws(() => parseFeature(of.name, samplesPerSecond), /no feature/, of.name)
                continue
            }
            const window = new Window(samples.length)
            for (const sample of samples) window.push(sample)
            const value = featureOf(parseFeature(of.name, samplesPerSecond), window)
            assert.ok(
                Math.abs(value - expected) <= FEATURE_TOLERANCE,
                `${of.name} of ${name} and ${other}: ${value}, not ${expected}`
            )
        }
    }
})

test("a model of newest samples alone has no window's features, and one of both has both", () => {
    assert.ok(!leftBy(modelOf(["last", "last"])).includes("switch"), "a feature of windows is left")
    assert.match(leftBy(modelOf(["last", "sd"])), /"last"[^]*case SD:/)
})

test("all stay where it is not plain which are used", () => {
    const whole = WHOLE.get(FEATURES_FILE)
    for (const model of [
        `{ feature: name }`,
        `{ feature: \`\${kind}\` }`,
        `{ measurand, feature }`,
        `{ feature, measurand }`,
        `input["feature"] = name`,
        `{ feature: "" }`,
        `{ feature: "median" }`,
        `import { featureOf } from "../../src/sensing/features"`,
    ])
        assert.equal(leftBy(`${modelOf(["sd"])}${model}`), whole, model)
    assert.equal(leftBy(modelOf(["last"]), "src/inference/packed.ts"), whole)
})

test("the apps have the features of their models", () => {
    const namesOf = (entry: string) => {
        const sources = sourcesOf([entry])
        leaveOutFeatures(sources)
        const text = sources.get(FEATURES_FILE) ?? ""
        return FEATURES.filter(name => text.includes(`    "${name}",\n`))
    }
    assert.deepEqual(namesOf("src/main.ts"), [])
    assert.deepEqual(namesOf("src/mainwear.ts"), ["sd", "range", "meanAbsoluteDifference"])
    assert.deepEqual(namesOf("src/mainmachine.ts"), [
        "sd",
        "range",
        "meanAbsoluteDifference",
        "zeroCrossings",
    ])
})
