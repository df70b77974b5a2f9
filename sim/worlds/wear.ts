/**
 * A world of people who wear an accelerometer on the belt: they rest, walk, run, and now and then fall.
 *
 * A sketch from general knowledge, fitted to no recording. Steps and their vertical forces: walking at 1.4 to 2.5 steps a second;
 * running at 2.4 to 3.5, where the foot's push is half a sine that over a step carries the body's weight (R. McN. Alexander's and T. A.
 * McMahon's models), so that short contacts mean high peaks. Falls in the phases that threshold detectors look for (A. K. Bourke et
 * al., "Evaluation of a threshold-based tri-axial accelerometer fall detection algorithm", Gait & Posture 26 (2007) 194-199): weight
 * vanishes, an impact of several g, then lying still. What is easily taken for a fall is here as well: sitting down hard.
 *
 * People fall some twenty times an hour here, so that there is something to learn from: nobody does. They are fit and young when they walk,
 * no impact is beyond the part's 8 g, and a belt sits better than most.
 */
import { RandomStream } from "../random"
import { clamp, within } from "./draw"
import { Memo } from "./memo"
import { noiseKey, normalAt, uniformAt } from "./noise"
import { type ShakenPlace, ShakenWorld, type Vector } from "./shaken"
import type { World } from "./world"

const ROW_MS = 2000
const SAMPLE_MS = 20
const G = 9.80665
/** What an LIS3DH set to 8 g takes for possible. */
const MOST = 7.9 * G

/** What happens is drawn by the quarter of an hour, each beginning at rest. */
const SPELL_ROWS = 450
const SPELLS_KEPT = 3

type Activity = "rest" | "walk" | "run"

/** Rows of a bout. */
const BOUT_ROWS = {
    rest: { least: 6, most: 24 },
    walk: { least: 5, most: 25 },
    run: { least: 5, most: 18 },
}
/** How a bout on the feet ends. */
const FALL_CHANCE = 0.5
const PLUMP_CHANCE = 0.25

const WALK_HERTZ = { least: 1.4, most: 2.5 }
const RUN_HERTZ = { least: 2.4, most: 3.5 }
/** Of the vertical swing at the hip when walking, m/s2; faster steps are harder. */
const WALK_SWING = { least: 1.6, most: 3.2 }
/** Of a running step, the share in which a foot is down. */
const CONTACT_SHARE = { least: 0.55, most: 0.8 }
/** From step to step, at most. */
const STEP_DEVIATION = 0.2

const TILT_DEGREES = 12
/** m/s2: breathing and sway; more on the feet. */
const REST_NOISE = { least: 0.05, most: 0.2 }
const STEP_NOISE = 0.6

/** Weight vanishes to this share of it, over so long; then the impact, and how fast it rings out. */
const DROP_SHARE = { least: 0.05, most: 0.55 }
const DROP_MS = { least: 250, most: 550 }
const IMPACT_G = { least: 2.2, most: 6.5 }
const IMPACT_MS = 60
const RING_MS = 110
/** From the drop on it is a fall, until this long after the impact began. */
const SETTLE_MS = 300
/** Less of a fall than this within a row does not make it one. */
const ROW_SHARE_MS = 250
const PLUMP = { share: { least: 0.6, most: 0.9 }, ms: 250, g: { least: 0.5, most: 1.6 } }

export function wearWorld(seed: number, places: number): World {
    const people = Array.from({ length: places }, (_, place) => new Person(seed, place))
    return new ShakenWorld("wear", ROW_MS, people)
}

/** Weight goes, and comes back hard. */
interface Tumble {
    isFall: boolean
    /** Of the spell. */
    fromMs: number
    dropMs: number
    dropShare: number
    impact: Vector
}

interface Bout {
    /** The first row that is mostly this, and when it really begins. */
    fromRow: number
    fromMs: number
    activity: Activity
    /** Where up is, as the part lies; of length 1. */
    up: Vector
    stepHertz: number
    /** How hard the steps are, by this person's measure 1. */
    vigour: number
    noise: number
    /** At its beginning, taking it over from the bout before. */
    tumble: Tumble | undefined
}

interface Gait {
    walkHertz: number
    runHertz: number
    walkSwing: number
    contactShare: number
    /** Of the vertical: what is felt forwards and sideways. */
    forward: number
    sideways: number
}

class Person implements ShakenPlace {
    private readonly spells: Memo<Bout[]>
    private readonly gait: Gait
    private readonly standing: Vector
    /** Which way is forwards, around the upright. */
    private readonly yaw: number
    private readonly noise: number[]
    private readonly steps: number

    constructor(seed: number, place: number) {
        const name = `${seed}/wear/${place}`
        const random = new RandomStream(`${name}/person`)
        this.gait = {
            walkHertz: within(random, { least: 1.6, most: 2.1 }),
            runHertz: within(random, { least: 2.6, most: 3.1 }),
            walkSwing: within(random, WALK_SWING),
            contactShare: within(random, CONTACT_SHARE),
            forward: within(random, { least: 0.4, most: 0.8 }),
            sideways: within(random, { least: 0.25, most: 0.5 }),
        }
        this.yaw = 2 * Math.PI * random.uniform()
        this.standing = leaning(TILT_DEGREES * random.uniform(), 2 * Math.PI * random.uniform())
        this.noise = [0, 1, 2].map(axis => noiseKey(`${name}/noise/${axis}`))
        this.steps = noiseKey(`${name}/steps`)
        this.spells = new Memo(SPELLS_KEPT, spell =>
            drawSpell(`${name}/spell/${spell}`, this.gait, this.standing)
        )
    }

    truthAt(row: number): string {
        const { bouts, inSpell } = this.spellOf(row)
        // A fall belongs to the row or the two that it takes place in.
        const isFall = bouts.some(({ tumble }) => {
            if (tumble?.isFall !== true) return false
            const untilMs = tumble.fromMs + tumble.dropMs + SETTLE_MS
            const overlapMs =
                Math.min(untilMs, (inSpell + 1) * ROW_MS) -
                Math.max(tumble.fromMs, inSpell * ROW_MS)
            return overlapMs >= ROW_SHARE_MS
        })
        const { activity } = bouts.findLast(({ fromRow }) => fromRow <= inSpell) ?? bouts[0]
        return isFall ? "fall" : activity
    }

    accelerationAt(timeMs: number): Vector {
        const { bouts } = this.spellOf(Math.floor(timeMs / ROW_MS))
        const inSpellMs = timeMs % (SPELL_ROWS * ROW_MS)
        const bout = bouts.findLast(({ fromMs }) => fromMs <= inSpellMs) ?? bouts[0]
        const sample = Math.floor(timeMs / SAMPLE_MS)
        const tumbling = tumbleAt(bouts, inSpellMs)
        const felt =
            tumbling === undefined
                ? this.moving(bout, inSpellMs / 1000)
                : tumbled(tumbling, bouts, inSpellMs)
        const axis = (at: number) =>
            clamp(felt[at] + bout.noise * normalAt(this.noise[at], sample), -MOST, MOST)
        return [axis(0), axis(1), axis(2)]
    }

    /** What holds the body up, and its steps. */
    private moving({ activity, up, stepHertz, vigour }: Bout, seconds: number): Vector {
        if (activity === "rest") return scaled(up, G)
        const phase = seconds * stepHertz
        const step = Math.floor(phase)
        const hard = vigour * (1 + STEP_DEVIATION * (2 * uniformAt(this.steps, step) - 1))
        const vertical =
            activity === "walk" ? hard * this.walking(phase) : this.running(phase - step, hard)
        const turn = 2 * Math.PI * phase
        const swing = activity === "walk" ? this.gait.walkSwing : G
        const forward = swing * hard * this.gait.forward * Math.sin(turn + 0.8)
        // Left, right: half as fast.
        const sideways = swing * hard * this.gait.sideways * Math.sin(turn / 2)
        const sine = Math.sin(this.yaw)
        const cosine = Math.cos(this.yaw)
        return [
            up[0] * G + vertical,
            up[1] * G + cosine * forward - sine * sideways,
            up[2] * G + sine * forward + cosine * sideways,
        ]
    }

    /** Beyond the weight: up and down, and the heel. */
    private walking(phase: number): number {
        const turn = 2 * Math.PI * phase
        const since = phase - Math.floor(phase)
        const heel = 1.2 * Math.exp(-since / 0.07) * Math.cos(2 * Math.PI * 4 * since)
        return this.gait.walkSwing * (Math.sin(turn) + 0.35 * Math.sin(2 * turn + 0.5) + heel)
    }

    /** Beyond the weight: half a sine that makes up for the flight, in which there is none. */
    private running(since: number, hard: number): number {
        const { contactShare } = this.gait
        if (since >= contactShare) return -G
        const peak = (Math.PI / 2 / contactShare) * G
        return hard * peak * Math.sin((Math.PI * since) / contactShare) - G
    }

    private spellOf(row: number): { bouts: Bout[]; inSpell: number } {
        const spell = Math.floor(row / SPELL_ROWS)
        return { bouts: this.spells.at(spell), inSpell: row - spell * SPELL_ROWS }
    }
}

/** The bout whose tumble is under way, from the drop until it has rung out. */
function tumbleAt(bouts: Bout[], timeMs: number): Bout | undefined {
    return bouts.find(({ tumble }) => {
        if (tumble === undefined) return false
        const since = timeMs - tumble.fromMs
        return since >= 0 && since < tumble.dropMs + 8 * RING_MS
    })
}

function tumbled(after: Bout, bouts: Bout[], timeMs: number): Vector {
    const { tumble, up } = after
    if (tumble === undefined) return scaled(up, G)
    const before = bouts[Math.max(0, bouts.indexOf(after) - 1)].up
    const since = timeMs - tumble.fromMs
    const sinceImpact = since - tumble.dropMs
    if (sinceImpact < 0) {
        // The body turns while it drops, and its weight goes in the first third.
        const turned = since / tumble.dropMs
        const weight = 1 - (1 - tumble.dropShare) * Math.min(1, 3 * turned)
        return scaled(between(before, up, turned), G * weight)
    }
    const hit =
        sinceImpact < IMPACT_MS
            ? Math.sin((Math.PI * (sinceImpact + SAMPLE_MS)) / (IMPACT_MS + SAMPLE_MS))
            : 0.5 *
              Math.exp(-(sinceImpact - IMPACT_MS) / RING_MS) *
              Math.cos((2 * Math.PI * (sinceImpact - IMPACT_MS)) / 90)
    const felt = (at: number) => up[at] * G + hit * tumble.impact[at]
    return [felt(0), felt(1), felt(2)]
}

function drawSpell(name: string, gait: Gait, standing: Vector): Bout[] {
    const random = new RandomStream(name)
    const bouts: Bout[] = [drawBout(random, 0, "rest", gait, standing)]
    let row = drawRows(random, "rest")
    while (row < SPELL_ROWS) {
        const last = bouts[bouts.length - 1].activity
        const activity = nextActivity(random, last)
        const bout = drawBout(random, row, activity, gait, standing)
        if (activity === "rest") land(random, bout, standing)
        bouts.push(bout)
        row += drawRows(random, activity)
    }
    return bouts
}

function nextActivity(random: RandomStream, last: Activity): Activity {
    const chance = random.uniform()
    if (last === "rest") return chance < 0.7 ? "walk" : "run"
    if (last === "walk") return chance < 0.75 ? "rest" : "run"
    return chance < 0.6 ? "rest" : "walk"
}

function drawRows(random: RandomStream, activity: Activity): number {
    return Math.round(within(random, BOUT_ROWS[activity]))
}

function drawBout(
    random: RandomStream,
    fromRow: number,
    activity: Activity,
    gait: Gait,
    standing: Vector
): Bout {
    const vigour = within(random, { least: 0.8, most: 1.25 })
    const usual = activity === "run" ? gait.runHertz : gait.walkHertz
    const { least, most } = activity === "run" ? RUN_HERTZ : WALK_HERTZ
    return {
        fromRow,
        // Nobody begins on the second.
        fromMs: fromRow === 0 ? 0 : (fromRow + random.uniform() - 0.5) * ROW_MS,
        activity,
        up: standing,
        stepHertz: clamp(usual * Math.sqrt(vigour), least, most),
        vigour,
        noise: activity === "rest" ? within(random, REST_NOISE) : STEP_NOISE,
        tumble: undefined,
    }
}

/** How one comes to rest: by a fall, by sitting down hard, or gently. */
function land(random: RandomStream, bout: Bout, standing: Vector): void {
    const chance = random.uniform()
    const direction = 2 * Math.PI * random.uniform()
    if (chance < FALL_CHANCE) {
        bout.up = leaning(within(random, { least: 65, most: 100 }), direction)
        const dropMs = within(random, DROP_MS)
        bout.tumble = {
            isFall: true,
            fromMs: bout.fromMs,
            dropMs,
            dropShare: within(random, DROP_SHARE),
            impact: drawHit(random, bout.up, within(random, IMPACT_G)),
        }
    } else if (chance < FALL_CHANCE + PLUMP_CHANCE) {
        bout.up = leaning(within(random, { least: 5, most: 35 }), direction)
        bout.tumble = {
            isFall: false,
            fromMs: bout.fromMs,
            dropMs: PLUMP.ms,
            dropShare: within(random, PLUMP.share),
            impact: drawHit(random, standing, within(random, PLUMP.g)),
        }
    } else if (chance < 0.9) bout.up = leaning(within(random, { least: 5, most: 40 }), direction)
}

/** Mostly from below, and from anywhere by a third. */
function drawHit(random: RandomStream, up: Vector, g: number): Vector {
    const strayed = (at: number) => up[at] + 0.33 * random.normal()
    const hit: Vector = [strayed(0), strayed(1), strayed(2)]
    return scaled(hit, (g * G) / Math.hypot(...hit))
}

/** X is up when one stands; so far from it, to that side. */
function leaning(degrees: number, direction: number): Vector {
    const radians = (degrees * Math.PI) / 180
    const out = Math.sin(radians)
    return [Math.cos(radians), out * Math.cos(direction), out * Math.sin(direction)]
}

function between(one: Vector, other: Vector, share: number): Vector {
    const mixed = (at: number) => one[at] * (1 - share) + other[at] * share
    const sum: Vector = [mixed(0), mixed(1), mixed(2)]
    return scaled(sum, 1 / Math.max(Math.hypot(...sum), 0.1))
}

function scaled([x, y, z]: Vector, factor: number): Vector {
    return [x * factor, y * factor, z * factor]
}
