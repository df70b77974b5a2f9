import assert from "node:assert/strict"
import { beforeEach, test } from "node:test"
import { encode } from "cborg"
import { Twin, type HeardReport } from "../../fleet/twin"

const ID = "0123456789abcdef"
let nowMs = 0
let heard: HeardReport[] = []
let twin: Twin

interface Said {
    boot?: number
    sequence: number
    uptimeMs?: number
    samples?: number
    records?: [string, number | string][]
}

function say({ boot = 1, sequence, uptimeMs = 0, samples = 1, records = [] }: Said): void {
    const first = new Map<unknown, unknown>([
        [0, "n"],
        [2, samples],
        ["boot", Buffer.alloc(8, boot)],
        ["seq", sequence],
        ["up", uptimeMs],
    ])
    const rest = records.map(
        ([name, value]) =>
            new Map<unknown, unknown>([
                [0, name],
                [typeof value === "number" ? 2 : 3, value],
            ])
    )
    twin.hear(`mw/${ID}/up`, Buffer.from(encode([first, ...rest])))
}

const node = () => {
    const known = twin.nodes.get(ID)
    assert.ok(known, "known")
    return known
}

beforeEach(() => {
    nowMs = 0
    heard = []
    twin = new Twin(
        () => nowMs,
        (_id, report) => void heard.push(report)
    )
})

test("what a node reports is there under the contract's names", () => {
    say({
        sequence: 0,
        samples: 4,
        records: [
            ["t", 21.7],
            ["occupancy", "occupied"],
            ["g", 2],
        ],
    })
    assert.equal(node().reported.get("temperatureCelsius"), 21.7)
    assert.equal(node().verdict, "occupied")
    assert.equal(node().samples(), 4)
    assert.equal(node().gaps(), 2)
})

test("a report without a verdict leaves the one before, and is heard as none", () => {
    say({ sequence: 0, records: [["occupancy", "occupied"]] })
    say({ sequence: 1, records: [["t", 21]] })
    assert.equal(node().verdict, "occupied")
    assert.deepEqual(
        heard.map(report => report.verdict),
        ["occupied", undefined]
    )
})

test("a fault stands until the part is back", () => {
    say({ sequence: 0, records: [["fault/scd4x", "crc"]] })
    assert.deepEqual([...node().faults], [["scd4x", "crc"]])
    say({ sequence: 1, records: [["fault/scd4x", "none"]] })
    assert.equal(node().faults.size, 0)
})

test("a sequence number that was passed over is lost, until it comes late", () => {
    for (const sequence of [0, 1, 4]) say({ sequence })
    assert.equal(node().lost(), 2)
    say({ sequence: 3 })
    assert.equal(node().lost(), 1)
    assert.equal(node().duplicates, 0)
})

test("a duplicate is known, counted and not taken twice", () => {
    say({ sequence: 0, records: [["t", 20]] })
    say({ sequence: 1, records: [["t", 21]] })
    say({ sequence: 0, records: [["t", 20]] })
    assert.equal(node().duplicates, 1)
    assert.equal(node().received, 2)
    assert.equal(node().reported.get("temperatureCelsius"), 21)
    assert.equal(heard.length, 2)
})

test("another boot counts for itself: its first report is no duplicate and nothing is lost", () => {
    say({ boot: 1, sequence: 0, samples: 10 })
    say({ boot: 1, sequence: 1, samples: 20 })
    say({ boot: 2, sequence: 0, samples: 3 })
    assert.equal(node().duplicates, 0)
    assert.equal(node().lost(), 0)
    assert.equal(node().samples(), 23)
})

test("many boots do not grow without bound, and their sums stay", () => {
    for (let boot = 0; boot < 200; ++boot) say({ boot, sequence: 1, samples: 5 })
    assert.equal(node().samples(), 1000)
    assert.equal(node().lost(), 200)
})

test("a sample is dated by the least delay that was seen", () => {
    nowMs = 10_500
    say({ sequence: 0, uptimeMs: 9_000 }) // booted at 1,500 at the latest
    nowMs = 70_020
    say({ sequence: 1, uptimeMs: 69_000 }) // at 1,020
    nowMs = 140_000
    say({ sequence: 2, uptimeMs: 129_000 }) // a late one
    assert.deepEqual(
        heard.map(report => report.sampledAtMs),
        [10_500, 70_020, 130_020]
    )
})

test("the last will is offline, the birth online, and anything else is refused", () => {
    const state = (text: string) => twin.hear(`mw/${ID}/state`, Buffer.from(text))
    state(`{"state":"online","boot":"00"}`)
    assert.equal(node().online, true)
    state(`{"state":"offline"}`)
    assert.equal(node().online, false)
    for (const text of [
        "",
        "online",
        "null",
        "[]",
        `{"state":1}`,
        `{"state":"${"x".repeat(600)}"}`,
    ])
        state(text)
    assert.equal(node().refused, 6)
    assert.equal(node().online, false)
})

test("a malformed report is counted and changes nothing", () => {
    say({ sequence: 0, records: [["t", 20]] })
    twin.hear(`mw/${ID}/up`, Buffer.from("8100", "hex"))
    assert.equal(node().refused, 1)
    assert.equal(node().reported.get("temperatureCelsius"), 20)
    assert.equal(heard.length, 1)
})

test("topics that are no node's are passed over", () => {
    for (const topic of ["mw/x/up", `mw/${ID}/up/x`, `mw/${ID.toUpperCase()}/up`, `xmw/${ID}/up`])
        twin.hear(topic, Buffer.from("x"))
    assert.equal(twin.nodes.size, 0)
})
