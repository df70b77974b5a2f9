import assert from "node:assert/strict"
import { test } from "node:test"
import { Clock } from "../../sim/clock"
import { FAULT_NAMES, factsOf } from "../../sim/fault-kinds"
import { checkNodes, faultsOfNode, formatFaults, parseFaults, wasDueSince } from "../../sim/faults"
import { NodeClock } from "../../sim/node-clock"
import { RandomStream } from "../../sim/random"
import { Strikes, type Tally } from "../../sim/strikes"

const parse = (spec: string) => parseFaults(spec, ["sht4x"])

test("every kind parses by its name alone, or asks for its times, and is said again as it was", () => {
    for (const kind of FAULT_NAMES) {
        const times = factsOf(kind).momentary === undefined ? "" : ":every=1h"
        const spec = kind === "clockSkew" ? "clockSkew:by=1ppm" : `${kind}${times}`
        const [fault] = parse(spec)
        assert.equal(fault.kind, kind)
        assert.equal(formatFaults([fault, fault]), `${spec};${spec}`)
    }
})

test("what strikes at a moment begins at `every`, what lasts begins at once", () => {
    const [kill, refuse] = parse("brokerKill:every=30s;refuse:every=30s,for=1s")
    assert.deepEqual([kill.fromMs, kill.forMs], [30_000, 5_000])
    assert.deepEqual([refuse.fromMs, refuse.forMs], [0, 1_000])
})

test("nodes are picked by index and range", () => {
    const faults = parse("refuse:node=0+2-3;dnsFail")
    const kinds = [0, 1, 2, 3, 4].map(index => faultsOfNode(faults, index).length)
    assert.deepEqual(kinds, [2, 1, 2, 2, 1])
    checkNodes(faults, 4)
    assert.throws(() => checkNodes(faults, 3), /fault refuse: node: no node 3. There are: 0 to 2/)
})

const REFUSED: [string, RegExp][] = [
    ["refuse:part=sht4x", /fault refuse: no "part". There are: node, p, from, for, every/],
    ["brokerKill:node=1", /fault brokerKill: no "node"/],
    ["drop", /fault drop: give it "from" or "every"/],
    ["refuse:node=x", /node: "x" is not like 3, 0-4 or 0\+2\+7-9/],
    ["refuse:node=4-2", /node: "4-2"/],
    ["clockSkew", /clockSkew: by: "" is not like 200ppm/],
    ["clockSkew:by=5s", /by: "5s" is not like 200ppm/],
    ["clockSkew:by=900000ppm", /up to 100000/],
    ["connackRefuse:code=9", /code: "9" is not a CONNACK code/],
    ["drop:every=0s", /every: "0" is no time/],
]
for (const [spec, reason] of REFUSED)
    test(`the fault "${spec}" is refused, and why`, () => {
        assert.throws(() => parse(spec), reason)
    })

test("a fault counts as active from its start until what it did is over", () => {
    const [cut] = parse("brownOut:from=10s,by=2s")
    assert.equal(wasDueSince(cut, 0, 9_000), false)
    assert.equal(wasDueSince(cut, 11_000, 20_000), true)
    assert.equal(wasDueSince(cut, 13_000, 20_000), false)
    const [again] = parse("refuse:every=1min,for=1s")
    assert.equal(wasDueSince(again, 62_000, 119_000), false)
    assert.equal(wasDueSince(again, 62_000, 120_000), true)
})

test("strikes at a start come at their times, by their chance, and are counted", () => {
    const clock = new Clock()
    const tally: Tally = new Map()
    const strikes = new Strikes(
        parse("drop:every=10s;kick:from=5s,every=10s,p=0.5"),
        clock,
        new RandomStream("test"),
        tally
    )
    const times: number[] = []
    strikes.atEachStart("drop", () => times.push(clock.nowMs()) > 0)
    strikes.atEachStart("kick", () => false)
    while (clock.step(35_000));
    assert.deepEqual(times, [10_000, 20_000, 30_000])
    // A strike that hits nothing is none.
    assert.deepEqual([...tally], [["drop", 3]])
})

test("a skewed clock gains by its share, while it is skewed, and waits accordingly", () => {
    const clock = new Clock()
    const strikes = new Strikes(
        parse("clockSkew:by=1000ppm,from=100s,for=1000s;clockSkew:by=-500ppm,from=100s,for=1000s"),
        clock,
        new RandomStream("test")
    )
    const own = new NodeClock(clock, () => strikes.skewPpm())
    for (let ms = 0; ms <= 3_000_000; ms += 100) {
        clock.step(ms)
        own.nowMs()
    }
    assert.ok(Math.abs(own.nowMs() - 3_000_500) <= 1, `${own.nowMs()}`)
    clock.at(3_100_000, () => {})
    const fast = new NodeClock(clock, () => 100_000)
    assert.ok(Math.abs(fast.waitMs(110) - 100) < 1e-9, `${fast.waitMs(110)}`)
})
