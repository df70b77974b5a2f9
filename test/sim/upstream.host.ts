/** Upstream's drivers, unmodified, in our simulator on our parts: what they read is what the world is, to the part's resolution. */
import assert from "node:assert/strict"
import { test } from "node:test"
import { SimAht20 } from "../../sim/parts/aht20"
import { SimBme680 } from "../../sim/parts/bme680"
import { SimLtr390 } from "../../sim/parts/ltr390"
import type { Conditions } from "../../sim/parts/part"
import { SimSht3x } from "../../sim/parts/sht3x"
import { SimShtc3 } from "../../sim/parts/shtc3"
import { consoleNode, Desk, type ConsoleNode, type PartMaker } from "./console-node"

const ID = "0123456789abcdef"

/** Every value the program told of in a time, by measurand. */
function told({ lines }: ConsoleNode, fromMs: number, toMs: number): Map<string, number[]> {
    const values = new Map<string, number[]>()
    for (const { atMs, text } of lines) {
        const match = /^(\w+)=(\S+)$/.exec(text)
        if (match === null || atMs < fromMs || atMs >= toMs) continue
        values.set(match[1], [...(values.get(match[1]) ?? []), Number(match[2])])
    }
    return values
}

interface Driver {
    Maker: PartMaker
    worlds: Conditions[]
    /** By world, what upstream reads instead. */
    mistakes?: Conditions[]
    /** Half a step of the part, half a step of the service's register (1/1024), and seven digits of text. */
    tolerances: Conditions
}

const AIR: Conditions[] = [
    { temperatureCelsius: 21.5, relativeHumidityPercent: 43.25 },
    { temperatureCelsius: -11.3, relativeHumidityPercent: 88.8 },
]
const SENSIRION = { temperatureCelsius: 0.004, relativeHumidityPercent: 0.003 }
const DRIVERS: Record<string, Driver> = {
    aht20: {
        Maker: SimAht20,
        worlds: AIR,
        tolerances: { temperatureCelsius: 0.0015, relativeHumidityPercent: 0.0015 },
    },
    sht30: { Maker: SimSht3x, worlds: AIR, tolerances: SENSIRION },
    shtc3: { Maker: SimShtc3, worlds: AIR, tolerances: SENSIRION },
    ltr390: {
        Maker: SimLtr390,
        worlds: [
            { illuminanceLuxes: 320, uvIndex: 3.5 },
            { illuminanceLuxes: 41234, uvIndex: 9.25 },
        ],
        // At gain 3 and 18 bits a tick is 0.2 lx, and 96 are one UV index.
        tolerances: { illuminanceLuxes: 0.11, uvIndex: 0.006 },
    },
    bme680: {
        Maker: SimBme680,
        worlds: AIR.map((air, i) => ({ ...air, pressurePascals: [101325, 84210][i] })),
        // Par_h1 is 12 bits above four others; upstream divides by 16 and keeps those as a fraction. With this part's, 0.8125, Bosch's
        // formula gives this much.
        mistakes: [{ relativeHumidityPercent: 43.177 }, { relativeHumidityPercent: 88.704 }],
        tolerances: {
            temperatureCelsius: 0.01,
            relativeHumidityPercent: 0.01,
            pressurePascals: 1,
        },
    },
}

for (const [driver, { Maker, worlds, mistakes, tolerances }] of Object.entries(DRIVERS))
    test(`${driver}: what it reads is the world, and follows it`, async () => {
        const desk = new Desk()
        const made = await consoleNode(desk, ID, `test/sim/upstream/${driver}.ts`, {}, Maker)
        worlds.forEach((world, i) => {
            Object.assign(made.conditions, world)
            const expected = { ...world, ...mistakes?.[i] }
            desk.runTo((i + 1) * 10_000)
            // From 3 s on: by then a role is bound, and what upstream keeps of the world before is forgotten.
            const values = told(made, i * 10_000 + 3000, (i + 1) * 10_000)
            const measurands = Object.keys(world) as (keyof Conditions)[]
            assert.deepEqual([...values.keys()].sort(), [...measurands].sort())
            for (const measurand of measurands) {
                const read = values.get(measurand) ?? []
                assert.ok(read.length >= 4, `${measurand}: ${read.length} readings`)
                for (const value of read) {
                    const offBy = Math.abs(value - (expected[measurand] ?? NaN))
                    assert.ok(
                        offBy <= (tolerances[measurand] ?? 0),
                        `${measurand} ${value}, and it is ${expected[measurand]}`
                    )
                }
            }
        })
        assert.deepEqual(made.node.panics, [])
    })

// What the README warns of.
test("a bus fault of an upstream driver ends the program, and the runtime starts it again", async () => {
    const world = { temperatureCelsius: 21.5, relativeHumidityPercent: 43.25 }
    const desk = new Desk()
    const faults = "nack:from=5s,for=3s"
    const made = await consoleNode(desk, ID, "test/sim/upstream/aht20.ts", world, SimAht20, faults)
    desk.runTo(30_000)
    assert.deepEqual(made.node.panics, [60005])
    assert.deepEqual(told(made, 6_000, 11_000).size, 0)
    assert.ok((told(made, 14_000, 30_000).get("temperatureCelsius") ?? []).length > 8, "it is back")
})
