/** The models of made-up worlds: the commands that their READMEs state make the committed files again, byte for byte. */
import assert from "node:assert/strict"
import { spawnSync } from "node:child_process"
import { mkdirSync, mkdtempSync, readdirSync, readFileSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { test } from "node:test"
import { inProject } from "../../image/project"

/** As a shell would run it in this folder; no argument of ours has a blank in it. */
function motewiseIn(folder: string, line: string): string {
    const { status, stdout, stderr } = spawnSync(
        process.execPath,
        [inProject("bin/motewise.mjs"), ...line.split(" ")],
        { cwd: folder, encoding: "utf8", timeout: 120_000 }
    )
    assert.equal(status, 0, stderr)
    return stdout
}

/** The lines of the README's first block of commands, without `npx motewise`. */
function commandsOf(readme: string): string[] {
    const block = /```sh\n([^`]*)```/.exec(readme)?.[1] ?? ""
    return block
        .trim()
        .split("\n")
        .map(line => line.replace(/^npx motewise /, ""))
}

for (const name of ["soil", "street", "cold", "activity"])
    test(`${name}: two commands make the committed model, and it reaches what its README says`, () => {
        const folder = mkdtempSync(join(tmpdir(), "motewise-worlds-"))
        mkdirSync(join(folder, "models"))
        const readme = readFileSync(inProject("models", name, "README.md"), "utf8")
        const commands = commandsOf(readme)
        assert.deepEqual(
            commands.map(line => line.split(" ")[0]),
            ["record", "train"]
        )
        for (const line of commands) motewiseIn(folder, line)
        const made = readdirSync(join(folder, "models", name)).sort()
        const committed = readdirSync(inProject("models", name)).filter(f => f !== "README.md")
        assert.deepEqual(made, committed.sort())
        for (const file of made)
            assert.ok(
                readFileSync(join(folder, "models", name, file)).equals(
                    readFileSync(inProject("models", name, file))
                ),
                `models/${name}/${file} is not what the commands make`
            )
        const other = /`(record [^`]*)`/.exec(readme)?.[1]
        assert.ok(other !== undefined, "the README names a recording of another seed")
        motewiseIn(folder, `${other} --out other.csv`)
        const { accuracy } = JSON.parse(
            motewiseIn(folder, `eval models/${name} --data other.csv --json`)
        ) as { accuracy: number }
        const figure = `${(100 * accuracy).toFixed(2)} %`
        assert.ok(readme.includes(figure), `models/${name}/README.md lacks ${figure}`)
    })
