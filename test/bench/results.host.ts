/** What README quotes is what bench/results.json holds; and what runs the benches keeps each one's trouble its own. */
import assert from "node:assert/strict"
import { mkdtempSync, readFileSync, readdirSync, writeFileSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { describe, test } from "node:test"
import * as fc from "fast-check"
import { picturesOf, SEED } from "../../bench/all/all"
import { barsPicture } from "../../bench/all/bars"
import type { Figures, Quick } from "../../bench/all/quick"
import { QUICKS } from "../../bench/all/quicks"
import { faultsOf, quotedReadme } from "../../bench/all/readme"
import { apart, named, readResults, RESULTS, together, type Results } from "../../bench/all/results"
import { runQuicks } from "../../bench/all/run"
import { written } from "../../bench/all/units"
import { motewiseCommand } from "../../cli/main"
import { inProject } from "../../image/project"
import { xmlFault } from "../train/well-formed"

const AGAIN = "npm run bench -- --readme"

describe("results", () => {
    const results = readResults()

    test("README says what bench/results.json holds", () => {
        const readme = readFileSync(inProject("README.md"), "utf8")
        const faults = faultsOf(readme, results, QUICKS)
        assert.ok(faults.length === 0, `\n${faults.join("\n")}`)
    })

    test("every bench is in the file, and passed", () => {
        assert.deepEqual(
            Object.keys(results.benches),
            QUICKS.map(({ name }) => name)
        )
        for (const [name, { passed }] of Object.entries(results.benches))
            assert.ok(passed, `bench ${name} failed when ${RESULTS} was written: npm run bench`)
    })

    test("the file tells nothing of its machine but what times are worth", () => {
        assert.deepEqual(Object.keys(results.machine).sort(), [
            "cores",
            "memoryGigabytes",
            "node",
            "processor",
            "system",
        ])
        const text = readFileSync(inProject(RESULTS), "utf8")
        assert.doesNotMatch(text, /\/(home|root|tmp|Users|work)\b|\\\\Users/)
    })

    test("the pictures are those of the file, and no others", () => {
        const files = picturesOf(results, QUICKS)
        assert.deepEqual(readdirSync(inProject("bench/figures")).sort(), Object.keys(files).sort())
        for (const [file, text] of Object.entries(files)) {
            const there = readFileSync(inProject(join("bench/figures", file)), "utf8")
            assert.ok(there === text, `bench/figures/${file} is another one's: ${AGAIN}`)
            assert.equal(xmlFault(text), undefined)
        }
    })

    test("what is run of a bench is what its verb takes, from its own seed", async () => {
        const { commands } = await motewiseCommand(["bench"])
        const bench = commands.find(command => command.name() === "bench")
        for (const { name, args } of QUICKS) {
            const verb = bench?.commands.find(command => command.name() === args[0])
            assert.ok(verb, `bench ${name}: no verb ${args[0]}`)
            assert.deepEqual(verb.parseOptions(args.slice(1)), { operands: [], unknown: [] })
            const seed = verb.options.find(({ long }) => long === "--seed")
            assert.ok(seed === undefined || seed.defaultValue === SEED, `bench ${name}: its seed`)
        }
    })
})

const QUICK: Quick = {
    name: "toy",
    args: ["toy", "--size", "3"],
    test: "a toy",
    sentence: "{games} games (of 9), {big one.lostShare %} lost; {tookMs s}",
    measured: ["tookMs"],
    isAlone: true,
}
const MADE: Results = {
    date: "2026-03-01",
    version: "1.2.3",
    seed: 1,
    machine: {
        processor: "Abacus",
        cores: 2,
        memoryGigabytes: 4,
        system: "Linux x64",
        node: "20.19.0",
    },
    wallMs: 1,
    benches: {
        toy: {
            command: "npx motewise bench toy --size 3",
            passed: true,
            exact: { games: 12345, "big one": { lostShare: 0.0123 } },
            measured: { tookMs: 4321 },
            wallMs: 1,
        },
    },
}
const EMPTY = "# Toys\n\n<!-- bench: toy -->\n<!-- /bench -->\n\nThe end.\n"
const QUOTED = quotedReadme(EMPTY, MADE, [QUICK])

function faultsWhere(from: string | RegExp, to: string): string[] {
    const changed = QUOTED.replace(from, to)
    assert.notEqual(changed, QUOTED)
    return faultsOf(changed, MADE, [QUICK])
}

describe("README's blocks", () => {
    test("are filled with date, machine, sentence and command, and are right then", () => {
        assert.ok(
            QUOTED.includes(
                "| test | figures, 1 March 2026, Abacus, 2 cores, 4 GB, Node 20.19.0, in the simulator | command |"
            ),
            QUOTED
        )
        assert.ok(
            QUOTED.includes(
                "| a toy | 12,345 games (of 9), 1.2 % lost; 4.3 s | `npx motewise bench toy --size 3` |"
            ),
            QUOTED
        )
        assert.deepEqual(faultsOf(QUOTED, MADE, [QUICK]), [])
        assert.equal(
            quotedReadme(QUOTED, MADE, [QUICK]).replaceAll(/\n+/g, "\n"),
            QUOTED.replaceAll(/\n+/g, "\n")
        )
    })

    test("a figure that is another is named, with both values and what to do", () => {
        assert.deepEqual(faultsWhere("1.2 %", "1.1 %"), [
            `README.md: toy.big one.lostShare is "1.1 %" here and "1.2 %" in bench/results.json: ${AGAIN}`,
        ])
        assert.deepEqual(
            faultsWhere(/12,345(.*)4\.3/, "12,346$15").map(fault => fault.split(" is ")[0]),
            ["README.md: toy.games", "README.md: toy.tookMs"]
        )
    })

    test("other words, another command, another machine or day are told", () => {
        assert.match(faultsWhere("games", "plays")[0], /^README\.md: toy is "12,345 plays/)
        assert.match(faultsWhere("--size 3", "--size 4")[0], /the row of toy .*--size 4.*--size 3/)
        assert.match(faultsWhere("1 March", "2 March")[0], /the head of a table is .*2 March/)
        assert.match(faultsWhere("2 cores", "8 cores")[0], /the head of a table is .*8 cores/)
    })

    test("a row, a block or a mark that is missing is told, and so is a bench there is not", () => {
        assert.match(faultsWhere(/\| a toy.*\n/, "")[0], /toy is "" here/)
        assert.match(faultsWhere(/(\| a toy.*\n)/, "$1$1")[0], /a row too many/)
        assert.match(faultsWhere(/<!-- bench[\s\S]*\/bench -->/, "")[0], /toy is in 0 blocks/)
        assert.match(faultsWhere("<!-- /bench -->", "").join(), /without its/)
        assert.match(faultsOf(EMPTY, MADE, [QUICK])[0], /the block of toy is empty/)
        assert.match(faultsOf(QUOTED + EMPTY, MADE, [QUICK])[0], /toy is in 2 blocks/)
        assert.match(faultsWhere("bench: toy", "bench: toy, yot")[0], /bench yot is not in/)
        assert.match(faultsOf(QUOTED, MADE, [])[0], /results\.json: toy is no bench/)
        assert.throws(() => quotedReadme(EMPTY, MADE, []), /there is no bench toy/)
    })

    test("a sentence with a figure that the file lacks cannot be written", () => {
        const other = { ...QUICK, sentence: "{gamez} games" }
        assert.throws(() => quotedReadme(EMPTY, MADE, [other]), /toy has no figure "gamez"/)
        assert.throws(
            () => quotedReadme(EMPTY, MADE, [{ ...QUICK, sentence: "{games furlongs}" }]),
            /no unit "furlongs"/
        )
    })

    test("a long form's figures stand with their date and machine", () => {
        const said = (text: string) => faultsOf(`${QUOTED}\n${text}\n`, MADE, [QUICK])
        assert.deepEqual(
            said("A game in 3 s (`npx motewise bench toy`, two cores, 2 May 2026)."),
            []
        )
        assert.match(
            said("A game in 3 s (`npx motewise bench toy`, 2 May 2026).")[0],
            /bench toy.*machine/
        )
        assert.match(said("A game in 3 s on two cores (`npx motewise bench toy`).")[0], /no date/)
        assert.deepEqual(said("```sh\nnpx motewise bench toy --help\n```"), [])
    })
})

describe("figures", () => {
    test("are written with the unit that the sentence names", () => {
        assert.equal(written(1234567), "1,234,567")
        assert.equal(written(0.5, "%"), "50.0 %")
        assert.equal(written(29696, "kB"), "29 kB")
        assert.equal(written(117, "B"), "117 B")
        assert.equal(written(1.66, "ms"), "1.7 ms")
        assert.equal(written(412.4, "ms"), "412 ms")
        assert.equal(written(7495, "s"), "7.5 s")
        assert.equal(written(218_900, "s"), "219 s")
        assert.equal(written(4.15, "times"), "4.2 times")
        assert.equal(written(true), "yes")
    })

    test("that repeat and those that do not go apart, and come together again", () => {
        const name = fc.constantFrom("a", "b", "tookMs", "perSecond")
        const value = fc.oneof(fc.integer(), fc.string(), fc.boolean(), fc.array(fc.integer()))
        const figures = fc.letrec<{ figures: Figures }>(tie => ({
            figures: fc.dictionary(
                name,
                fc.oneof({ depthSize: "small" }, value, tie("figures")),
                // Of an empty one there is nothing to keep apart.
                { minKeys: 1, noNullPrototype: true }
            ),
        })).figures
        fc.assert(
            fc.property(figures, all => {
                const { exact, measured } = apart(all, ["tookMs", "perSecond"])
                assert.doesNotMatch(JSON.stringify(exact), /"(tookMs|perSecond)":/)
                assert.deepEqual(together({ ...MADE.benches.toy, exact, measured }), all)
            }),
            { seed: 1 }
        )
    })

    test("of a list are told apart by the rows' names, which must differ", () => {
        const rows = [
            { size: 7, ms: 1 },
            { size: 31, ms: 2 },
        ]
        assert.deepEqual(named(rows, ["size"]), { 7: { ms: 1 }, 31: { ms: 2 } })
        assert.throws(() => named([...rows, ...rows], ["size"]), /2 rows have the "size" 7/)
        assert.throws(() => named(rows, ["length"]), /no "length"/)
        assert.throws(() => named(rows), /no ""/)
        const apps = [
            { app: "room", measure: "heap", kB: 1 },
            { app: "soil", measure: "heap", kB: 2 },
            { app: "room", measure: "code", kB: 3 },
        ]
        assert.deepEqual(named(apps, ["app", "measure"]), {
            room: { heap: { kB: 1 }, code: { kB: 3 } },
            soil: { heap: { kB: 2 } },
        })
        const [{ size, ms }] = rows
        assert.deepEqual(
            named({ all: 3, sizes: rows.slice(0, 1), few: [1, 2], none: [{ ms }] }, ["size"]),
            {
                all: 3,
                sizes: { [size]: { ms } },
                few: [1, 2],
                none: [{ ms }],
            }
        )
    })

    test("a bar is as long as its share of the axis, and its parts follow each other", () => {
        const { body } = barsPicture({
            title: "t",
            axis: "a",
            series: ["one", "two"],
            most: 100,
            rows: [
                {
                    name: "x",
                    parts: [
                        { value: 25, series: 0 },
                        { value: 50, series: 1 },
                    ],
                    text: "",
                },
            ],
        })
        const rects = [
            ...body.text.matchAll(/class="c(\d)" x="([\d.]+)" y="[1-9]\d" width="([\d.]+)"/g),
        ]
        const [[, , x0, w0], [, , x1, w1]] = rects
        assert.equal(Number(w1) / Number(w0), 2)
        assert.ok(Math.abs(Number(x0) + Number(w0) - Number(x1)) < 0.02, `${x0} + ${w0}, ${x1}`)
    })
})

/** In place of the command: does what its name says. */
const PROGRAM = `
const [, what] = process.argv.slice(2)
if (what === "crash") throw new Error("a bug in it")
if (what === "talk") console.log("no figures")
else if (what === "die") process.kill(process.pid, "SIGKILL")
else console.log("compiling ...\\n" + JSON.stringify({ what, tookMs: 5, wallMs: 6 }))
if (what === "fail") process.exitCode = 1
if (what === "misuse") process.exitCode = 2
`

async function runToys(toys: [what: string, isAlone: boolean][]) {
    const folder = mkdtempSync(join(tmpdir(), "motewise-test-"))
    const program = join(folder, "program.mjs")
    writeFileSync(program, PROGRAM)
    const quicks = toys.map(([what, isAlone]): Quick => ({
        ...QUICK,
        name: what,
        args: [what],
        isAlone,
    }))
    const told: string[] = []
    const watcher = {
        onBegin: (name: string) => void told.push(`begin ${name}`),
        onEnd: ({ name }: { name: string }) => void told.push(`end ${name}`),
    }
    const ended = await runQuicks(quicks, watcher, program)
    return { ended, told }
}

describe("a run of all", () => {
    test("when one crashes the others still run, and it is told why", async () => {
        const { ended } = await runToys([
            ["crash", false],
            ["fine", false],
            ["talk", true],
            ["die", true],
            ["misuse", true],
            ["fail", true],
        ])
        const outcomes = ended.map(({ name, result, told }) => [name, result?.passed, told ?? ""])
        assert.deepEqual(
            outcomes.map(([name, passed]) => [name, passed]),
            [
                ["crash", undefined],
                ["fine", true],
                ["talk", undefined],
                ["die", undefined],
                ["misuse", undefined],
                ["fail", false],
            ]
        )
        assert.match(String(outcomes[0][2]), /a bug in it/)
        assert.match(String(outcomes[2][2]), /JSON/)
        assert.match(String(outcomes[3][2]), /it ended with SIGKILL/)
        assert.match(String(outcomes[4][2]), /it ended with 2/)
        const [, fine] = ended
        assert.match(fine.result?.command ?? "", /^npx motewise bench fine$/)
        assert.deepEqual(fine.result?.exact, { what: "fine" })
        assert.deepEqual(fine.result?.measured, { tookMs: 5, wallMs: 6 })
    })

    test("who wants to be alone is, and the others go two at a time", async () => {
        const { told } = await runToys([
            ["alone1", true],
            ["a", false],
            ["b", false],
            ["alone2", true],
        ])
        assert.deepEqual(told.slice(0, 2), ["begin a", "begin b"])
        assert.deepEqual(told.slice(2, 4).sort(), ["end a", "end b"])
        assert.deepEqual(told.slice(4), [
            "begin alone1",
            "end alone1",
            "begin alone2",
            "end alone2",
        ])
    })
})
