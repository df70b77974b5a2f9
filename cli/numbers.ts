/** Numbers from the command line, refused with what would do. */
import { InvalidArgumentError } from "commander"

export function integerFrom(least: number, most: number): (text: string) => number {
    return text => {
        const value = Number(text)
        if (!/^-?\d+$/.test(text) || value < least || value > most)
            throw new InvalidArgumentError(`It takes a whole number from ${least} to ${most}.`)
        return value
    }
}

export function numberFrom(least: number, most: number): (text: string) => number {
    return text => {
        const value = Number(text)
        if (text.trim() === "" || !(value >= least && value <= most))
            throw new InvalidArgumentError(`It takes a number from ${least} to ${most}.`)
        return value
    }
}
