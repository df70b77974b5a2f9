/** Lists from the command line, refused with what is wrong with them. */
import { InvalidArgumentError } from "commander"

/** "a, b" */
export function listOf(given: string): string[] {
    const columns = given.split(",").map(column => column.trim())
    if (columns.includes("")) throw new InvalidArgumentError("It takes names joined by commas.")
    refuseTwice(columns)
    return columns
}

export function refuseTwice(names: string[]): void {
    const twice = names.find((name, i) => names.indexOf(name) !== i)
    if (twice !== undefined) throw new InvalidArgumentError(`"${twice}" stands there twice.`)
}
