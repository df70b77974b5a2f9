import assert from "node:assert/strict"
import { test } from "node:test"
import type { Conditions } from "../../sim/parts/part"
import { RoomAir, type Air, type Load } from "../../sim/worlds/room/air"
import { Memo } from "../../sim/worlds/memo"
import { drawSite, type Site } from "../../sim/worlds/room/site"
import { Sky } from "../../sim/worlds/room/sky"
import { saturationGramsPerCubicMetre } from "../../sim/worlds/room/vapour"
import { drawRoomDay, RoomWorld } from "../../sim/worlds/room"

const MINUTE_MS = 60_000
const HOUR_MS = 60 * MINUTE_MS
const DAY_MS = 24 * HOUR_MS
const ROWS_A_DAY = 1440
/** From 07:30, where the run starts, to the next midnight. */
const ROWS_TO_MIDNIGHT = 16.5 * 60
const SEEDS = [1, 2, 3, 4, 5]
const PLACES = 3

const SITE: Site = { ...drawSite(1, 0), volumeCubicMetres: 60, airChangesPerHour: 1.2 }
const AIR: Air = { carbonDioxidePpm: 420, temperatureCelsius: 20, vapourGramsPerCubicMetre: 6 }
const LOAD: Load = {
    people: 0,
    lampOn: false,
    setPointCelsius: 20,
    outdoors: {
        temperatureCelsius: 8,
        vapourGramsPerCubicMetre: 6,
        irradianceWattsPerSquareMetre: 0,
    },
}

function airAfter(hours: number, stepSeconds: number, load: Partial<Load>, from = AIR): Air {
    const room = new RoomAir(SITE, stepSeconds)
    let air = from
    const steps = (hours * 3600) / stepSeconds
    for (let i = 0; i < steps; ++i) air = room.step(air, { ...LOAD, ...load })
    return air
}

function assertNear(actual: number, expected: number, tolerance: number): void {
    assert.ok(Math.abs(actual - expected) <= tolerance, `${actual} is not ${expected}`)
}

function assertWithin(actual: number, least: number, most: number, what = "value"): void {
    assert.ok(actual >= least && actual <= most, `${what}: ${actual} is not in ${least}..${most}`)
}

function all(conditions: Conditions): Required<Conditions> {
    return conditions as Required<Conditions>
}

test("n people settle at outdoor air plus what they breathe out over the fresh air", () => {
    // 0.0052 l/s a person are 0.01872 m3/h; the room has 72 m3/h of fresh air: 260 ppm a person.
    for (const people of [0, 1, 2, 5]) {
        assertNear(airAfter(24, 10, { people }).carbonDioxidePpm, 420 + 260 * people, 1e-6)
    }
})

test("carbon dioxide comes and goes with the time constant of the air change", () => {
    // 1.2 air changes an hour: after 50 min, 1 - 1/e of the way in; after 100 min, 1/e2 of the excess left.
    const filling = airAfter(50 / 60, 10, { people: 3 })
    assertNear(filling.carbonDioxidePpm, 420 + 780 * (1 - Math.exp(-1)), 1e-6)
    const emptying = airAfter(100 / 60, 10, {}, { ...AIR, carbonDioxidePpm: 1420 })
    assertNear(emptying.carbonDioxidePpm, 420 + 1000 * Math.exp(-2), 1e-6)
})

test("the length of a step changes nothing", () => {
    const coarse = airAfter(1, 60, { people: 2 })
    const fine = airAfter(1, 1, { people: 2 })
    assertNear(coarse.carbonDioxidePpm, fine.carbonDioxidePpm, 1e-6)
    assertNear(coarse.vapourGramsPerCubicMetre, fine.vapourGramsPerCubicMetre, 1e-9)
    // The valve follows the temperature step by step, hence not to the last digit.
    assertNear(coarse.temperatureCelsius, fine.temperatureCelsius, 0.02)
})

test("vapour settles at outdoor air plus 50 g/h a person", () => {
    const air = airAfter(24, 10, { people: 3 })
    assertNear(air.vapourGramsPerCubicMetre, 6 + 150 / 72, 1e-9)
})

test("heat settles where gains and losses meet", () => {
    // No heating: 4 people at 92 W, LED lamps at 8 W/m2 of 22.2 m2, against 22.2 W/K of walls and 0.34 * 72 W/K of fresh air.
    const floor = 60 / 2.7
    const watts = 4 * 92 + 8 * floor
    const air = airAfter(24 * 30, 60, { people: 4, lampOn: true, setPointCelsius: -50 })
    assertNear(air.temperatureCelsius, 8 + watts / (floor + 0.34 * 72), 1e-3)
})

test("the heating holds its set point within the valve's band, and the sun warms", () => {
    const heated = airAfter(24 * 10, 60, {})
    assertWithin(heated.temperatureCelsius, 19, 20)
    const outdoors = { ...LOAD.outdoors, irradianceWattsPerSquareMetre: 250 }
    const sunny = airAfter(24 * 10, 60, { outdoors })
    assertWithin(sunny.temperatureCelsius, heated.temperatureCelsius + 0.05, 30)
})

test("saturation is that of the steam tables", () => {
    // Pressures in Pa from IAPWS-IF97; vapour's gas constant is 461.5 J/(kg K).
    for (const [celsius, pascals] of [
        [0, 611.2],
        [10, 1228],
        [20, 2339],
        [30, 4247],
    ]) {
        const grams = (1000 * pascals) / (461.5 * (273.15 + celsius))
        assertNear(saturationGramsPerCubicMetre(celsius), grams, 0.005 * grams)
    }
})

test("a night decays as the room's own air change says", () => {
    const world = new RoomWorld(3, 1)
    const { airChangesPerHour } = drawSite(3, 0)
    // 20:00 and 21:00 of the first evening that is empty from 19:00 on.
    const rowAt = (day: number, hour: number) => ROWS_TO_MIDNIGHT + day * ROWS_A_DAY + hour * 60
    const evening = [0, 1, 2, 3].find(day => {
        for (let row = rowAt(day, 19); row < rowAt(day, 22); ++row) {
            if (world.truthAt(0, row) === "occupied") return false
        }
        return true
    })
    assert.ok(evening !== undefined, "one of four evenings is empty")
    const excess = [20, 21].map(hour => {
        return all(world.conditionsAt(0, rowAt(evening, hour) * MINUTE_MS)).carbonDioxidePpm - 420
    })
    assertWithin(excess[0], 0.1, 3000)
    assertNear(excess[1] / excess[0], Math.exp(-airChangesPerHour), 1e-9)
})

test("the air is what the day's people breathed, step for step", () => {
    // The same balance by small Euler steps, from the midnight before the run.
    const [seed, place] = [5, 2]
    const site = drawSite(seed, place)
    const { people } = drawRoomDay(seed, place, site, new Sky(seed), 0)
    const world = new RoomWorld(seed, 3)
    let ppm = 420
    for (let second = 0; second < 20 * 3600; ++second) {
        if (second >= 7.5 * 3600 && second % 1800 === 0) {
            const felt = all(world.conditionsAt(place, second * 1000 - 7.5 * HOUR_MS))
            assertNear(felt.carbonDioxidePpm, ppm, 1)
        }
        const breathed = (people[Math.floor(second / 60)] * 5.2) / site.volumeCubicMetres
        ppm += breathed - ((ppm - 420) * site.airChangesPerHour) / 3600
    }
})

test("truth is the presence of people, minute by minute from 07:30", () => {
    const world = new RoomWorld(4, 2)
    const sky = new Sky(4)
    for (const day of [0, 1, 5]) {
        const { people } = drawRoomDay(4, 1, drawSite(4, 1), sky, day)
        for (let minute = day === 0 ? 450 : 0; minute < ROWS_A_DAY; ++minute) {
            const row = day * ROWS_A_DAY + minute - 450
            assert.equal(world.truthAt(1, row), people[minute] > 0 ? "occupied" : "vacant")
        }
    }
})

test("light is the lamps of the minute and the daylight of the moment", () => {
    const world = new RoomWorld(4, 2)
    const site = drawSite(4, 1)
    const sky = new Sky(4)
    const { lamps } = drawRoomDay(4, 1, site, sky, 1)
    assert.deepEqual([...new Set(lamps)].sort(), [0, 1])
    for (let minute = 0; minute < ROWS_A_DAY; ++minute) {
        const timeMs = (ROWS_TO_MIDNIGHT + minute + 0.5) * MINUTE_MS
        const expected =
            (lamps[minute] ? site.lampLuxes : 0) + sky.daylightLuxesAt(site, 1, minute + 0.5)
        assertNear(all(world.conditionsAt(1, timeMs)).illuminanceLuxes, expected, 1e-6)
    }
})

test("what is felt depends on seed, place and time, not on who asked before", () => {
    const forward = new RoomWorld(9, 2)
    const times: number[] = []
    for (let timeMs = 0; timeMs < 4 * DAY_MS; timeMs += 1_234_567) times.push(timeMs)
    const expected = times.map(timeMs => ({ ...forward.conditionsAt(1, timeMs) }))

    const jumping = new RoomWorld(9, 2)
    // A fixed shuffle: 101 shares no factor with the count.
    assert.notEqual(times.length % 101, 0)
    for (let i = 0; i < times.length; ++i) {
        const at = (i * 101) % times.length
        jumping.truthAt(1, Math.floor(times[at] / MINUTE_MS))
        jumping.conditionsAt(0, times[times.length - 1 - at])
        assert.deepEqual({ ...jumping.conditionsAt(1, times[at]) }, expected[at], `${times[at]} ms`)
    }
})

test("a look back of minutes and one beyond all checkpoints both come out right", () => {
    const world = new RoomWorld(2, 1)
    const early = { ...world.conditionsAt(0, 2 * HOUR_MS) }
    const late = { ...world.conditionsAt(0, 6 * DAY_MS) }
    assert.deepEqual(
        { ...world.conditionsAt(0, 6 * DAY_MS - 5 * MINUTE_MS) },
        { ...new RoomWorld(2, 1).conditionsAt(0, 6 * DAY_MS - 5 * MINUTE_MS) }
    )
    assert.deepEqual({ ...world.conditionsAt(0, 2 * HOUR_MS) }, early)
    assert.deepEqual({ ...world.conditionsAt(0, 6 * DAY_MS) }, late)
})

test("how many rooms there are changes none of them", () => {
    const few = new RoomWorld(6, 1)
    const many = new RoomWorld(6, 5)
    for (let timeMs = 0; timeMs < DAY_MS; timeMs += HOUR_MS) {
        many.conditionsAt(4, timeMs)
        assert.deepEqual(few.conditionsAt(0, timeMs), many.conditionsAt(0, timeMs))
    }
})

test("no two rooms are built alike", () => {
    const sites = SEEDS.flatMap(seed => [0, 1, 2].map(place => drawSite(seed, place)))
    for (const measure of ["volumeCubicMetres", "airChangesPerHour", "lampLuxes"] as const) {
        assert.equal(new Set(sites.map(site => site[measure])).size, sites.length, measure)
    }
    assert.deepEqual([...new Set(sites.map(site => site.desks))].sort(), [2, 3, 4])
    const sunless = sites.filter(site => site.sunPatchMinute === undefined)
    assertWithin(sunless.length, 1, sites.length - 1, "rooms the sun never reaches")
})

test("seeds and places differ in people, air and light", () => {
    const worlds = [1, 2, 3].map(seed => new RoomWorld(seed, 2))
    const rooms = worlds.flatMap(world => [0, 1].map(place => ({ world, place })))
    const rows = Array.from({ length: 600 }, (_, row) => row)
    const distinct = (what: (room: (typeof rooms)[0], row: number) => unknown) =>
        new Set(rooms.map(room => JSON.stringify(rows.map(row => what(room, row))))).size
    assert.equal(
        distinct(({ world, place }, row) => world.truthAt(place, row)),
        rooms.length
    )
    for (const measurand of Object.keys(AIR_LIMITS) as (keyof Conditions)[]) {
        assert.equal(
            distinct(
                ({ world, place }, row) => world.conditionsAt(place, row * MINUTE_MS)[measurand]
            ),
            rooms.length,
            measurand
        )
    }
})

/** What a heated office in a mild spring can show, well inside what the parts can measure. */
const AIR_LIMITS: Partial<Record<keyof Conditions, [least: number, most: number]>> = {
    temperatureCelsius: [15, 28],
    relativeHumidityPercent: [15, 80],
    carbonDioxidePpm: [420, 3500],
    illuminanceLuxes: [0, 2000],
}

test("two weeks of five seeds stay plausible", () => {
    for (const seed of SEEDS) {
        const world = new RoomWorld(seed, PLACES)
        for (let place = 0; place < PLACES; ++place) {
            let highestPpm = 0
            for (let timeMs = 0; timeMs < 14 * DAY_MS; timeMs += MINUTE_MS) {
                const conditions = world.conditionsAt(place, timeMs)
                for (const [measurand, [least, most]] of Object.entries(AIR_LIMITS)) {
                    const value = conditions[measurand as keyof Conditions]!
                    const where = `${measurand}, seed ${seed}, place ${place}, ${timeMs} ms`
                    assertWithin(value, least, most, where)
                }
                highestPpm = Math.max(highestPpm, all(conditions).carbonDioxidePpm)
            }
            assert.ok(highestPpm > 800, `people leave a trace in the air: ${highestPpm} ppm`)
        }
    }
})

test("every working day has both classes, every night is empty, and most weekends are", () => {
    let weekendDays = 0
    let weekendDaysOccupied = 0
    for (const seed of SEEDS) {
        const world = new RoomWorld(seed, PLACES)
        for (let place = 0; place < PLACES; ++place) {
            for (let day = 1; day < 14; ++day) {
                const midnight = ROWS_TO_MIDNIGHT + (day - 1) * ROWS_A_DAY
                const occupied: number[] = []
                for (let minute = 0; minute < ROWS_A_DAY; ++minute) {
                    const truth = world.truthAt(place, midnight + minute)
                    if (truth === "occupied") occupied.push(minute)
                    else assert.equal(truth, "vacant")
                }
                const where = `seed ${seed}, place ${place}, day ${day}`
                for (const minute of occupied) assertWithin(minute, 7.5 * 60, 22 * 60, where)
                if (day % 7 < 5) {
                    assertWithin(occupied.length, 120, 16 * 60, where)
                    assertWithin(occupied[0], 7.5 * 60, 10 * 60, where)
                } else {
                    ++weekendDays
                    if (occupied.length) ++weekendDaysOccupied
                }
            }
        }
    }
    assertWithin(weekendDaysOccupied, 1, weekendDays / 3)
})

test("somebody comes soon after the start", () => {
    for (const seed of SEEDS) {
        const world = new RoomWorld(seed, PLACES)
        assert.equal(world.truthAt(0, 0), "vacant")
        for (let place = 0; place < PLACES; ++place) {
            const rows = Array.from({ length: 150 }, (_, row) => world.truthAt(place, row))
            assert.ok(rows.includes("occupied"), `seed ${seed}, place ${place}`)
        }
    }
})

test("light alone is a good witness and not a perfect one", () => {
    const accuracies: number[] = []
    const wrong = { occupied: 0, vacant: 0 }
    for (const seed of SEEDS) {
        const world = new RoomWorld(seed, PLACES)
        for (let place = 0; place < PLACES; ++place) {
            let correct = 0
            for (let row = 0; row < 7 * ROWS_A_DAY; ++row) {
                const conditions = all(world.conditionsAt(place, row * MINUTE_MS + 30_000))
                const verdict = conditions.illuminanceLuxes > 365.1 ? "occupied" : "vacant"
                const truth = world.truthAt(place, row) as "occupied" | "vacant"
                if (verdict === truth) ++correct
                else ++wrong[truth]
            }
            const accuracy = correct / (7 * ROWS_A_DAY)
            assertWithin(accuracy, 0.9, 0.99, `seed ${seed}, place ${place}`)
            accuracies.push(accuracy)
        }
    }
    assert.ok(wrong.vacant > 0 && wrong.occupied > 0, "it errs both ways")
    const mean = accuracies.reduce((sum, accuracy) => sum + accuracy, 0) / accuracies.length
    assertWithin(mean, 0.95, 0.985)
})

test("lamps are chosen for a desk, and the sun alone can outshine them", () => {
    let outshone = 0
    for (const seed of SEEDS) {
        const sky = new Sky(seed)
        for (let place = 0; place < PLACES; ++place) {
            const site = drawSite(seed, place)
            assertWithin(site.lampLuxes, 450, 550)
            for (let day = 0; day < 7; ++day) {
                assert.equal(sky.daylightLuxesAt(site, day, 5 * 60), 0, "the night is dark")
                assert.equal(sky.daylightLuxesAt(site, day, 19 * 60), 0, "so is the evening")
                for (let minute = 0; minute < ROWS_A_DAY; ++minute) {
                    if (sky.daylightLuxesAt(site, day, minute) > site.lampLuxes) ++outshone
                }
            }
        }
    }
    assertWithin(outshone, 1, 0.05 * SEEDS.length * PLACES * 7 * ROWS_A_DAY)
})

test("lamps burn only where somebody was that day, and not after the caretaker's round", () => {
    for (const seed of SEEDS) {
        const sky = new Sky(seed)
        const site = drawSite(seed, 0)
        let forgottenMinutes = 0
        for (let day = 0; day < 14; ++day) {
            const { people, lamps } = drawRoomDay(seed, 0, site, sky, day)
            const first = people.findIndex(count => count > 0)
            lamps.forEach((burning, minute) => {
                if (!burning) return
                assert.ok(first >= 0, `lamps on day ${day}, and nobody came`)
                assertWithin(minute, first, site.caretakerMinute - 1, `day ${day}`)
                if (!people[minute]) ++forgottenMinutes
            })
        }
        assertWithin(forgottenMinutes, 1, 14 * 300)
    }
})

test("a place or time that is none is refused", () => {
    const world = new RoomWorld(1, 2)
    for (const place of [-1, 2, 0.5]) {
        assert.throws(() => world.conditionsAt(place, 0), assert.AssertionError)
        assert.throws(() => world.truthAt(place, 0), assert.AssertionError)
    }
    assert.throws(() => world.conditionsAt(0, -1), assert.AssertionError)
    assert.throws(() => world.conditionsAt(0, NaN), assert.AssertionError)
    assert.throws(() => world.truthAt(0, -1), assert.AssertionError)
})

test("clouds pass without a jump", () => {
    const site = drawSite(1, 0)
    const sky = new Sky(1)
    for (let second = 0; second < 86_400; second += 5) {
        const [now, next] = [0, 5].map(wait => sky.daylightLuxesAt(site, 2, (second + wait) / 60))
        assertNear(next, now, 12)
    }
})

test("a memo draws again what it forgot, and keeps no more than it may", () => {
    const drawn: number[] = []
    const memo = new Memo(2, key => (drawn.push(key), key * key))
    assert.deepEqual(
        [1, 2, 1, 2, 3, 2, 1].map(key => memo.at(key)),
        [1, 4, 1, 4, 9, 4, 1]
    )
    assert.deepEqual(drawn, [1, 2, 3, 1])
})

test("going forward a month takes seconds at most, and looking back is cheap", () => {
    const world = new RoomWorld(8, 1)
    const start = performance.now()
    for (let timeMs = 0; timeMs < 30 * DAY_MS; timeMs += MINUTE_MS) world.conditionsAt(0, timeMs)
    // Two nodes at one place whose clocks are a minute apart.
    for (let i = 0; i < 200; ++i) {
        world.conditionsAt(0, 30 * DAY_MS + i * MINUTE_MS)
        world.conditionsAt(0, 30 * DAY_MS + (i - 1) * MINUTE_MS)
    }
    for (let i = 0; i < 200; ++i) {
        world.conditionsAt(0, 30 * DAY_MS + i * MINUTE_MS)
        world.conditionsAt(0, 30 * DAY_MS - 5 * HOUR_MS)
    }
    // About half a second on a quiet machine; from the start each time it would be minutes.
    assertWithin(performance.now() - start, 0, 10_000)
})
