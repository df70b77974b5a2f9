/** The bench of energy in its quick form: three hours in which the light goes on and off. */
import assert from "node:assert/strict"
import { test } from "node:test"
import { measureEnergy } from "../../bench/energy/energy"
import { FlickerWorld } from "../../bench/soak/world"
import { compile } from "../../image/compile"
import { Rehearsal } from "../../rehearsal/rehearsal"
import type { Conditions } from "../../sim/parts/part"
import type { World } from "../../sim/worlds/world"
import { BOARD_POWER } from "../../src/power/board-power"

const MINUTES = 180
const light = new FlickerWorld(1, 1, MINUTES)
const room: World = {
    name: "flickering room",
    rowMs: light.rowMs,
    rows: undefined,
    conditionsAt: (place, timeMs): Conditions => ({
        temperatureCelsius: 21,
        relativeHumidityPercent: 40,
        carbonDioxidePpm: 600,
        ...light.conditionsAt(place, timeMs),
    }),
    truthAt: (place, row) => light.truthAt(place, row),
}

const measured = (chip: string) =>
    measureEnergy({
        world: room,
        rows: MINUTES,
        board: chip,
        power: BOARD_POWER[chip],
        batteryMilliwattHours: 10_800,
        seed: 1,
    })

test("raw, summary, verdict: ever fewer bytes, the same verdicts, and energy saved where the node can sleep", async () => {
    const { policies, compared, agreeing, agreement, disagreements } = await measured("esp32c3")
    assert.deepEqual(
        policies.map(({ policy }) => policy),
        ["raw", "summary", "verdict"]
    )
    const [raw, summary, verdict] = policies
    assert.equal(compared, MINUTES)
    assert.equal(agreeing, MINUTES)
    assert.equal(agreement, 1)
    assert.deepEqual(disagreements, [])
    for (const { accuracy } of policies) assert.equal(accuracy, 1)

    assert.equal(raw.reportsPerDay, 1440)
    assert.ok(raw.reportsPerDay > summary.reportsPerDay, "reports")
    assert.ok(summary.reportsPerDay > verdict.reportsPerDay, "reports")
    assert.ok(raw.bytesPerDay > 1.5 * summary.bytesPerDay, "bytes")
    assert.ok(summary.bytesPerDay > 1.5 * verdict.bytesPerDay, "bytes")
    // A keepalive of a minute: who has nothing to say pings.
    for (const { exchangesPerDay } of policies)
        assert.ok(exchangesPerDay > 1400 && exchangesPerDay < 2000, `${exchangesPerDay} exchanges`)
    // 3.3 V x 21.47 mA x 86,400 s is 6,121.5 J: what a node draws that stays in its WiFi, whatever it says.
    for (const { millijoulesPerDay } of policies)
        assert.ok(millijoulesPerDay > 6_121_500 && millijoulesPerDay < 6_250_000, "connected")

    const [rawAsleep, summaryAsleep, verdictAsleep] = policies.map(({ standby }) => standby)
    assert.ok(rawAsleep && summaryAsleep && verdictAsleep, "a C3 has standby")
    // 1,440 joins and sessions of 2.121 s.
    assert.equal(rawAsleep.radioOnSecondsPerDay, 3054)
    assert.ok(rawAsleep.millijoulesPerDay > 2 * summaryAsleep.millijoulesPerDay, "standby")
    assert.ok(summaryAsleep.millijoulesPerDay > verdictAsleep.millijoulesPerDay, "standby")
    assert.ok(rawAsleep.batteryDays < verdictAsleep.batteryDays, "days")
})

test("a Pico W's runtime has no standby: nothing is projected", async () => {
    const { policies } = await measured("rp2040w")
    for (const { standby } of policies) assert.equal(standby, null)
})

test("what a node says that it sent is what its packets are long", async () => {
    const { bytes: image } = await compile("bench/programs/energy/raw.ts")
    const published: number[] = []
    const used: number[][] = []
    const rehearsal = await Rehearsal.create({
        image,
        nodes: 1,
        world: room,
        seed: 1,
        virtual: true,
        speed: 1,
        seconds: 1800,
        faults: [],
        exact: false,
        print: (_, line) => {
            const [, json] = /^> raw \d+ (.+)$/.exec(line) ?? []
            // [3.3] flags, length, topic of 22 B with its length, id, payload
            if (json !== undefined) published.push(1 + 1 + 2 + 22 + 2 + json.length)
            const [, counts] = /^> used \d+ wasm (.+)$/.exec(line) ?? []
            if (counts !== undefined) used.push(counts.split(" ").map(Number))
        },
    })
    await rehearsal.run()
    await rehearsal.close()
    const [exchanges, exchangeMs, packets, sentBytes, awakeMs] = used[used.length - 1].map(
        (count, i) => count - used[1][i]
    )
    const minutes = used.length - 2
    assert.ok(minutes >= 27, `${minutes} minutes`)
    // Told before its own sample is sent, and after the one before.
    const publishedBytes = published.slice(1, -1).reduce((sum, length) => sum + length, 0)
    const pings = (sentBytes - publishedBytes) / 2
    assert.ok(Number.isInteger(pings) && pings >= 0 && pings <= minutes, `${pings} pings`)
    // PUBLISH and PUBACK; PINGREQ and PINGRESP, which may come in one millisecond with the PUBACK.
    const most = 2 * minutes + 2 * pings
    assert.ok(packets >= most - pings && packets <= most, `${packets} packets, ${pings} pings`)
    assert.ok(exchanges >= minutes && exchanges <= minutes + pings, `${exchanges} exchanges`)
    assert.ok(exchangeMs > 0 && exchangeMs < 100 * minutes, `${exchangeMs} ms on the air`)
    // SHT4x 10 ms, BH1750 120 to 180 ms, bus and all.
    assert.ok(awakeMs > 100 * minutes && awakeMs < 300 * minutes, `${awakeMs} ms awake`)
})
