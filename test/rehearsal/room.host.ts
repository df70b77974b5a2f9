/** The whole way, on the virtual clock: register, driver, classifier, broker, twin, judge. */
import assert from "node:assert/strict"
import { test } from "node:test"
import { compile } from "../../image/compile"
import { Rehearsal, type RehearsalOptions } from "../../rehearsal/rehearsal"
import type { NodeRow, Result } from "../../rehearsal/result"
import { PART_NAMES } from "../../sim/breadboard"
import { parseFaults } from "../../sim/faults"
import type { Conditions } from "../../sim/parts/part"
import { RoomWorld } from "../../sim/worlds/room"
import type { World } from "../../sim/worlds/world"

const MINUTE_S = 60

/** A run of an hour, as it stood at its end. */
async function rehearse(
    options: Partial<RehearsalOptions>
): Promise<{ rows: NodeRow[]; result: Result }> {
    const { bytes } = await compile("src/main.ts")
    const rehearsal = await Rehearsal.create({
        image: bytes,
        nodes: 1,
        world: new RoomWorld(1, options.nodes ?? 1),
        seed: 1,
        virtual: true,
        speed: 1,
        seconds: 60 * MINUTE_S,
        faults: [],
        exact: false,
        print: () => {},
        ...options,
    })
    await rehearsal.run()
    const end = { rows: rehearsal.rows(), result: rehearsal.result() }
    await rehearsal.close()
    assert.deepEqual(rehearsal.panics(), [])
    return end
}

const faults = (spec: string) => parseFaults(spec, PART_NAMES)

/** A place where nothing changes. */
class StillWorld implements World {
    readonly name = "still"
    readonly rowMs = 60_000
    readonly rows = undefined
    constructor(private readonly conditions: Conditions) {}
    conditionsAt = () => this.conditions
    truthAt = () => "occupied"
}
const OCCUPIED: Conditions = {
    temperatureCelsius: 21.5,
    relativeHumidityPercent: 40.2,
    carbonDioxidePpm: 731,
    illuminanceLuxes: 480,
}

test("what the world is, the far end reads: within the parts' resolution, in the right units", async () => {
    const [row] = (await rehearse({ world: new StillWorld(OCCUPIED) })).rows
    assert.equal(row.online, true)
    assert.deepEqual(Object.fromEntries(row.reported), {
        temperatureCelsius: 21.5,
        relativeHumidityPercent: 40.2,
        carbonDioxidePpm: 731,
        illuminanceLuxes: 480,
    })
    assert.equal(row.verdict, "occupied")
})

test("three nodes for two hours: every report acknowledged, none lost, one sample a minute", async () => {
    const result = (await rehearse({ nodes: 3, seconds: 120 * MINUTE_S })).result
    assert.equal(result.nodes, 3)
    assert.equal(result.gaps, 0)
    assert.equal(result.lost, 0)
    assert.equal(result.published, result.acknowledged)
    assert.ok(result.published >= 3 * 24, `${result.published} reports`)
    assert.equal(result.samples, result.rows)
    assert.ok(result.rows >= 3 * 115 && result.rows <= 3 * 120, `${result.rows} rows`)
    assert.equal(result.verdicts, result.rows)
})

test("one seed, one run; another seed, another", async () => {
    const run = async (seed: number) => {
        const options = {
            seed,
            nodes: 2,
            world: new RoomWorld(seed, 2),
            faults: faults("crc:p=0.05"),
        }
        const { wallMs: _, ...figures } = (await rehearse(options)).result
        return JSON.stringify(figures)
    }
    const first = await run(7)
    assert.equal(await run(7), first)
    assert.notEqual(await run(8), first)
})

test("looking at idle nodes seldom changes no figure", async () => {
    const figures = async (exact: boolean) => {
        const { accuracy, samples, gaps, published, lost } = (await rehearse({ exact })).result
        return { accuracy, samples, gaps, published, lost }
    }
    assert.deepEqual(await figures(false), await figures(true))
})

for (const [spec, fault] of [
    ["absent:part=scd4x,from=10min", "bus"],
    ["nack:part=scd4x,from=10min", "bus"],
    ["crc:part=scd4x,from=10min", "crc"],
    ["slow:part=scd4x,from=10min,by=20ms", "bus"],
])
    test(`${spec}: a gap of that part alone, by its fault, never a number`, async () => {
        const end = await rehearse({
            world: new StillWorld(OCCUPIED),
            faults: faults(spec),
        })
        const [row] = end.rows
        assert.deepEqual([...row.faults.keys()], ["scd4x"])
        if (fault === "bus") assert.equal(row.faults.get("scd4x"), "bus")
        assert.equal(row.reported.get("carbonDioxidePpm"), 731) // the last one before
        assert.equal(row.reported.get("illuminanceLuxes"), 480)
        assert.equal(row.verdict, "occupied") // this model asks for light alone
        const { gaps, samples } = end.result
        assert.ok(gaps >= samples - 12 && gaps < samples - 8, `${gaps} gaps of ${samples}`)
    })

test("a part that the model needs: unknown while it is away, a verdict when it is back", async () => {
    const end = await rehearse({
        world: new StillWorld(OCCUPIED),
        faults: faults("absent:part=bh1750,from=10min,for=20min"),
    })
    const [row] = end.rows
    assert.equal(row.verdict, "occupied")
    assert.equal(row.faults.size, 0)
    const { gaps, verdicts, rows, correct } = end.result
    assert.equal(gaps, 20)
    assert.equal(verdicts, rows - 20)
    assert.equal(correct, rows - 20)
})

test("an absent part from the start does not keep the others waiting", async () => {
    const { illuminanceLuxes: _, ...dark } = OCCUPIED
    const end = await rehearse({ world: new StillWorld(dark), seconds: 20 * MINUTE_S })
    const [row] = end.rows
    assert.deepEqual([...row.faults], [["bh1750", "bus"]])
    assert.equal(row.verdict, "unknown")
    assert.equal(row.reported.get("temperatureCelsius"), 21.5)
    const { samples, rows } = end.result
    assert.equal(samples, rows)
})
