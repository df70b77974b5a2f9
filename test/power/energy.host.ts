/** Worked out by hand from the figures of the datasheets that board-power.ts cites. */
import assert from "node:assert/strict"
import { test } from "node:test"
import { boardFile, ourBoards } from "../../image/boards"
import { BOARD_POWER, SIMULATED_CHIP } from "../../src/power/board-power"
import { batteryDays, energyOf, standbyOf, sumOf, type Span } from "../../src/power/energy"
import type { Use } from "../../src/power/use"

const NOTHING: Use = {
    chip: "esp32c3",
    exchanges: 0,
    exchangeMs: 0,
    packets: 0,
    sentBytes: 0,
    awakeMs: 0,
}
const HOUR_MS = 3_600_000
const C3 = BOARD_POWER.esp32c3

const span = (use: Partial<Use>, more: Partial<Span> = {}): Span => ({
    use: { ...NOTHING, ...use },
    boots: 0,
    uptimeMs: HOUR_MS,
    samples: 60,
    reports: 12,
    ...more,
})

function near(actual: number | undefined, expected: number, digits = 6): void {
    assert.ok(
        actual !== undefined && Math.abs(actual - expected) <= Math.abs(expected) * 10 ** -digits,
        `${actual}, not ${expected}`
    )
}

test("a C3 in its WiFi with nothing to say draws 3.3 V times 21.47 mA", () => {
    const energy = energyOf(C3, span({}))
    near(energy.meanMilliwatts, 70.851)
    near(energy.millijoules, 255_063.6) // for an hour
    assert.equal(energy.radioOnSeconds, 0)
})

test("each board at rest draws what Espressif measured at its DTIM 1, or the Pico W's user at 5 V", () => {
    const milliwatts: Record<string, number> = {
        esp32: 102.696, // 3.3 x 31.12
        esp32c3: 70.851,
        esp32s2: 102.762, // 3.3 x 31.14
        esp32s3: 132.33, // 3.3 x 40.1
        rp2040w: 160, // 5 x 32
    }
    assert.deepEqual(Object.keys(BOARD_POWER).sort(), Object.keys(milliwatts).sort())
    for (const [chip, expected] of Object.entries(milliwatts))
        near(energyOf(BOARD_POWER[chip], span({})).meanMilliwatts, expected)
})

test("an exchange costs its length and 50 ms of listening, and its frames at 345 mA", () => {
    // 12 reports of one exchange each: PUBLISH of 117 B, PUBACK 20 ms later.
    const { millijoulesPerReport, radioOnSeconds } = energyOf(
        C3,
        span({ exchanges: 12, exchangeMs: 240, packets: 24, sentBytes: 1404 })
    )
    near(radioOnSeconds, 0.84) // 12 x (20 + 50) ms
    // Listening: (82 - 21.47) mA x 70 ms = 4.2371 mC. Two frames of 92 B around what is sent: 2 x (192 + 736) us, and 117 x 8 us: 2.792 ms;
    // x (345 - 82) mA = 0.734296 mC. Together 4.971396 mC at 3.3 V.
    near(millijoulesPerReport, 16.4056068)
})

test("a round counts as computing: 28 - 21 mA, at 130 ms each", () => {
    const energy = energyOf(C3, span({ awakeMs: 60 * 130 }))
    near(energy.millijoulesPerSample, 3.003) // 3.3 x 7 x 0.13
    near(energy.millijoulesPerVerdict, 0.0231) // 3.3 x 7 x 0.001
})

test("the parts make the whole: what is told sums up to the mean", () => {
    const energy = energyOf(
        C3,
        span({ exchanges: 12, exchangeMs: 240, packets: 24, sentBytes: 1404, awakeMs: 7800 })
    )
    near(energy.millijoules, 255_063.6 + 12 * 16.4056068 + 60 * 3.003)
})

test("every boot joins the WiFi: 1.821 s of listening, 204 mC on an ESP32", () => {
    const { esp32 } = BOARD_POWER
    const at = (boots: number) => energyOf(esp32, span({}, { boots })).millijoules
    near((at(1) - at(0)) / 3.3, 1.821 * (112 - 31.12)) // over what it draws anyway
    near(1.821 * 112, 204, 3)
    near(at(3) - at(0), 3 * (at(1) - at(0)))
    assert.equal(energyOf(esp32, span({}, { boots: 3 })).radioOnSeconds, 5.463)
})

test("a boot that is over before it could join has not listened for longer than it was up", () => {
    const energy = energyOf(C3, span({}, { boots: 1, uptimeMs: 1000 }))
    assert.equal(energy.radioOnSeconds, 1)
})

test("what is sent again costs as much again", () => {
    const once = energyOf(
        C3,
        span({ exchanges: 12, exchangeMs: 240, packets: 24, sentBytes: 1404 })
    )
    const twice = energyOf(
        C3,
        span({ exchanges: 24, exchangeMs: 480, packets: 48, sentBytes: 2808 })
    )
    near(twice.millijoulesPerReport, 2 * (once.millijoulesPerReport ?? NaN))
    assert.ok(twice.millijoules > once.millijoules, "more radio")
})

test("before there is a sample, a report or any time, there is no figure, not a zero", () => {
    const energy = energyOf(C3, span({}, { samples: 0, reports: 0, uptimeMs: 0 }))
    assert.equal(energy.millijoulesPerSample, undefined)
    assert.equal(energy.millijoulesPerReport, undefined)
    assert.equal(energy.meanMilliwatts, undefined)
})

test("boots add up, and their sum is told like one", () => {
    const first = span(
        { exchanges: 1, exchangeMs: 2, packets: 3, sentBytes: 4, awakeMs: 5 },
        { boots: 1 }
    )
    const second = span(
        { exchanges: 10, exchangeMs: 20, packets: 30, sentBytes: 40, awakeMs: 50 },
        { boots: 1, uptimeMs: 1, samples: 2, reports: 3 }
    )
    assert.deepEqual(sumOf([first, second]), {
        use: {
            chip: "esp32c3",
            exchanges: 11,
            exchangeMs: 22,
            packets: 33,
            sentBytes: 44,
            awakeMs: 55,
        },
        boots: 2,
        uptimeMs: HOUR_MS + 1,
        samples: 62,
        reports: 15,
    })
})

test("10,800 mWh last 6.35 days at 70.851 mW", () => {
    near(batteryDays(70.851, 10_800), 6.351357, 5)
})

test("in standby, a day of 1,440 samples and 24 reports on a C3", () => {
    const standby = standbyOf(C3, 1440, 24, 130)
    // Awake: 1,440 x 1.13 s and, for the network to be looked for, 24 x 1.918 s: 1,673.232 s at 28 mA. Radio: 24 x 2.121 s = 50.904 s at
    // 82 mA. The other 84,675.864 s at 0.005 mA. 46,850.496 + 4,174.128 + 423.37932 mC at 3.3 V.
    near(standby?.radioOnSecondsPerDay, 50.904)
    near(standby?.millijoulesPerDay, 169_778.411)
})

test("a Pico W has no standby to project", () => {
    assert.equal(standbyOf(BOARD_POWER.rp2040w, 1440, 24, 130), undefined)
})

test("every board of ours has its figures, and in their order: asleep, waiting, computing, receiving, sending", () => {
    for (const id of ourBoards().filter(board => board !== "simulator")) {
        const power = BOARD_POWER[boardFile(id).archId]
        assert.ok(power !== undefined, id)
        assert.ok((power.standbyMilliamperes ?? 0) < 1, id)
        assert.ok(power.waitingMilliamperes < power.activeMilliamperes, id)
        assert.ok(power.activeMilliamperes < power.receiveMilliamperes, id)
        assert.ok(power.connectedMilliamperes < power.receiveMilliamperes, id)
        assert.ok(power.receiveMilliamperes < power.transmitMilliamperes, id)
    }
    assert.ok(BOARD_POWER[SIMULATED_CHIP] !== undefined, "the simulator's")
})
