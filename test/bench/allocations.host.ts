/**
 * What a node allocates on a sample's way. In DeviceScript every call takes an activation, and the bus a Buffer or two a transaction; an
 * object, an array or a closure more would be ours.
 *
 * The heap is looked at from outside at every await: between two looks without a collection what is new is what was allocated.
 */
import assert from "node:assert/strict"
import { test } from "node:test"
import { apps } from "../../image/apps"
import { compileSources } from "../../image/compile"
import { leaveOutFeatures } from "../../image/features"
import { leaveOutMeasurands } from "../../image/measurands"
import { sourcesOf } from "../../image/sources"
import { Rehearsal, type RehearsalOptions } from "../../rehearsal/rehearsal"
import { checkWiring } from "../../image/wiring-check"
import { Tag } from "../../sim/vm/heap"
import type { Vm } from "../../sim/vm/vm"
import { worldKind, worldOfApp } from "../../sim/worlds/worlds"

/** A round is within one, as a rule. */
const WINDOW_S = 5
/** Since power-on: parts warm up, windows fill. */
const SETTLED_S = 300
const ROUNDS = 15
/** What the runtime does by itself takes fewer activations in a window; no round does. */
const IDLE_ACTIVATIONS = 15
/** Of these the runtime and the bus allocate some, whatever we do. */
const NOT_OURS: number[] = [Tag.Activation, Tag.Buffer, Tag.Packet, Tag.Bytes]

/** What the link does is no part of a sample's way. */
const OFFLINE: Record<string, [string, string]> = {
    "src/node/node.ts": ["if (!isUnusable) node.connect(broker)", ""],
}

type Blocks = Map<number, number>

/** The app, with changes by file: what it is there, and what it becomes. */
async function roundsOf(app: string, changes: Record<string, [string, string]> = {}) {
    const entry = apps().get(app) ?? assert.fail(`no ${app}`)
    const sources = sourcesOf([entry])
    for (const [file, [is, becomes]] of Object.entries({ ...OFFLINE, ...changes })) {
        const text = sources.get(file) ?? assert.fail(`no ${file}`)
        assert.equal(text.split(is).length, 2, `${file} has this once: ${is}`)
        sources.set(
            file,
            text.replace(is, () => becomes)
        )
    }
    leaveOutFeatures(sources)
    leaveOutMeasurands(sources)
    const { bytes } = await compileSources(entry, sources)
    return await roundsOfImage(app, bytes, checkWiring(entry).parts)
}

/** What was allocated in each window that a round was in, by tag. */
async function roundsOfImage(
    app: string,
    image: Uint8Array,
    seats: RehearsalOptions["seats"]
): Promise<Blocks[]> {
    const world = worldKind(worldOfApp(app)).make(1, 1)
    const seconds = SETTLED_S + ROUNDS * Math.max(world.rowMs / 1000, WINDOW_S)
    const windows = new Map<number, Blocks>()
    let before: Blocks | undefined
    let sinceCollectionBytes = 0
    const look = (vm: Vm) => {
        const second = rehearsal.virtualSeconds()
        const use = vm.heapUse()
        if (use === undefined || second < SETTLED_S) return
        const now = vm.gcHeap.blocks()
        const isCollected = use.sinceCollectionBytes < sinceCollectionBytes
        sinceCollectionBytes = use.sinceCollectionBytes
        const at = Math.floor(second / WINDOW_S)
        const window = windows.get(at) ?? new Map<number, number>()
        windows.set(at, window)
        if (before !== undefined && !isCollected)
            for (const [tag, count] of now) {
                const more = count - (before.get(tag) ?? 0)
                if (more > 0) window.set(tag, (window.get(tag) ?? 0) + more)
            }
        before = now
    }
    const rehearsal: Rehearsal = await Rehearsal.create({
        image,
        seats,
        nodes: 1,
        world,
        seed: 1,
        virtual: true,
        speed: 1,
        seconds,
        faults: [],
        exact: false,
        print: () => {},
        onVmLook: (_place, vm) => look(vm),
    })
    await rehearsal.run()
    await rehearsal.close()
    return [...windows.values()].filter(
        window => (window.get(Tag.Activation) ?? 0) > IDLE_ACTIVATIONS
    )
}

/** By tag, what is ours of most rounds: some make a report. */
function ours(rounds: Blocks[]): Record<number, number> {
    const tags = [...new Set(rounds.flatMap(round => [...round.keys()]))]
    const median = (tag: number) => {
        const counts = rounds.map(round => round.get(tag) ?? 0).sort((a, b) => a - b)
        return counts[Math.floor(counts.length / 2)]
    }
    return Object.fromEntries(
        tags
            .filter(tag => !NOT_OURS.includes(tag) && median(tag) > 0)
            .map(tag => [tag, median(tag)])
    )
}

for (const app of apps().keys())
    test(`${app}: a round that tells nothing allocates no object, array or closure`, async () => {
        const rounds = await roundsOf(app)
        assert.ok(rounds.length >= ROUNDS / 2, `${rounds.length} rounds seen`)
        assert.deepEqual(ours(rounds), {})
    })

test("an object a sample, or an array, would be seen", async () => {
    const sample = "temperatureCelsius: kept.temperatureCelsius, relativeHumidityPercent: NaN"
    const made = { [`{ ${sample} }`]: Tag.Map, "[kept][0]": Tag.Array }
    for (const [expression, tag] of Object.entries(made)) {
        const change: [string, string] = ["return kept", `return ${expression}`]
        const rounds = await roundsOf("climate", { "src/drivers/sht4x.ts": change })
        assert.deepEqual(ours(rounds), { [tag]: 1 })
    }
})
