/**
 * What the report policy saves: the same days in the same room, told as raw JSON every minute, as summaries, and as verdicts alone. All three
 * run the firmware's parts, session and account in the VM; bytes are counted on the wire, time on the air by the node itself.
 *
 * Equal is what somebody at the far end knows: of the raw samples the model's answer, worked out there; of the others the node's, which holds
 * until another is heard.
 */
import assert from "node:assert/strict"
import { useFromText } from "../../fleet/use"
import { compile } from "../../image/compile"
import { modelOf } from "../../image/models"
import { figure } from "../../rehearsal/energy"
import { Rehearsal } from "../../rehearsal/rehearsal"
import type { World } from "../../sim/worlds/world"
import { Inference } from "../../src/inference/inference"
import type { BoardPower } from "../../src/power/board-power"
import { batteryDays, energyOf, standbyOf, type Span } from "../../src/power/energy"
import { VERDICT_UNKNOWN } from "../../src/telemetry/contract/senml"

const PROGRAMS = {
    raw: "bench/programs/energy/raw.ts",
    summary: "bench/programs/energy/summary.ts",
    verdict: "bench/programs/energy/verdict.ts",
}
export type Policy = keyof typeof PROGRAMS
const POLICIES = Object.keys(PROGRAMS) as Policy[]
/** The app whose model decides, on the node and at the far end. */
const APP = "src/main.ts"
const DAY_MS = 86_400_000
const DAY_SECONDS = 86_400
const DISAGREEMENTS_TOLD = 10
const USED = /^> used (\d+) (.+)$/
const RAW = /^> raw (\d+) (\{.*\})$/
/** What the raw program calls the model's measurands. */
const JSON_NAMES: Record<string, string> = {
    temperatureCelsius: "temperature",
    relativeHumidityPercent: "humidity",
    carbonDioxidePpm: "co2",
    illuminanceLuxes: "light",
}

export interface EnergyOptions {
    world: World
    /** Rows of the world: the first so many. */
    rows: number
    board: string
    power: BoardPower
    batteryMilliwattHours: number
    seed: number
}

/** All for a day, and of the module or chip alone. */
export interface PolicyEnergy {
    policy: Policy
    reportsPerDay: number
    /** MQTT's, both ways. */
    bytesPerDay: number
    packetsPerDay: number
    /** Times the radio was woken, for reports, pings and all else. */
    exchangesPerDay: number
    /** Beside the beacons, in a node that stays connected. */
    radioOnSecondsPerDay: number
    millijoulesPerDay: number
    batteryDays: number
    /** The same work with standby between the samples, as a projection; null for a board without standby. */
    standby: StandbyEnergy | null
    /** Of the rows whose truth is known; null when none is. */
    accuracy: number | null
}

export interface StandbyEnergy {
    radioOnSecondsPerDay: number
    millijoulesPerDay: number
    batteryDays: number
}

export interface Disagreement {
    row: number
    raw: string
    summary: string
    verdict: string
}

export interface EnergyResult {
    board: string
    batteryMilliwattHours: number
    world: string
    rows: number
    policies: PolicyEnergy[]
    /** Rows on which all three have an answer. */
    compared: number
    /** Of these, those on which it is the same. */
    agreeing: number
    /** agreeing / compared; null when nothing was compared. */
    agreement: number | null
    /** The first ten. */
    disagreements: Disagreement[]
}

/** One policy's run: what was used, and the verdict of each row as the far end has it. */
interface Run {
    span: Span
    reports: number
    bytes: number
    verdicts: (string | undefined)[]
}

/** @throws Error when a report was not acknowledged, or a node panicked */
export async function measureEnergy(
    options: EnergyOptions,
    onProgress: (share: number) => void = () => {}
): Promise<EnergyResult> {
    const { world, board, batteryMilliwattHours } = options
    const runs: Run[] = []
    for (const policy of POLICIES) {
        const done = runs.length
        runs.push(await run(policy, options, share => onProgress((done + share) / POLICIES.length)))
    }
    const rows = Math.min(options.rows, world.rows ?? Infinity)
    const all = Array.from({ length: rows }, (_, row) => row)
    const compared = all.filter(row => runs.every(({ verdicts }) => verdicts[row] !== undefined))
    const differing = compared.filter(row =>
        runs.some(({ verdicts }) => verdicts[row] !== runs[0].verdicts[row])
    )
    const agreeing = compared.length - differing.length
    return {
        board,
        batteryMilliwattHours,
        world: world.name,
        rows,
        policies: POLICIES.map((policy, i) => policyOf(policy, runs[i], options)),
        compared: compared.length,
        agreeing,
        agreement: compared.length === 0 ? null : figure(agreeing / compared.length),
        disagreements: differing.slice(0, DISAGREEMENTS_TOLD).map(row => {
            const [raw, summary, verdict] = runs.map(({ verdicts }) => verdicts[row] as string)
            return { row, raw, summary, verdict }
        }),
    }
}

async function run(
    policy: Policy,
    { world, rows, seed }: EnergyOptions,
    onProgress: (share: number) => void
): Promise<Run> {
    const { bytes: image } = await compile(PROGRAMS[policy])
    const model = await modelOf(APP)
    const inference = new Inference(model)
    const seconds = (rows * world.rowMs) / 1000
    const verdicts: (string | undefined)[] = []
    let powerOnMs = 0
    let used: { uptimeMs: number; text: string } | undefined
    const heard = (atMs: number, verdict: string) => {
        const row = Math.floor(atMs / world.rowMs)
        if (row < rows) verdicts[row] = verdict
    }
    const rehearsal = await Rehearsal.create({
        image,
        nodes: 1,
        world,
        seed,
        virtual: true,
        speed: 1,
        seconds,
        faults: [],
        exact: false,
        print: (_, line) => {
            const [, uptimeMs, text] = USED.exec(line) ?? []
            if (text !== undefined) used = { uptimeMs: Number(uptimeMs), text }
            const [, sampledMs, json] = RAW.exec(line) ?? []
            if (json !== undefined) heard(powerOnMs + Number(sampledMs), decided(json))
        },
        onPowerOn: (_, virtualMs) => (powerOnMs = virtualMs),
        onHeard: (_, { sampledAtMs, verdict }) => {
            if (verdict !== undefined) heard(sampledAtMs, verdict)
        },
        onProgress: second => onProgress(second / seconds),
    })
    const decided = (json: string): string => {
        const sample = JSON.parse(json)
        inference.measurands.forEach((measurand, i) =>
            inference.windows[i].push(sample[JSON_NAMES[measurand]] ?? NaN)
        )
        return model.classes[inference.infer()] ?? VERDICT_UNKNOWN
    }
    await rehearsal.run()
    const { published, acknowledged, bytesOnWire } = rehearsal.result()
    await rehearsal.close()
    assert.deepEqual(rehearsal.panics(), [])
    assert.equal(acknowledged, published, `${policy}: reports that were not acknowledged`)
    const use = useFromText(used?.text ?? "")
    assert.ok(use !== undefined && used !== undefined, `${policy}: the node kept no account`)
    const { uptimeMs } = used
    const samples = Math.round(uptimeMs / world.rowMs)
    return {
        span: { use, boots: 1, uptimeMs, samples, reports: published },
        reports: published,
        bytes: bytesOnWire,
        verdicts: filled(verdicts, rows),
    }
}

/** Each row its own verdict, or the last one before it. */
function filled(verdicts: (string | undefined)[], rows: number): (string | undefined)[] {
    let last: string | undefined
    return Array.from({ length: rows }, (_, row) => (last = verdicts[row] ?? last))
}

function policyOf(
    policy: Policy,
    { span, reports, bytes, verdicts }: Run,
    { world, rows, power, batteryMilliwattHours }: EnergyOptions
): PolicyEnergy {
    const days = (rows * world.rowMs) / DAY_MS
    const usedDays = span.uptimeMs / DAY_MS
    const energy = energyOf(power, span)
    const milliwatts = energy.meanMilliwatts ?? NaN
    const reportsPerDay = reports / days
    const standby = standbyOf(
        power,
        DAY_MS / world.rowMs,
        reportsPerDay,
        span.use.awakeMs / span.samples
    )
    return {
        policy,
        reportsPerDay: figure(reportsPerDay),
        bytesPerDay: figure(bytes / days),
        packetsPerDay: figure(span.use.packets / usedDays),
        exchangesPerDay: figure(span.use.exchanges / usedDays),
        radioOnSecondsPerDay: figure(energy.radioOnSeconds / usedDays),
        millijoulesPerDay: figure(milliwatts * DAY_SECONDS),
        batteryDays: figure(batteryDays(milliwatts, batteryMilliwattHours)),
        standby:
            standby === undefined
                ? null
                : {
                      radioOnSecondsPerDay: figure(standby.radioOnSecondsPerDay),
                      millijoulesPerDay: figure(standby.millijoulesPerDay),
                      batteryDays: figure(
                          batteryDays(
                              standby.millijoulesPerDay / DAY_SECONDS,
                              batteryMilliwattHours
                          )
                      ),
                  },
        accuracy: accuracyOf(verdicts, world),
    }
}

function accuracyOf(verdicts: (string | undefined)[], world: World): number | null {
    const judged = verdicts
        .map((verdict, row) => ({ verdict, truth: world.truthAt(0, row) }))
        .filter(({ verdict, truth }) => verdict !== undefined && truth !== undefined)
    if (judged.length === 0) return null
    return figure(judged.filter(({ verdict, truth }) => verdict === truth).length / judged.length)
}
