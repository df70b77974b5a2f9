/** The parameters of a detector, each with its unit and a sentence for somebody who has never read of detectors. */
import type { Kind, Parameters } from "../detector/parameters"
import type { ReportInput } from "./facts"
import { amount, counted, titleOf, unitOf, whole } from "./wording"

export interface ParameterMeaning {
    /** As in model.ts. */
    name: string
    /** Of which input, where each has its own. */
    of?: string
    value: string
    meaning: string
}

/** What a kind alarms by, after "by". */
export const KINDS_FOR_PEOPLE: Record<Kind, string> = {
    "ewma-z": "how far a reading lies from a moving mean",
    "fast-slow": "how far a fast moving mean leaves a slow one",
    "half-space-trees": "how seldom readings like it came in the window before",
}

export function parameterMeanings(
    parameters: Parameters,
    inputs: ReportInput[]
): ParameterMeaning[] {
    switch (parameters.kind) {
        case "ewma-z": {
            const { alpha, threshold, alarmedShare, deviationFloors } = parameters
            return [
                {
                    name: "alpha",
                    value: String(alpha),
                    meaning: `It looks back over about ${readings(1 / alpha)}: this share of the distance to a new one is what the mean moves.`,
                },
                {
                    name: "threshold",
                    value: `${threshold} standard deviations`,
                    meaning: "A reading further than that from the mean, either way, is unusual.",
                },
                {
                    name: "alarmedShare",
                    value: String(alarmedShare),
                    meaning:
                        alarmedShare > 0
                            ? `An unusual reading is learnt of ${amount(1 / alarmedShare, "")} times more slowly, lest an event soon is usual.`
                            : "An unusual reading is not learnt of.",
                },
                ...floors(deviationFloors, threshold, inputs, "a reading must leave its mean"),
            ]
        }
        case "fast-slow": {
            const { fastAlpha, slowAlpha, threshold, deviationFloors } = parameters
            return [
                {
                    name: "fastAlpha",
                    value: String(fastAlpha),
                    meaning: `The fast mean, which is what is held to be true now, looks back over about ${readings(1 / fastAlpha)}.`,
                },
                {
                    name: "slowAlpha",
                    value: String(slowAlpha),
                    meaning: `The slow mean, which is what is usual, looks back over about ${readings(1 / slowAlpha)}.`,
                },
                {
                    name: "threshold",
                    value: `${threshold} standard deviations`,
                    meaning:
                        "It is unusual when the fast mean is further than that from the slow one, either way.",
                },
                ...floors(deviationFloors, threshold, inputs, "the means must part"),
                refractory(parameters.refractory),
                {
                    name: "settling",
                    value: readings(parameters.settling),
                    meaning: "So many at the start without an alarm, until it knows what is usual.",
                },
            ]
        }
        case "half-space-trees": {
            const { trees, depth, window, lows, highs, threshold, massMin, seed } = parameters
            return [
                {
                    name: "window",
                    value: readings(window),
                    meaning:
                        "A reading is held against so many before it; in the first window nothing is unusual.",
                },
                {
                    name: "threshold",
                    value: String(threshold),
                    meaning:
                        "Unusual is what falls where fewer readings came than this, as a share of what would come there if they were spread evenly.",
                },
                ...inputs.map((input, i) => ({
                    name: "lows, highs",
                    of: titleOf(input),
                    value: `${amount(lows[i], "")} to ${amount(highs[i], unitOf(input))}`,
                    meaning:
                        "The range that is cut into halves; what lies outside is told less finely.",
                })),
                {
                    name: "trees, depth",
                    value: `${whole(trees)} trees, ${counted(depth, "cut")}`,
                    meaning:
                        "Each tree cuts the range in halves in an order of its own, so often; their mean is what counts.",
                },
                {
                    name: "massMin",
                    value: readings(massMin),
                    meaning: "A half with no more of them is cut no further.",
                },
                refractory(parameters.refractory),
                {
                    name: "seed",
                    value: String(seed),
                    meaning: "It draws the order of the cuts; another one is another detector.",
                },
            ]
        }
    }
}

/** Of a detector of one stream in a program: numbers of the virtual machine have 8 bytes. What holds them takes more. */
export function stateBytes(parameters: Parameters, channels: number): number {
    switch (parameters.kind) {
        case "ewma-z":
            // Mean and variance.
            return channels * 2 * NUMBER_BYTES
        case "fast-slow":
            // Two means, a variance, and how long to be quiet.
            return channels * 4 * NUMBER_BYTES
        case "half-space-trees": {
            // Of each half the counts of two windows, 16 bits each; of each that is cut, by which channel; of each tree what it cuts.
            const { trees, depth } = parameters
            const halves = 2 ** (depth + 1)
            return trees * (halves * 4 + halves / 2 + channels * 2 * NUMBER_BYTES)
        }
    }
}

const NUMBER_BYTES = 8

/** "about" is the caller's word: 3.6 readings are 4. */
function readings(count: number): string {
    return counted(Math.round(count), "reading")
}

function floors(
    deviations: number[],
    threshold: number,
    inputs: ReportInput[],
    what: string
): ParameterMeaning[] {
    return inputs.map((input, i) => ({
        name: "deviationFloors",
        of: titleOf(input),
        value: amount(deviations[i], unitOf(input)),
        meaning: `No smaller standard deviation is believed, so ${what} by more than ${amount(deviations[i] * threshold, unitOf(input))}.`,
    }))
}

function refractory(count: number): ParameterMeaning {
    return {
        name: "refractory",
        value: readings(count),
        meaning: "So many after an alarm without another.",
    }
}
