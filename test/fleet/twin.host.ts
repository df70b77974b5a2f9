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
    twin.hear(`mw/${ID}/up`, Buffer.from(encode([first, ...records.map(recordOf)])))
}

function recordOf([name, value]: [string, number | string]): Map<unknown, unknown> {
    return new Map<unknown, unknown>([
        [0, name],
        [typeof value === "number" ? 2 : 3, value],
    ])
}

interface SaidSealed {
    boot?: number
    kind?: number
    number: number
    first?: [unknown, unknown][]
    records?: [string, number | string][]
}

/** A sealed one, as its registrar has opened it. @param first beside the sample count */
function saySealed({ boot = 1, kind = 0, number, first = [], records = [] }: SaidSealed): void {
    const pack = [new Map<unknown, unknown>([[0, "n"], [2, 1], ...first]), ...records.map(recordOf)]
    const plaintext = Buffer.from(encode(pack))
    twin.hearSealed(ID, { boot: hexOf(boot), kind, number, plaintext })
}

const hexOf = (boot: number) => Buffer.alloc(8, boot).toString("hex")

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

test("a node that had kept alarms and comes back with a new store has lost its flash", () => {
    const state = (store: string) =>
        twin.hear(`mw/${ID}/state`, Buffer.from(`{"state":"online","store":"${store}"}`))
    state("new")
    state("new")
    state("kept")
    twin.hear(`mw/${ID}/state`, Buffer.from(`{"state":"offline"}`))
    state("kept")
    assert.equal(node().storesLost, 0)
    state("new")
    assert.equal(node().storesLost, 1)
    state("new")
    assert.equal(node().storesLost, 1)
    state("torn")
    assert.equal(node().storeTorn, true)
    state("new")
    assert.equal(node().storeTorn, false)
})

test("what the outbox dropped is accounted for; what nothing explains is not", () => {
    for (const sequence of [0, 1, 9]) say({ sequence })
    assert.equal(node().unaccounted(), 7)
    say({ sequence: 10, records: [["lost", "2-5,8"]] })
    assert.deepEqual([node().lost(), node().unaccounted()], [7, 2])
    say({ sequence: 6 })
    say({ sequence: 7 })
    assert.deepEqual([node().lost(), node().unaccounted()], [5, 0])
    say({ sequence: 11, records: [["lost", "2-"]] })
    assert.equal(node().refused, 1)
})

test("flash writes are told a day, over all boots", () => {
    const day = 86_400_000
    say({ boot: 1, sequence: 0, uptimeMs: day / 2, records: [["fw", 3]] })
    say({ boot: 2, sequence: 0, uptimeMs: day / 2, records: [["fw", 1]] })
    assert.equal(node().flashWritesPerDay(), 4)
})

test("what a boot had in RAM went with it: the next boot accounts for it", () => {
    for (const sequence of [0, 3]) say({ boot: 1, sequence })
    assert.equal(node().unaccounted(), 2)
    say({ boot: 2, sequence: 0 })
    assert.deepEqual([node().lost(), node().unaccounted()], [2, 0])
})

test("a day's outage is remembered to the last number", () => {
    say({ sequence: 0 })
    say({ sequence: 86_400 })
    assert.equal(node().lost(), 86_399)
    for (const sequence of [86_399, 1, 40_000]) say({ sequence })
    assert.equal(node().lost(), 86_396)
    assert.equal(node().duplicates, 0)
    for (const sequence of [86_399, 1, 40_000]) say({ sequence })
    assert.equal(node().duplicates, 3)
    say({ sequence: 86_401, records: [["lost", "2-86398"]] })
    assert.equal(node().unaccounted(), 0)
})

test("newest first after an outage: an older report does not overwrite what is known", () => {
    say({
        sequence: 0,
        records: [
            ["t", 20],
            ["occupancy", "vacant"],
        ],
    })
    say({
        sequence: 5,
        records: [
            ["t", 25],
            ["occupancy", "occupied"],
        ],
    })
    say({
        sequence: 4,
        records: [
            ["t", 24],
            ["occupancy", "vacant"],
            ["fault/scd4x", "crc"],
        ],
    })
    assert.equal(node().reported.get("temperatureCelsius"), 25)
    assert.equal(node().verdict, "occupied")
    assert.equal(node().faults.size, 0)
    assert.equal(heard.at(-1)?.verdict, "vacant")
})

test("an alarm of an earlier boot, told again, does not overwrite what is known", () => {
    say({ boot: 2, sequence: 0, records: [["occupancy", "vacant"]] })
    say({ boot: 1, sequence: 7, samples: 0, records: [["occupancy", "occupied"]] })
    assert.equal(node().verdict, "vacant")
    assert.equal(node().unaccounted(), 0)
})

test("once a boot has told the time, its records before are dated too", () => {
    say({ sequence: 0, uptimeMs: 5_000 })
    const boot = "01".repeat(8)
    assert.equal(node().epochMsOf(boot, 5_000), undefined)
    const first = new Map<unknown, unknown>([
        [-3, 1_763_640_060],
        [0, "n"],
        [2, 2],
        ["boot", Buffer.alloc(8, 1)],
        ["seq", 1],
        ["up", 65_000],
    ])
    twin.hear(`mw/${ID}/up`, Buffer.from(encode([first])))
    assert.equal(node().epochMsOf(boot, 5_000), 1_763_640_000_000)
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

test("a sealed report is heard as an open one is; its nonce says which one it is", () => {
    saySealed({
        number: 0,
        first: [["up", 0]],
        records: [
            ["t", 21.7],
            ["occupancy", "occupied"],
        ],
    })
    saySealed({ number: 3, first: [["up", 1]] })
    saySealed({ number: 3, first: [["up", 1]] })
    assert.equal(node().reported.get("temperatureCelsius"), 21.7)
    assert.equal(node().verdict, "occupied")
    assert.deepEqual([node().lost(), node().duplicates, node().received], [2, 1, 2])
    assert.equal(heard[0].boot, "0101010101010101")
    assert.equal(heard[1].sequence, 3)
})

test("a report that tells the time of day alone is dated by what its boot has told", () => {
    // Booted at 1,000 by the far end's clock, and at 1,763,640,000 s.
    nowMs = 6_000
    saySealed({
        number: 0,
        first: [
            [-3, 1_763_640_005],
            ["up", 5_000],
        ],
    })
    nowMs = 400_000
    saySealed({ number: 1, first: [[-3, 1_763_640_305]] })
    assert.deepEqual(
        heard.map(({ sampledAtMs, epochMs }) => [sampledAtMs, epochMs]),
        [
            [6_000, 1_763_640_005_000],
            [306_000, 1_763_640_305_000],
        ]
    )
    saySealed({ number: 2, first: [[-3, 1_763_640_605]], records: [["fw", 1]] })
    // one write in 605 s
    assert.equal(Math.round(node().flashWritesPerDay()), 143)
})

test("of a boot of which nothing is known it is dated by when it came, and spoils nothing", () => {
    nowMs = 70_000
    saySealed({ number: 0, first: [[-3, 1_763_640_065]] })
    assert.equal(node().flashWritesPerDay(), 0)
    nowMs = 126_000
    saySealed({
        number: 1,
        first: [
            [-3, 1_763_640_125],
            ["up", 125_000],
        ],
    })
    nowMs = 200_000
    saySealed({ number: 2, first: [["up", 185_000]] })
    assert.deepEqual(
        heard.map(({ sampledAtMs, epochMs }) => [sampledAtMs, epochMs]),
        [
            [70_000, 1_763_640_065_000],
            [126_000, 1_763_640_125_000],
            [186_000, 1_763_640_185_000],
        ]
    )
})

test("a clock that was set back does not date a sample before its boot", () => {
    nowMs = 150_000 // booted at 50,000
    saySealed({
        number: 0,
        first: [
            [-3, 1_763_640_100],
            ["up", 100_000],
        ],
    })
    nowMs = 210_000
    saySealed({ number: 1, first: [[-3, 1_763_630_000]] })
    assert.equal(heard[1].sampledAtMs, 50_000)
})

test("an alarm of an earlier boot, sealed by this one, has its own boot and sequence inside", () => {
    saySealed({ boot: 2, number: 0, first: [["up", 0]], records: [["occupancy", "vacant"]] })
    saySealed({
        boot: 2,
        kind: 1,
        number: 0,
        first: [
            ["boot", Buffer.alloc(8, 1)],
            ["seq", 7],
            ["up", 60_000],
        ],
        records: [["occupancy", "occupied"]],
    })
    assert.deepEqual([heard[1].boot, heard[1].sequence], ["0101010101010101", 7])
    assert.equal(node().refused, 0)
    // and without it is none of ours
    saySealed({ boot: 2, kind: 1, number: 1, first: [["up", 60_000]] })
    assert.equal(node().refused, 1)
})

test("what a node has used is told with the samples and reports that it took", () => {
    say({
        sequence: 4,
        uptimeMs: 300_000,
        samples: 5,
        records: [["use", "esp32c3 6 70 12 900 650"]],
    })
    assert.deepEqual(node().used(), [
        {
            use: {
                chip: "esp32c3",
                exchanges: 6,
                exchangeMs: 70,
                packets: 12,
                sentBytes: 900,
                awakeMs: 650,
            },
            boots: 1,
            uptimeMs: 300_000,
            samples: 5,
            reports: 5,
        },
    ])
    assert.equal(node().verdict, undefined)
    assert.equal(node().refused, 0)
})

test("of one boot the newest account counts, whichever comes last; every boot has its own", () => {
    say({ sequence: 1, uptimeMs: 600_000, samples: 10, records: [["use", "esp32 2 0 2 2 2"]] })
    say({ sequence: 0, uptimeMs: 300_000, samples: 5, records: [["use", "esp32 1 0 1 1 1"]] })
    say({ boot: 2, sequence: 0, uptimeMs: 6000, samples: 1, records: [["use", "esp32 9 0 9 9 9"]] })
    assert.deepEqual(
        node()
            .used()
            .map(({ use, uptimeMs }) => [use.exchanges, uptimeMs]),
        [
            [2, 600_000],
            [9, 6000],
        ]
    )
})

test("an account that no node writes is counted as refused, and none", () => {
    const wrong = [
        "",
        "esp32 1 2 3 4",
        "esp32 1 2 3 4 5 6",
        "esp32 1 2 3 4 -5",
        "esp32 1 2 3 4 5.5",
        "esp-32 1 2 3 4 5",
        "esp32 1 2 3 4 1e3",
        `esp32 1 2 3 4 ${"9".repeat(16)}`,
    ]
    wrong.forEach((text, sequence) => say({ sequence, records: [["use", text]] }))
    assert.equal(node().refused, wrong.length)
    assert.deepEqual(node().used(), [])
})
