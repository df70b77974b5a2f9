/** `motewise sim` with faults and scenarios, as a shell sees it. */
import assert from "node:assert/strict"
import { mock, test } from "node:test"
import { generate, parser as packetParser } from "mqtt-packet"
import { main } from "../../cli/main"
import { MemoryNetwork } from "../../sim/network"
import { assertRefused, fileOf, motewise } from "../cli/run"

const scenario = (fields: object) =>
    fileOf("day.json", JSON.stringify({ name: "day", about: "a day", faults: [], ...fields }))

test("a scenario says nodes, seconds, seed and faults; the command line wins", () => {
    const file = scenario({
        nodes: 2,
        seconds: 600,
        seed: 7,
        faults: [{ kind: "brownOut", from: "5min", node: "0" }],
    })
    const run = (...args: string[]) => {
        const { code, out, err } = motewise(
            "sim",
            "--virtual",
            "--scenario",
            file,
            "--json",
            ...args
        )
        assert.equal(code, 0, err)
        const { nodes, seconds, seed, faults } = JSON.parse(out)
        assert.ok(seconds >= 600, `${seconds} s`)
        return [nodes, seed, faults.powerCuts, faults.boots]
    }
    assert.deepEqual(run(), [2, 7, 1, 3])
    assert.deepEqual(run("--nodes", "1", "--seed", "8"), [1, 8, 1, 2])
})

test("what befell the nodes is told to people too", () => {
    const { code, out } = motewise(
        ...["sim", "--virtual", "--seconds", "600", "--nodes", "1"],
        ...["--faults", "crc:part=sht4x,p=0.5"]
    )
    assert.equal(code, 0)
    assert.match(out, /1 boots, 0 power cuts, 0 stores formatted; faults: crc \d+/)
})

test("a virtual run that fails exits 1 and prints the command that repeats it", async () => {
    // In this process, for the failure is one of the network's, which no fault makes: PUBACKs stop coming.
    let pubacks = 0
    const carry = MemoryNetwork.prototype.connect
    MemoryNetwork.prototype.connect = function (host, port, tls, events) {
        const parser = packetParser({ protocolVersion: 4 })
        parser.on("packet", packet => {
            if (packet.cmd !== "puback" || ++pubacks <= 3) events.data(generate(packet))
        })
        const data = (bytes: Uint8Array) => void parser.parse(Buffer.from(bytes))
        return carry.call(this, host, port, tls, { ...events, data })
    }
    const errors = mock.method(console, "error", () => {})
    const out = mock.method(console, "log", () => {})
    const faults = "crc:part=sht4x,p=0.1,for=1min;brownOut:from=2min"
    const args = ["--virtual", "--seed", "3", "--nodes", "1", "--seconds", "900", "--json"]
    try {
        await main(["node", "motewise", "sim", ...args, "--faults", faults])
        assert.equal(process.exitCode, 1)
        const told = errors.mock.calls.map(call => String(call.arguments[0]))
        assert.match(told[0], /^node [0-9a-f]{16}: \d+ reports were never acknowledged$/)
        assert.equal(
            told[1],
            `To see it again: npx motewise sim --virtual --seed 3 --nodes 1 --seconds 900 --faults "${faults}"`
        )
        assert.equal(out.mock.callCount(), 1)
    } finally {
        process.exitCode = undefined
        MemoryNetwork.prototype.connect = carry
        mock.restoreAll()
    }
})

const REFUSED: [string, string[], RegExp][] = [
    ["both", ["--faults", "crc", "--scenario", "bad-wifi"], /'--scenario.*' cannot be used with/],
    ["an unknown scenario", ["--scenario", "bad-wfi"], /no scenario "bad-wfi"; did you mean/],
    [
        "an unknown fault in a file",
        ["--scenario", scenario({ faults: ["kik:every=1s"] })],
        /day\.json: faults\[0\]: no fault "kik"; did you mean "kick"/,
    ],
    ["a node that is none", ["--nodes", "2", "--faults", "refuse:node=2"], /no node 2/],
    [
        "the death of somebody's broker",
        ["--broker", "mqtt://far.test", "--faults", "brokerKill:every=1h"],
        /not ours to kill/,
    ],
]
for (const [what, args, reason] of REFUSED)
    test(`${what} is refused in a line, with exit code 2`, () => {
        assertRefused(motewise("sim", ...args), reason)
    })
