/** The example of standby in the simulator: that what the far end hears is what it would hear of a node that stays awake. */
import assert from "node:assert/strict"
import { test } from "node:test"
import { HOUR_S, changesOf, run, type Heard } from "./greenhouse"

/** Means of the rounds since the summary before, worked out by hand; of power-on the first alone. */
const DAY = [20, 21, 21, 21, 21, 21, 35, 23.4, ...Array(16).fill(21)]
const CHANGES = ["5.2 h warm", "6.3 h fine"]

/** What summaries told: an alarm repeats what the far end knows. */
function summaries(heard: Heard[]): (number | undefined)[] {
    return heard.filter(({ second }) => second % HOUR_S < 60).map(({ celsius }) => celsius)
}

test("a day of standby tells the changes, the summaries and the samples of a day awake, with a write a wake", async () => {
    const awake = await run({ isStandingBy: false, hours: 24 })
    const { heard, result, counters, panics, broken, unaccounted, isOnline } = await run({
        hours: 24,
    })
    for (const told of [awake.heard, heard]) {
        assert.deepEqual(summaries(told), DAY)
        assert.deepEqual(changesOf(told), CHANGES)
    }
    assert.equal(awake.counters.boots, 1)
    assert.deepEqual([panics, broken, unaccounted], [[], [], 0])
    // It took leave of the broker, so there was no last will.
    assert.equal(isOnline, true)
    assert.deepEqual(
        [result.samples, result.gaps, result.lost],
        [awake.result.samples, 0, awake.result.lost]
    )
    // One a round, of which the last may be on its way.
    assert.ok(Math.abs(counters.boots - 24 * 6) <= 1, `${counters.boots} boots`)
    // The byte in the second key, once; each of the two alarms before it is sent; and a compaction about every 60.
    const more = counters.flashWrites - counters.boots
    assert.ok(more >= 2 && more <= 6, `${more} writes more than wakes`)
})

test("with a claim, a day is sealed under another boot each time, and the fleet refuses nothing", async () => {
    const { heard, result, panics, broken, enrolled } = await run({ hours: 9, enrol: true })
    assert.deepEqual(summaries(heard), DAY.slice(0, 9))
    assert.deepEqual(changesOf(heard), CHANGES)
    assert.deepEqual([panics, broken], [[], []])
    assert.deepEqual([enrolled?.nodes, enrolled?.refused, result.lost], [1, 0, 0])
    assert.equal(new Set(heard.map(({ boot }) => boot)).size, heard.length)
    assert.ok(
        heard.every(({ sequence }) => sequence === 0),
        "one report a wake"
    )
})

test("a broker that is away for five hours costs nothing: its alarms come first, and one summary is of all", async () => {
    const { heard, result, counters, panics, unaccounted, failedRounds } = await run({
        hours: 12,
        spec: "brokerKill:from=4.5h,for=5h",
    })
    // With the summary, with each of the alarms, and then ever more seldom: not in each of 30 wakes.
    assert.ok(failedRounds.size >= 5 && failedRounds.size <= 14, `tried in ${failedRounds.size}`)
    assert.ok(failedRounds.has(31) && failedRounds.has(38), [...failedRounds].join())
    const back = heard.findIndex(({ second }) => second > 9.5 * HOUR_S)
    const [warm, fine, summary, next] = heard.slice(back)
    assert.deepEqual([warm.verdict, fine.verdict], ["warm", "fine"])
    assert.equal(summary.second - warm.second, 0)
    // Retries are an hour apart at most.
    assert.ok(warm.second <= 10.7 * HOUR_S, `${warm.second / HOUR_S} h`)
    // All rounds since that of 04:00, the seven warm ones among them.
    const rounds = Math.round((summary.second - 4 * HOUR_S) / 600)
    const celsius = Array.from({ length: rounds }, (_, i) => i + 25).map(round =>
        round >= 31 && round < 38 ? 35 : 20 + 0.4 * (round % 6)
    )
    const mean = celsius.reduce((sum, value) => sum + value, 0) / rounds
    assert.equal(summary.celsius, Math.round(mean * 10) / 10)
    assert.ok((next.celsius ?? 0) < 23, `${next.celsius}: the next is of its own rounds`)
    assert.equal(result.samples, Math.round((heard.at(-1)?.second ?? 0) / 600) + 1)
    assert.deepEqual([panics, unaccounted, result.gaps], [[], 0, 0])
    assert.ok(Math.abs(counters.boots - 12 * 6) <= 1, `${counters.boots} boots`)
})

test("a part that fails is told when it is lost and when it is back, and its rounds are gaps", async () => {
    const { heard, result, panics } = await run({
        hours: 4,
        spec: "nack:part=sht4x,from=65min,for=60min",
    })
    const told = heard
        .map(({ faults, verdict }) => `${verdict} ${faults}`)
        .filter((line, at, all) => line !== all[at - 1])
    assert.deepEqual(told, ["fine ", "unknown sht4x,bus", "fine "])
    assert.deepEqual([result.gaps, panics], [6, []])
    // Every hour that is whole has a mean of 20 + 0.4 x 2.5; in between an alarm repeats what was told last.
    assert.deepEqual(
        heard.filter(({ faults }) => faults === "").map(({ celsius }) => celsius),
        [20, 21, 21, 21]
    )
})

test("power that fails in standby, and while it is awake, costs a round at most", async () => {
    const { heard, result, counters, panics, unaccounted } = await run({
        hours: 12,
        spec: "brownOut:every=47min,by=20s",
    })
    assert.ok(counters.powerCuts >= 14, `${counters.powerCuts} cuts`)
    assert.deepEqual([panics, counters.storeFormatted, unaccounted], [[], 0, 0])
    // A node that is back samples at once, so rounds come early: never fewer than the hours have, of which the last is not told yet.
    assert.ok(result.samples >= 11 * 6, `${result.samples} samples`)
    assert.deepEqual(
        changesOf(heard).map(change => change.split(" ")[2]),
        ["warm", "fine"]
    )
})

test("a clock that is two percent fast is held to the fleet's time of day", async () => {
    const { heard } = await run({ hours: 10, spec: "clockSkew:by=20000ppm" })
    const hours = heard.filter(({ verdict }) => verdict === "fine").map(({ second }) => second)
    const first = hours[1] - hours[0]
    // A second of each wake is the chip's start, which its own clock does not see; two percent of an hour are 72 s.
    assert.ok(first > 3520 && first < 3540, `${first} s, before there was a time of day to compare`)
    for (const at of [3, 4]) {
        const hour = hours[at] - hours[at - 1]
        assert.ok(Math.abs(hour - HOUR_S) < 4, `${hour} s for an hour`)
    }
})

test("a chip without standby stays awake, and tells the same", async () => {
    const { heard, counters, lines } = await run({ hours: 7, chip: "rp2040w" })
    assert.equal(counters.boots, 1)
    assert.equal(counters.flashWrites, 2)
    assert.ok(
        lines.some(line => line.includes("standby: none on rp2040w, staying awake")),
        "it says so"
    )
    assert.deepEqual(summaries(heard), DAY.slice(0, 7))
    assert.deepEqual(changesOf(heard), CHANGES)
})
