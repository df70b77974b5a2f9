/** The made-up worlds: repeatable, within what parts can measure, and as the physics they claim. */
import assert from "node:assert/strict"
import { describe, test } from "node:test"
import type { Conditions } from "../../sim/parts/part"
import { STILL_PERCENT } from "../../sim/worlds/climate"
import { TOO_WARM_CELSIUS } from "../../sim/worlds/cold"
import { referenceMillimetres } from "../../sim/worlds/soil"
import { clearSkyLuxes, elevationSine, extraterrestrialMegajoules } from "../../sim/worlds/sun"
import { Trajectory } from "../../sim/worlds/trajectory"
import type { World } from "../../sim/worlds/world"
import { WORLD_NAMES, worldKind, worldOfApp } from "../../sim/worlds/worlds"
import { UsageError } from "../../image/project"

const DAY_MS = 86_400_000
/** The run begins at 07:30. */
const MINUTES_TO_MIDNIGHT = 16.5 * 60
const MADE_UP = ["soil", "street", "cold", "air", "climate"]

/** What the parts of the apps take for possible, as their drivers have it. */
const POSSIBLE: Partial<Record<keyof Conditions, [number, number]>> = {
    temperatureCelsius: [-10, 60],
    soilTemperatureCelsius: [-40, 85],
    relativeHumidityPercent: [0, 100],
    illuminanceLuxes: [0, 120_000],
    carbonDioxidePpm: [350, 40_000],
    soilMoistureTicks: [200, 2000],
    pm1MicrogramsPerCubicMetre: [0, 1000],
    pm25MicrogramsPerCubicMetre: [0, 1000],
    pm4MicrogramsPerCubicMetre: [0, 1000],
    pm10MicrogramsPerCubicMetre: [0, 1000],
    magneticFluxDensityXMicroteslas: [-3000, 3000],
    magneticFluxDensityYMicroteslas: [-3000, 3000],
    magneticFluxDensityZMicroteslas: [-3000, 3000],
}

interface Row {
    felt: Required<Conditions>
    truth: string | undefined
}

function rowsOf(world: World, place: number, days: number): Row[] {
    const count = Math.floor((days * DAY_MS) / world.rowMs)
    return Array.from({ length: count }, (_, row) => ({
        felt: world.conditionsAt(place, row * world.rowMs) as Required<Conditions>,
        truth: world.truthAt(place, row),
    }))
}

function worldOf(name: string, seed = 1, places = 2): World {
    return worldKind(name).make(seed, places)
}

for (const name of MADE_UP)
    describe(name, () => {
        test("is the same whoever asks in whatever order, and whatever stands beside", () => {
            const forward = worldOf(name)
            const rows = Math.floor((4 * DAY_MS) / forward.rowMs)
            const asked = Array.from({ length: 200 }, (_, i) => Math.floor((i * rows) / 200))
            const expected = asked.map(row => ({
                felt: { ...forward.conditionsAt(1, row * forward.rowMs) },
                truth: forward.truthAt(1, row),
            }))
            const jumping = worldOf(name, 1, 5)
            for (let i = 0; i < asked.length; ++i) {
                // 77 shares no factor with 200.
                const at = (i * 77) % asked.length
                jumping.conditionsAt(4, asked[asked.length - 1 - at] * jumping.rowMs)
                const felt = jumping.conditionsAt(1, asked[at] * jumping.rowMs)
                assert.deepEqual({ ...felt }, expected[at].felt, `row ${asked[at]}`)
                assert.equal(jumping.truthAt(1, asked[at]), expected[at].truth)
            }
        })

        test("differs from seed to seed and from place to place", () => {
            const felt = (seed: number, place: number) =>
                JSON.stringify(worldOf(name, seed).conditionsAt(place, DAY_MS))
            assert.notEqual(felt(1, 0), felt(2, 0))
            assert.notEqual(felt(1, 0), felt(1, 1))
        })

        test("is never more than its parts can measure, in 30,000 rows", () => {
            const { measurands } = worldKind(name)
            const world = worldOf(name)
            for (const { felt } of rowsOf(world, 0, (30_000 * world.rowMs) / DAY_MS))
                for (const measurand of measurands) {
                    const [least, most] = POSSIBLE[measurand] ?? assert.fail(measurand)
                    const value = felt[measurand]
                    assert.ok(value >= least && value <= most, `${measurand} ${value}`)
                }
        })

        test("asks for a place and a time that are there", () => {
            assert.throws(() => worldOf(name).conditionsAt(2, 0), /place 2 of 2/)
            assert.throws(() => worldOf(name).truthAt(2, 0), /place 2 of 2/)
            assert.throws(() => worldOf(name).conditionsAt(0, -1), /timeMs -1/)
        })
    })

/** Which truths there are in so many days at two places, and in what share of the rows. */
function shares(name: string, days: number): Map<string, number> {
    const world = worldOf(name)
    const truths = [0, 1].flatMap(place => rowsOf(world, place, days).map(({ truth }) => truth))
    const counts = new Map<string, number>()
    for (const truth of truths) counts.set(truth ?? "", (counts.get(truth ?? "") ?? 0) + 1)
    for (const [truth, count] of counts) counts.set(truth, count / truths.length)
    return counts
}

for (const [name, days, classes] of [
    ["soil", 30, ["wait", "water"]],
    ["street", 3, ["off-free", "off-taken", "on-free", "on-taken"]],
    ["cold", 10, ["cold", "door-open", "too-warm"]],
    [
        "air",
        30,
        [
            "good",
            "hazardous",
            "moderate",
            "unhealthy",
            "unhealthy-for-sensitive-groups",
            "very-unhealthy",
        ],
    ],
    ["climate", 1, ["unusual", "usual"]],
] as const)
    test(`${name}: every class occurs within ${days} days, and no other`, () => {
        assert.deepEqual([...shares(name, days).keys()].sort(), classes)
    })

describe("sun", () => {
    test("sends what FAO-56 computes: 32.2 MJ/m2 on 3 September at 20 degrees south (its example 8)", () => {
        const megajoules = extraterrestrialMegajoules((-20 * Math.PI) / 180, 246)
        assert.ok(Math.abs(megajoules - 32.2) < 0.05, `${megajoules} MJ/m2`)
    })

    test("stands 23.4 degrees higher at midsummer's noon than at the equinox, and as much lower at midwinter's", () => {
        const degrees = (day: number) =>
            (Math.asin(elevationSine((50 * Math.PI) / 180, day, 720)) * 180) / Math.PI
        // 90 - latitude +- 23.4, at the solstices.
        assert.ok(Math.abs(degrees(172) - 63.4) < 0.3, `${degrees(172)} in June`)
        assert.ok(Math.abs(degrees(355) - 16.6) < 0.3, `${degrees(355)} in December`)
    })

    test("leaves 400 lx at sunset and 3.4 lx at the end of civil twilight", () => {
        assert.ok(Math.abs(clearSkyLuxes(0) - 400) < 1, `${clearSkyLuxes(0)} lx`)
        const dusk = clearSkyLuxes(Math.sin((-6 * Math.PI) / 180))
        assert.ok(Math.abs(dusk - 3.4) < 0.1, `${dusk} lx`)
    })
})

describe("soil", () => {
    test("evaporates what FAO-56 computes: 5.0 mm a day in Lyon in July (its example 20)", () => {
        // 26.6 and 14.8 Cel, 40.6 MJ/m2.
        const millimetres = referenceMillimetres((26.6 + 14.8) / 2, 26.6 - 14.8, 40.6)
        assert.ok(Math.abs(millimetres - 5.0) < 0.05, `${millimetres} mm`)
    })

    test("is never drier than the wilting point nor wetter than saturation", () => {
        const world = worldOf("soil")
        for (const place of [0, 1])
            for (const { felt } of rowsOf(world, place, 60)) {
                // 0.12 and 0.43 of water make 534 and 1061 ticks; probes differ by some per cent.
                const { soilMoistureTicks } = felt
                assert.ok(
                    soilMoistureTicks > 534 * 0.95 && soilMoistureTicks < 1061 * 1.05,
                    `${soilMoistureTicks} ticks`
                )
            }
    })

    test("wants water while it is dry, and stops when it has become wetter", () => {
        const rows = rowsOf(worldOf("soil"), 0, 60)
        const mean = (truth: string) => {
            const ticks = rows
                .filter(row => row.truth === truth)
                .map(({ felt }) => felt.soilMoistureTicks)
            return ticks.reduce((sum, tick) => sum + tick, 0) / ticks.length
        }
        assert.ok(mean("water") < mean("wait") - 30, `${mean("water")}, ${mean("wait")}`)
        const before = (at: number) => rows[Math.max(0, at - 36)].felt.soilMoistureTicks
        let ends = 0
        for (let at = 1; at < rows.length - 6; ++at) {
            if (rows[at - 1].truth !== "water" || rows[at].truth !== "wait") continue
            ++ends
            const after = Math.max(...rows.slice(at, at + 6).map(r => r.felt.soilMoistureTicks))
            assert.ok(after > before(at), `row ${at}: ${before(at)} to ${after} ticks`)
        }
        assert.ok(ends >= 3, `${ends} times in 60 days`)
    })

    test("dries by day and rests by night", () => {
        const rows = rowsOf(worldOf("soil"), 0, 60)
        const rowsToMidnight = MINUTES_TO_MIDNIGHT / 10
        // 00:00 to 03:00 and 10:00 to 13:00, on days on which nothing came from above: the median tells.
        const losses = (fromHour: number) => {
            const lost: number[] = []
            for (let day = 0; day < 58; ++day) {
                const from = rowsToMidnight + day * 144 + fromHour * 6
                const mean = (at: number) =>
                    rows.slice(at, at + 6).reduce((sum, r) => sum + r.felt.soilMoistureTicks, 0) / 6
                lost.push(mean(from) - mean(from + 18))
            }
            return lost.sort((a, b) => a - b)[29]
        }
        assert.ok(losses(10) > 3, `${losses(10)} ticks by day`)
        assert.ok(Math.abs(losses(0)) < losses(10) / 2, `${losses(0)} ticks by night`)
    })
})

describe("street", () => {
    const rows = rowsOf(worldOf("street"), 0, 40)

    test("is dark at midnight and light at noon, and the lamp burns less as spring goes on", () => {
        for (let day = 0; day < 38; ++day) {
            const midnight = MINUTES_TO_MIDNIGHT + day * 1440
            assert.match(rows[midnight].truth ?? "", /^on-/)
            assert.match(rows[midnight + 720].truth ?? "", /^off-/)
        }
        const burning = (day: number) =>
            rows
                .slice(MINUTES_TO_MIDNIGHT + day * 1440, MINUTES_TO_MIDNIGHT + (day + 1) * 1440)
                .filter(({ truth }) => truth?.startsWith("on-")).length
        // About 12 h less two dusks at the equinox, two hours less 38 days later.
        assert.ok(Math.abs(burning(0) - 690) < 30, `${burning(0)} minutes`)
        assert.ok(burning(0) - burning(37) > 100, `${burning(0)}, then ${burning(37)} minutes`)
    })

    test("shows a car as microteslas beyond what the empty place strays", () => {
        const distances = (kind: string) => {
            const field = ({ felt }: Row) => [
                felt.magneticFluxDensityXMicroteslas,
                felt.magneticFluxDensityYMicroteslas,
                felt.magneticFluxDensityZMicroteslas,
            ]
            const free = rows.filter(({ truth }) => truth?.endsWith("-free"))
            const mean = [0, 1, 2].map(
                axis => free.reduce((sum, row) => sum + field(row)[axis], 0) / free.length
            )
            return rows
                .filter(({ truth }) => truth?.endsWith(kind))
                .map(row => Math.hypot(...field(row).map((value, axis) => value - mean[axis])))
        }
        assert.ok(Math.max(...distances("-free")) < 3, "an empty place strays by less than 3 uT")
        const taken = distances("-taken")
        // The least car is 8 uT, from which the place may take what it strays.
        assert.ok(Math.min(...taken) > 5, `${Math.min(...taken)} uT`)
        const mean = taken.reduce((sum, value) => sum + value, 0) / taken.length
        assert.ok(mean > 15 && mean < 50, `${mean} uT in the mean`)
    })
})

describe("cold", () => {
    const rows = rowsOf(worldOf("cold"), 0, 14)

    test("cools between 3.5 and 5.5 Cel while nothing is wrong, and never below", () => {
        const celsius = rows.map(({ felt }) => felt.temperatureCelsius)
        // The part's own error is some tenths.
        assert.ok(Math.min(...celsius) > 3, `${Math.min(...celsius)} Cel`)
        const sorted = [...celsius].sort((a, b) => a - b)
        const median = sorted[Math.floor(sorted.length / 2)]
        assert.ok(median > 3.8 && median < 5.2, `${median} Cel`)
    })

    test("is too warm above 8 Cel, whatever the door does, and only then", () => {
        for (const { felt, truth } of rows) {
            const above = felt.temperatureCelsius - TOO_WARM_CELSIUS
            if (Math.abs(above) > 0.5) assert.equal(truth === "too-warm", above > 0)
        }
    })

    test("warms no faster than an open door lets it: 0.25 Cel a row", () => {
        for (let at = 1; at < rows.length; ++at) {
            const step = rows[at].felt.temperatureCelsius - rows[at - 1].felt.temperatureCelsius
            // (16.5 W/K x 22 K + 60 W) x 20 s / 35 kJ/K, and the part's noise.
            assert.ok(Math.abs(step) < 0.25 + 0.25, `${step} Cel`)
        }
    })

    test("is dark behind its door and light when it is open", () => {
        for (const { felt, truth } of rows) {
            if (truth === "door-open") assert.ok(felt.illuminanceLuxes > 25, "light")
            if (truth === "cold") assert.ok(felt.illuminanceLuxes < 10, "dark")
        }
    })
})

describe("air", () => {
    const rows = rowsOf(worldOf("air"), 0, 14)

    test("has more particles the larger they may be, and never less CO2 than outdoors", () => {
        for (const { felt } of rows) {
            const sizes = [
                felt.pm1MicrogramsPerCubicMetre,
                felt.pm25MicrogramsPerCubicMetre,
                felt.pm4MicrogramsPerCubicMetre,
                felt.pm10MicrogramsPerCubicMetre,
            ]
            assert.deepEqual(
                sizes,
                [...sizes].sort((a, b) => a - b)
            )
            // 420 ppm, less what the part may err.
            assert.ok(felt.carbonDioxidePpm > 420 - 70, `${felt.carbonDioxidePpm} ppm`)
        }
    })

    test("settles slowly: where nothing is cooked or opened, an hour takes less than two thirds", () => {
        // 0.5 air changes and 0.3 of settling leave e^-0.8 = 45 % above the outdoors; airing leaves next to nothing.
        let slow = 0
        for (let at = 60; at < rows.length; ++at) {
            const before = rows[at - 60].felt.pm25MicrogramsPerCubicMetre
            const share = rows[at].felt.pm25MicrogramsPerCubicMetre / before
            if (before > 60 && share > 0.4 && share < 0.8) ++slow
        }
        assert.ok(slow > 20, `${slow} minutes`)
    })
})

describe("climate", () => {
    const rows = rowsOf(worldOf("climate"), 0, 10)

    test("is unusual two to four times a day, for minutes", () => {
        const lengths: number[] = []
        let length = 0
        for (const { truth } of rows) {
            if (truth === "unusual") ++length
            else if (length > 0) {
                lengths.push(length)
                length = 0
            }
        }
        assert.ok(lengths.length >= 18 && lengths.length <= 42, `${lengths.length} in ten days`)
        for (const count of lengths)
            assert.ok(count * 5 > 3 * 60 && count * 5 < 20 * 60, `${count * 5} s`)
    })

    test("is quiet to tenths from one reading to the next, but when it steams", () => {
        let highest = 0
        for (let at = 1; at < rows.length; ++at) {
            const step =
                rows[at].felt.relativeHumidityPercent - rows[at - 1].felt.relativeHumidityPercent
            const isQuiet = rows[at].truth === "usual" && rows[at - 1].truth === "usual"
            if (isQuiet) assert.ok(Math.abs(step) < 0.4, `${step} %RH`)
            else highest = Math.max(highest, step)
        }
        assert.ok(highest > STILL_PERCENT - 1, `${highest} %RH in 5 s`)
    })
})

describe("a trajectory", () => {
    test("is where stepping leads, forwards, back to a checkpoint and back to the start", () => {
        const visited: number[] = []
        const sum = new Trajectory(0, 10, (state, step) => {
            visited.push(step)
            return state + step
        })
        // 0 + 1 + ... + (n - 1).
        for (const n of [25, 1000, 993, 985, 3, 1000]) assert.equal(sum.at(n), (n * (n - 1)) / 2)
        // 985 is stepped to from the checkpoint at 980, not from 0; 3 is older than all that are kept.
        assert.equal(visited.filter(step => step === 500).length, 2)
        assert.equal(visited.filter(step => step === 2).length, 2)
    })
})

describe("the worlds", () => {
    test("are found by name, and by the app that is called like one", () => {
        for (const name of WORLD_NAMES) assert.equal(worldOf(name).name, name)
        assert.equal(worldOfApp("soil"), "soil")
        assert.equal(worldOfApp("machine-shop"), "desk")
        assert.equal(worldOfApp("constructor"), "desk")
    })

    test("are refused with the nearest name", () => {
        assert.throws(() => worldKind("sool"), UsageError)
        assert.throws(() => worldKind("sool"), /no world "sool"; did you mean .*"soil"\?/)
        assert.throws(() => worldKind("toString"), /no world "toString"\. There are: room, soil/)
    })
})
