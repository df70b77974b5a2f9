/**
 * What a sample, a verdict and a report cost a node: opcodes, which are a chip's time whatever the chip, and the time of this machine. Each
 * app runs whole and unchanged in its own world, enrolled so that it seals; and once more in plain style (bench/plain/).
 */
import { apps, entryOf } from "../../image/apps"
import { compile, compileSources, type Image } from "../../image/compile"
import { sourcesOf } from "../../image/sources"
import { Rehearsal } from "../../rehearsal/rehearsal"
import { worldKind, worldOfApp } from "../../sim/worlds/worlds"
import { quantile } from "../quantile"
import { Profile, STAGES, type Stage } from "./profile"

const SEED = 1
/** As long as the least of them takes, and no longer than this: virtual. */
const SECONDS_MAX = 12 * 3600
const FULL = { samples: 100, reports: 6 }
const QUICK = { samples: 20, reports: 2 }
const PLAIN_START = "bench/plain/start.ts"

export interface NodeBenchOptions {
    /** All there are, if absent. @see entryOf */
    apps?: string[]
    /** Fewer calls of each: the steps are the same, times are rougher. */
    quick?: boolean
}

/** One stage of one app. Medians over its calls; without GC stress, and without what the bus and the simulated parts take. */
export interface StageCost {
    app: string
    stage: Stage
    calls: number
    steps: number
    nanoseconds: number
    plainSteps: number
    plainNanoseconds: number
    /** How many times as much plain style takes. */
    stepsRatio: number
    timeRatio: number
}

/** @throws UsageError for an app there is none of @throws Error when a program ended in a panic or came to no report */
export async function measureNode(
    options: NodeBenchOptions = {},
    onProgress: (share: number) => void = () => {}
): Promise<StageCost[]> {
    const names = options.apps ?? [...apps().keys()]
    const enough = options.quick === true ? QUICK : FULL
    const entries = names.map(name => entryOf(name))
    const rows: StageCost[] = []
    for (const [i, app] of names.entries()) {
        const image = await compile(entries[i])
        const node = await profileOf(app, image, enough)
        onProgress((i + 0.5) / names.length)
        const plainImage = await compilePlain(entries[i])
        const plain = await profileOf(app, { ...plainImage, parts: image.parts }, enough)
        onProgress((i + 1) / names.length)
        for (const stage of STAGES) rows.push(costOf(app, stage, node, plain))
    }
    return rows
}

/** The same app, but for what starts it. */
async function compilePlain(entry: string): Promise<Image> {
    const sources = sourcesOf([entry, PLAIN_START])
    const text = sources.get(entry) ?? ""
    const plain = text.replace(`from "./node/node"`, `from "../bench/plain/start"`)
    if (plain === text) throw new Error(`${entry} does not import startNode from "./node/node"`)
    return await compileSources(entry, sources.set(entry, plain))
}

async function profileOf(
    app: string,
    { bytes, parts, functions }: Image,
    enough: typeof FULL
): Promise<Profile> {
    const profile = new Profile(functions)
    const rehearsal = await Rehearsal.create({
        image: bytes,
        seats: parts,
        nodes: 1,
        world: worldKind(worldOfApp(app)).make(SEED, 1),
        seed: SEED,
        virtual: true,
        speed: 1,
        seconds: SECONDS_MAX,
        enrol: true,
        faults: [],
        exact: false,
        stepCounts: [profile],
        print: () => {},
        onProgress: () => {
            const { samples, reports } = enough
            const hasSampled = profile.costs("sample").length > samples
            if (hasSampled && profile.costs("seal").length > reports) rehearsal.stop()
        },
    })
    await rehearsal.run()
    const panics = rehearsal.panics()
    await rehearsal.close()
    if (panics.length > 0) throw new Error(`${app} ended in panic ${panics[0].code}`)
    return profile
}

function costOf(app: string, stage: Stage, node: Profile, plain: Profile): StageCost {
    const [ours, theirs] = [node, plain].map(profile => {
        const costs = profile.costs(stage)
        if (costs.length === 0) throw new Error(`${app}: no ${stage} in ${SECONDS_MAX} s`)
        const median = (values: number[]) => quantile(values, 0.5)
        return {
            calls: costs.length,
            steps: median(costs.map(({ steps }) => steps)),
            nanoseconds: median(costs.map(({ nanoseconds }) => nanoseconds)),
        }
    })
    const ratio = (part: number, whole: number) => Math.round((part / whole) * 100) / 100
    return {
        app,
        stage,
        ...ours,
        plainSteps: theirs.steps,
        plainNanoseconds: theirs.nanoseconds,
        stepsRatio: ratio(theirs.steps, ours.steps),
        timeRatio: ratio(theirs.nanoseconds, ours.nanoseconds),
    }
}
