/**
 * A world of fans on tables: each runs now faster, now slower, and once an hour its balance gets lost in two steps and is mended.
 *
 * What is felt is gravity, the fan's strongest tone and broadband noise. Per axis the noise is coloured by one step back, and the sum
 * bent so that its peaks stand out as far as they did on a real fan: fan.ts has the figures, of which every formula here takes one.
 * Fans differ by some per cent and by phase; how a board is screwed on is the same for all, as in that recording.
 */
import { RandomStream } from "../random"
import { clamp, within } from "./draw"
import { type AxisStatistics, BALANCES, type Balance, fanStatistics, SPEEDS } from "./fan"
import { Memo } from "./memo"
import { noiseKey, normalAt } from "./noise"
import { type ShakenPlace, ShakenWorld, type Vector } from "./shaken"
import type { World } from "./world"

const ROW_MS = 1000
const SAMPLES_PER_SECOND = 50
const HOUR_SECONDS = 3600
const HOURS_KEPT = 3

/** Where gravity pulls in the recording's mounting, m/s2: X is up, and the board leans a little. */
const GRAVITY: Vector = [9.75, 0.05, -1.2]
/** The recording's accelerometer knew no more than 8 g either way. */
const MOST = 8 * 9.80665
/** Of one fan to the next of its make. */
const GAIN = { least: 0.97, most: 1.03 }
const SPEED_SECONDS = { least: 30, most: 180 }
/** Seconds of the hour at which a weight slips, slips on, and is put back. */
const ASKEW_FROM = { least: 600, most: 1200 }
const UNBALANCED_FROM = { least: 1800, most: 2400 }
const MENDED_FROM = { least: 3000, most: 3500 }

/** Of white normal noise: mean step in standard deviations, 2 / sqrt(pi) and as much more as the deviation of 50 is short; range of 50. */
const WHITE_STEP = 1.144
const NORMAL_RANGE = 4.51
/** A tone has no tails: how much of the range it takes away, by the square of its share. Fitted, as are those below. */
const TONE_RANGE = -1.2
const RANGE_PER_EXPONENT = 2.1
const EXPONENT = { least: 0.3, most: 2 }
/** One step back can colour noise by half. */
const CORRELATION_MAX = 0.45

export function machineWorld(seed: number, places: number): World {
    return new ShakenWorld(
        "machine",
        ROW_MS,
        Array.from({ length: places }, (_, place) => new Fan(seed, place))
    )
}

/** How the fan runs from a second of its hour on. */
interface Run {
    fromSecond: number
    balance: Balance
    speed: number
}

/** The vibration along one axis of a run. */
interface Shake {
    toneHertz: number
    toneAmplitude: number
    noiseAmplitude: number
    /** Of the sample before, for each of this one. */
    echo: number
    exponent: number
    scale: number
}

class Fan implements ShakenPlace {
    private readonly hours: Memo<Run[]>
    private readonly shakes = new Map<string, Shake[]>()
    private readonly axes: { noise: number; phase: number; gain: number }[]

    constructor(seed: number, place: number) {
        const name = `${seed}/machine/${place}`
        this.hours = new Memo(HOURS_KEPT, hour => drawHour(`${name}/hour/${hour}`))
        this.axes = [0, 1, 2].map(axis => {
            const random = new RandomStream(`${name}/axis/${axis}`)
            return {
                noise: noiseKey(`${name}/noise/${axis}`),
                phase: 2 * Math.PI * random.uniform(),
                gain: within(random, GAIN),
            }
        })
    }

    truthAt(second: number): string {
        return this.runAt(second).balance
    }

    accelerationAt(timeMs: number): Vector {
        const { balance, speed } = this.runAt(Math.floor(timeMs / 1000))
        const shakes = this.shakesOf(balance, speed)
        const felt = (axis: number) =>
            clamp(GRAVITY[axis] + this.shaken(shakes[axis], axis, timeMs), -MOST, MOST)
        return [felt(0), felt(1), felt(2)]
    }

    private shaken(shake: Shake, axis: number, timeMs: number): number {
        const { noise, phase, gain } = this.axes[axis]
        const sample = Math.floor((timeMs * SAMPLES_PER_SECOND) / 1000)
        const tone = Math.sin((2 * Math.PI * shake.toneHertz * timeMs) / 1000 + phase)
        const colour = normalAt(noise, sample) + shake.echo * normalAt(noise, sample - 1)
        const normal = shake.toneAmplitude * tone + shake.noiseAmplitude * colour
        return gain * shake.scale * bent(normal, shake.exponent)
    }

    private runAt(second: number): Run {
        const runs = this.hours.at(Math.floor(second / HOUR_SECONDS))
        const inHour = second % HOUR_SECONDS
        let at = runs.length - 1
        while (runs[at].fromSecond > inHour) --at
        return runs[at]
    }

    private shakesOf(balance: Balance, speed: number): Shake[] {
        const key = `${balance} ${speed}`
        const known = this.shakes.get(key)
        if (known !== undefined) return known
        const { toneHertz, axes } = fanStatistics(balance, speed)
        const shakes = axes.map(axis => shakeFrom(axis, toneHertz))
        this.shakes.set(key, shakes)
        return shakes
    }
}

/** Its deviation is the one given, and so, about, are range and mean step. */
function shakeFrom(axis: AxisStatistics, toneHertz: number): Shake {
    const { standardDeviation, range, meanAbsoluteDifference, toneShare } = axis
    const noiseShare = 1 - toneShare
    const correlation = 1 - (meanAbsoluteDifference / WHITE_STEP) ** 2
    const ofTone = Math.cos((2 * Math.PI * toneHertz) / SAMPLES_PER_SECOND)
    const ofNoise = clamp(
        (correlation - toneShare * ofTone) / noiseShare,
        -CORRELATION_MAX,
        CORRELATION_MAX
    )
    // A moving average of two, of which that is the correlation.
    const echo = ofNoise === 0 ? 0 : (1 - Math.sqrt(1 - 4 * ofNoise ** 2)) / (2 * ofNoise)
    const unbentRange = NORMAL_RANGE + TONE_RANGE * toneShare ** 2
    const exponent = clamp(
        1 + (range - unbentRange) / RANGE_PER_EXPONENT,
        EXPONENT.least,
        EXPONENT.most
    )
    return {
        toneHertz,
        toneAmplitude: Math.sqrt(2 * toneShare),
        noiseAmplitude: Math.sqrt(noiseShare / (1 + echo ** 2)),
        echo,
        exponent,
        scale: standardDeviation / deviationOf(exponent, toneShare),
    }
}

/** Of a bent sum of tone and noise whose deviation was 1: the mean over the tone's phases and the noise's values, on a grid. */
function deviationOf(exponent: number, toneShare: number): number {
    let squares = 0
    let weights = 0
    for (let phase = 0; phase < 16; ++phase)
        for (let noise = -5; noise <= 5; noise += 0.125) {
            const tone = Math.sqrt(2 * toneShare) * Math.sin((2 * Math.PI * phase) / 16)
            const weight = Math.exp(-(noise ** 2) / 2)
            const sum = tone + Math.sqrt(1 - toneShare) * noise
            squares += weight * bent(sum, exponent) ** 2
            weights += weight
        }
    return Math.sqrt(squares / weights)
}

/** More than 1 makes peaks of what stands out, less makes all alike. */
function bent(value: number, exponent: number): number {
    return Math.sign(value) * Math.abs(value) ** exponent
}

/** It begins balanced and ends mended; speeds change all the while. */
function drawHour(name: string): Run[] {
    const random = new RandomStream(name)
    const second = (range: { least: number; most: number }) => Math.round(within(random, range))
    const slips = [0, second(ASKEW_FROM), second(UNBALANCED_FROM), second(MENDED_FROM)]
    const states: Balance[] = [...BALANCES, "balanced"]
    const runs: Run[] = []
    slips.forEach((fromSecond, i) => {
        const until = slips[i + 1] ?? HOUR_SECONDS
        for (let at = fromSecond; at < until; at += second(SPEED_SECONDS))
            runs.push({ fromSecond: at, balance: states[i], speed: drawSpeed(random) })
    })
    return runs
}

/** The faster of two: a fan that is on mostly has work to do. */
function drawSpeed(random: RandomStream): number {
    return Math.max(random.integer(SPEEDS.length), random.integer(SPEEDS.length))
}
