/** Lists as options take them: words joined by commas, or pairs of them. */
import { InvalidArgumentError } from "commander"

export function listOf(given: string): string[] {
    const words = given.split(",").map(word => word.trim())
    if (words.includes("")) throw new InvalidArgumentError("It takes names joined by commas.")
    refuseTwice(words)
    return words
}

export function pairsOf(given: string): [string, string][] {
    return given.split(",").map(pair => {
        const [left, right, ...rest] = pair.split("=").map(side => side.trim())
        if (!left || !right || rest.length > 0)
            throw new InvalidArgumentError(`"${pair}" is not of the form left=right.`)
        return [left, right]
    })
}

export function refuseTwice(names: string[]): void {
    const twice = names.find((name, i) => names.indexOf(name) !== i)
    if (twice !== undefined) throw new InvalidArgumentError(`"${twice}" stands there twice.`)
}
