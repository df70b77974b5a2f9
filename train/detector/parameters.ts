/** The kinds of detectors, with the parameters of each in the channels' units, and what one says of a stream under Node. */
import { EwmaDetector } from "../../src/inference/ewma-detector"
import { EwmaZ, type EwmaZModel } from "../../src/inference/ewma-z"
import { FastSlow, type FastSlowModel } from "../../src/inference/fast-slow"
import { FastSlowDetector } from "../../src/inference/fast-slow-detector"
import { HalfSpaceDetector } from "../../src/inference/half-space-detector"
import { type HalfSpaceModel, HalfSpaceTrees } from "../../src/inference/half-space-trees"
import type { Model } from "../../src/inference/model"
import { UNUSUAL } from "../../src/inference/verdict"
import type { DetectorModel } from "../../src/inference/detector"
import type { Stream } from "./streams"

export interface EwmaParameters extends Omit<EwmaZModel, "deviationFloor"> {
    kind: "ewma-z"
    deviationFloors: number[]
}

export interface FastSlowParameters extends Omit<FastSlowModel, "deviationFloor"> {
    kind: "fast-slow"
    deviationFloors: number[]
}

export interface HalfSpaceParameters extends HalfSpaceModel {
    kind: "half-space-trees"
}

export type Parameters = EwmaParameters | FastSlowParameters | HalfSpaceParameters
export type Kind = Parameters["kind"]

/** By kind the class a main file makes of the generated module, and where it is. */
export const DETECTOR_CLASSES: Record<Kind, { name: string; file: string }> = {
    "ewma-z": { name: "EwmaDetector", file: "ewma-detector" },
    "fast-slow": { name: "FastSlowDetector", file: "fast-slow-detector" },
    "half-space-trees": { name: "HalfSpaceDetector", file: "half-space-detector" },
}

/** What a generated module exports. */
export type GeneratedDetector = DetectorModel & Parameters

/** The class of the board, under Node. */
export function detectorOf(generated: GeneratedDetector): Model & { reset(): void } {
    switch (generated.kind) {
        case "ewma-z":
            return new EwmaDetector(generated)
        case "fast-slow":
            return new FastSlowDetector(generated)
        case "half-space-trees":
            return new HalfSpaceDetector(generated)
    }
}

/** Rows of alarm, rising: what the class of the board would tell of the same values, without the ticks between. */
export function alarmRows(parameters: Parameters, { channels, length }: Stream): number[] {
    const alarms = new Uint8Array(length)
    if (parameters.kind === "half-space-trees") {
        const trees = new HalfSpaceTrees(parameters)
        const values = channels.map(() => 0)
        for (let row = 0; row < length; ++row) {
            for (let i = 0; i < channels.length; ++i) values[i] = channels[i][row]
            if (trees.push(values) === UNUSUAL) alarms[row] = 1
        }
    } else
        channels.forEach((values, i) => {
            const deviationFloor = parameters.deviationFloors[i]
            const channel =
                parameters.kind === "ewma-z"
                    ? new EwmaZ({ ...parameters, deviationFloor })
                    : new FastSlow({ ...parameters, deviationFloor })
            for (let row = 0; row < length; ++row)
                if (channel.push(values[row]) === UNUSUAL) alarms[row] = 1
        })
    const rows: number[] = []
    for (let row = 0; row < length; ++row) if (alarms[row] === 1) rows.push(row)
    return rows
}
