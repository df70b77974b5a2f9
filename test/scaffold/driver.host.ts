/** A driver begun with `motewise new driver`: in the project, and as a package of its own. */
import assert from "node:assert/strict"
import { execFileSync } from "node:child_process"
import { existsSync, readFileSync } from "node:fs"
import { join } from "node:path"
import { after, test } from "node:test"
import { assertRefused, motewise } from "../cli/run"
import { ProjectCopy } from "../harness/copy"

const copy = new ProjectCopy()
after(() => copy.remove())
const read = (path: string) => readFileSync(join(copy.root, path), "utf8")

test("a new driver's own tests pass, but for the one that waits for the datasheet", () => {
    const made = copy.motewise(
        ...["new", "driver", "tmp117", "--address", "0x48"],
        ...["--measurands", "temperatureCelsius,pressurePascals", "--json"]
    )
    assert.equal(made.code, 0, made.err)
    const { files } = JSON.parse(made.out)
    assert.deepEqual(files, [
        "src/drivers/tmp117.ts",
        "sim/parts/tmp117.ts",
        "test/drivers/tmp117.test.ts",
        "examples/tmp117.ts",
        "sim/breadboard.ts",
        "examples/i2c-scan.ts",
        "examples/README.md",
        "README.md",
    ])
    const tested = copy.test("drivers/tmp117", "readme")
    assert.equal(tested.code, 0, tested.out)
    assert.match(tested.out, /1 suites in the VM\): 6 passed, 1 skipped/)
    assert.match(tested.out, /, 0 failed, 1 skipped/)
})

test("it is laid out and typed as everything here is", () => {
    const tools = ["prettier/bin/prettier.cjs", "eslint/bin/eslint.js"]
    const files = ["src/drivers", "sim/parts", "test/drivers", "examples"].flatMap(folder => {
        const end = folder === "test/drivers" ? ".test.ts" : ".ts"
        return `${folder}/tmp117${end}`
    })
    const [prettier, eslint] = tools.map(tool => join(copy.root, "node_modules", tool))
    const options = { cwd: copy.root, encoding: "utf8" as const }
    const pages = ["README.md", "examples/README.md"]
    execFileSync(process.execPath, [prettier, "--check", ...files, ...pages], options)
    execFileSync(process.execPath, [eslint, ...files], options)
})

test("its example runs in the simulator, against its own part", () => {
    const ran = copy.motewise("run", "tmp117", "--virtual", "--seconds", "11", "--json")
    assert.equal(ran.code, 0, ran.err)
    const { lines } = JSON.parse(ran.out)
    assert.deepEqual(lines.slice(0, 2), ["21.5 Cel", "101300 Pa"])
    const scanned = copy.motewise("run", "i2c-scan", "--virtual", "--seconds", "60", "--json")
    assert.equal(scanned.code, 0, scanned.err)
})

test("a second of the name is refused, and nothing is changed", () => {
    const before = read("README.md")
    assertRefused(
        copy.motewise("new", "driver", "tmp117"),
        /src\/drivers\/tmp117\.ts is already there/
    )
    assert.equal(read("README.md"), before)
})

test("a driver in a package of its own is built into a node from its tarball", () => {
    const folder = join(copy.root, "package")
    const made = copy.motewise(
        ...["new", "driver", "tmp119", "--address", "0x49", "--package", folder, "--json"]
    )
    assert.equal(made.code, 0, made.err)
    execFileSync("npm", ["pack", "--silent"], { cwd: folder, shell: process.platform === "win32" })
    copy.install(join(folder, "motewise-driver-tmp119-0.1.0.tgz"), "motewise-driver-tmp119")
    const main = read("src/main.ts")
        .replace(
            'import { Sht4x } from "./drivers/sht4x"',
            'import { Tmp119 } from "motewise-driver-tmp119"'
        )
        .replace("new Sht4x(", "new Tmp119(")
        .replace('"temperatureCelsius", "relativeHumidityPercent"', '"temperatureCelsius"')
        .replace(/ *relativeHumidityPercent: "summary",\n/, "")
    // The room's model asks for light alone.
    copy.write("src/mainpackage.ts", main)
    const built = copy.motewise("build", "--app", "package", "--json")
    assert.equal(built.code, 0, built.err)
    assert.equal(JSON.parse(built.out).ok, true)
    // Its address is known to the check of the wiring as our own drivers' are.
    copy.write(
        "src/mainclash.ts",
        main.replace("new Tmp119(bus, deviceClock)", "new Tmp119(bus, deviceClock, 0x23)")
    )
    assertRefused(
        copy.motewise("build", "--app", "clash"),
        /src\/mainclash\.ts:14: bh1750 is at 0x23, and so is tmp119 \(src\/mainclash\.ts:12\)/
    )
})

test("what no driver can be is refused, in a line, before anything is written", () => {
    for (const [args, reason] of [
        [["TMP 117"], /"TMP 117": a driver's name is 2 to 16 small letters and digits/],
        [["../evil"], /a driver's name is/],
        [["tmp118", "--address", "0x78"], /"0x78": an I2C address is 0x08 to 0x77/],
        [["tmp118", "--address", "x"], /an I2C address is 0x08 to 0x77/],
        [["tmp118", "--measurands", "temperatureCelcius"], /did you mean "temperatureCelsius"\?/],
        [["tmp118", "--measurands", "uvIndex,uvIndex"], /uvIndex stands there twice/],
        [["tmp118", "--measurands", ","], /a driver measures something/],
        [["tmp118", "--package", "src"], /src is already there/],
    ] as [string[], RegExp][]) {
        assertRefused(motewise("new", "driver", ...args), reason)
    }
    assert.equal(existsSync("src/drivers/tmp118.ts"), false)
})
