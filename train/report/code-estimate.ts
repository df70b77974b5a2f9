/**
 * What generated code will take as bytecode, from its text: compiling it takes 3 s, longer than most trainings.
 *
 * Fitted to twelve trees of 3 to 121 nodes on two recordings, compiled by DeviceScript 2.16.4 (52 to 1,380 B): none is off by more than
 * 3 B or 2 %. A surrogate is a check and a comparison more, which is a little much: 218 for 204 B where each split has one.
 */
import { MISSING } from "../../src/inference/model"

const CODE_BYTES = 20
const COMPARISON_BYTES = 13
const CHECK_BYTES = 12
const INPUT_BYTES = 8

/** @param module text of model.ts */
export function estimatedCodeBytes(module: string): number {
    const count = (pattern: RegExp) => module.match(pattern)?.length ?? 0
    return (
        CODE_BYTES +
        COMPARISON_BYTES * count(/ (<=|>) -?\d/g) +
        CHECK_BYTES * count(new RegExp(` === ${MISSING}\\b`, "g")) +
        INPUT_BYTES * count(/= ticks\[/g)
    )
}
