/** `--classes`: what the cells of the label column are called, in the order of the classes: "0=vacant,1=occupied". */
import { InvalidArgumentError } from "commander"
import type { CellClass } from "../table/meanings"
import { pairsOf, refuseTwice } from "./lists"

export function classesOf(given: string): CellClass[] {
    const classes = pairsOf(given).map(([cell, name]) => ({ cell, name }))
    if (classes.length < 2) throw new InvalidArgumentError("It must name two classes or more.")
    refuseTwice(classes.map(({ cell }) => cell))
    refuseTwice(classes.map(({ name }) => name))
    return classes
}
