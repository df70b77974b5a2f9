import assert from "node:assert/strict"
import { createServer, type AddressInfo } from "node:net"
import { test } from "node:test"
import { assertRefused, fileOf, motewise } from "./run"

const HEADER = "Temperature,Humidity,Light,CO2,label"
const DAY_AND_NIGHT = [
    HEADER,
    ...Array.from({ length: 10 }, () => "21.5,40,500,700,1"),
    ...Array.from({ length: 10 }, () => "20.5,40,0,450,0"),
].join("\n")
const FIGURES =
    "nodes seconds virtual seed rows samples gaps verdicts labelled correct accuracy published " +
    "acknowledged bytesOnWire lost wallMs energy"

test("--json is one object with its figures and nothing else", () => {
    const path = fileOf("day.csv", DAY_AND_NIGHT)
    const { code, out } = motewise(
        "sim",
        "--world",
        "replay",
        "--replay",
        path,
        "--virtual",
        "--json"
    )
    assert.equal(code, 0)
    const result = JSON.parse(out)
    assert.equal(Object.keys(result).join(" "), FIGURES)
    const { rows, labelled, correct, accuracy, gaps, lost, published, acknowledged } = result
    assert.deepEqual(
        { rows, labelled, correct, accuracy, gaps, lost },
        { rows: 20, labelled: 20, correct: 20, accuracy: 1, gaps: 0, lost: 0 }
    )
    assert.equal(published, acknowledged)
    assert.equal(out.trimEnd().split("\n").length, 1)
})

test("two runs of one seed print the same but for the time they took", () => {
    const run = () => {
        const { out } = motewise("sim", "--virtual", "--seed", "7", "--seconds", "1800", "--json")
        return out.replace(/"wallMs":\d+/, "")
    }
    const first = run()
    assert.match(first, /"seed":7/)
    assert.equal(run(), first)
})

test("without --json it is a table for people, and a summary", () => {
    const { code, out } = motewise("sim", "--virtual", "--seconds", "900", "--nodes", "2")
    assert.equal(code, 0)
    assert.match(out, /temperature/)
    assert.match(out, /2 nodes for 00:15:0\d: \d+ samples, 0 gaps/)
})

test("in real time nodes reach a broker on a socket of this machine", () => {
    const { code, out } = motewise(
        "sim",
        "--nodes",
        "2",
        "--seconds",
        "60",
        "--speed",
        "30",
        "--json"
    )
    assert.equal(code, 0)
    const { published, acknowledged, virtual } = JSON.parse(out)
    assert.equal(virtual, false)
    assert.ok(published >= 2, `${published} published`)
    assert.equal(published, acknowledged)
})

test("a broker that is not there: the nodes go on, offline, and nothing crashes", () => {
    const url = "mqtt://127.0.0.1:9"
    const { code, out } = motewise("sim", "--broker", url, "--seconds", "90", "--speed", "30")
    assert.equal(code, 0)
    assert.match(out, /offline/)
    assert.match(out, /0 reports published/)
})

test("a broker that hangs up on everybody: the same", async () => {
    const server = createServer(socket => socket.on("error", () => {}).destroy())
    await new Promise<void>(resolve => server.listen(0, "127.0.0.1", resolve))
    const { port } = server.address() as AddressInfo
    // the server runs in this process, which spawnSync stops: connections then wait in its queue, which is as bad
    const url = `mqtt://127.0.0.1:${port}`
    const { code, out } = motewise("sim", "--broker", url, "--seconds", "90", "--speed", "30")
    server.close()
    assert.equal(code, 0)
    assert.match(out, /offline/)
})

const REFUSED: [string, string[], RegExp][] = [
    ["an unknown flag", ["--nodse", "3"], /unknown option '--nodse'.*There are: --nodes, --app/s],
    ["an unknown app", ["--app", "rom"], /no app "rom"; did you mean "room"\? There are: room/],
    [
        "an unknown world",
        ["--world", "moon"],
        /Allowed choices are room, soil, street, cold, air, climate, machine, wear, desk, replay/,
    ],
    ["no nodes", ["--nodes", "0"], /whole number from 1 to 1000/],
    ["half a node", ["--nodes", "1.5"], /whole number/],
    ["a seed in words", ["--seed", "seven"], /whole number/],
    ["negative seconds", ["--seconds", "-5"], /number from 1/],
    ["a replay without a file", ["--world", "replay"], /needs --replay/],
    ["a room with a file", ["--world", "room", "--replay", "x.csv"], /--world replay/],
    ["a broker that is no URL", ["--broker", "http://x"], /"http:\/\/x" is not mqtt:\/\/host/],
    ["somebody's broker in virtual time", ["--broker", "mqtt://x", "--virtual"], /real time/],
    ["a map that is none", ["--map", "Temperature"], /not of the form left=right/],
    ["one column twice", ["--where", "a=1,a=2"], /"a" stands there twice/],
    ["an unknown fault", ["--faults", "crk"], /no fault "crk"; did you mean "crc"/],
]
for (const [what, args, reason] of REFUSED)
    test(`${what} is refused in a line, with exit code 2`, () => {
        assertRefused(motewise("sim", ...args), reason)
    })

const BAD_FILES: [string, string, RegExp][] = [
    ["empty", "", /day\.csv: .*empty/],
    ["header only", HEADER, /day\.csv: .*/],
    ["unknown column", `Temprature,Humidity\n1,2\n`, /day\.csv: row 1, column "Temprature"/],
    [
        "text for a number",
        `${HEADER}\n21,40,5,400,1\n21,x,5,400,1\n`,
        /row 3, column "Humidity": "x"/,
    ],
    ["ragged row", `${HEADER}\n21,40,5,400,1\n21,40,5\n`, /day\.csv: row 3/],
    ["label that is no class", `${HEADER}\n21,40,5,400,7\n`, /row 2, column "label"/],
]
for (const [what, text, reason] of BAD_FILES)
    test(`a recording with an ${what}: file, row and column in one line, exit code 2`, () => {
        assertRefused(motewise("sim", "--replay", fileOf("day.csv", text), "--virtual"), reason)
    })

test("a recording that is not there, and a map to nothing", () => {
    const missing = motewise("sim", "--replay", "no-such.csv", "--virtual")
    assert.equal(missing.code, 2)
    assert.match(missing.err, /no-such\.csv/)
    const path = fileOf("day.csv", DAY_AND_NIGHT)
    const mapped = motewise("sim", "--replay", path, "--virtual", "--map", "Light=brightness")
    assert.equal(mapped.code, 2)
    assert.match(mapped.err, /brightness.*illuminanceLuxes/)
})

test("columns of other names are mapped, and a column that is missing leaves its part off the bus", () => {
    const text = "warm,bright,truth\n" + "21,500,occupied\n".repeat(8)
    const { code, out } = motewise(
        ...["sim", "--replay", fileOf("day.csv", text), "--virtual", "--json"],
        ...["--map", "warm=temperatureCelsius,bright=illuminanceLuxes", "--label", "truth"]
    )
    assert.equal(code, 0)
    const { rows, accuracy, gaps, samples } = JSON.parse(out)
    assert.deepEqual({ rows, accuracy }, { rows: 8, accuracy: 1 })
    // SHT4x lacks its humidity and SCD4x everything: two parts are gaps in every round
    assert.equal(gaps, 2 * samples)
})

test("help has examples, on standard output", () => {
    for (const args of [["--help"], ["sim", "--help"], ["build", "--help"]]) {
        const { code, out } = motewise(...args)
        assert.equal(code, 0)
        assert.match(out, /Usage: motewise/)
        if (args.length > 1) assert.match(out, /Examples:\n {2}motewise/)
    }
})

test("an unknown verb, or none, says which there are", () => {
    const { code, err } = motewise("fly")
    assert.equal(code, 2)
    assert.match(
        err,
        /There are: sim, run, build, flash, record, train, eval, fleet, ledger, bench, new, provision-se, doctor/
    )
    assert.equal(motewise().code, 2)
})
