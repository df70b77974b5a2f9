/** The trainer as a command: a recording in, a model folder out. Bad input is one line on stderr and exit code 2. */
import { Script } from "node:vm"
import { Command, CommanderError, InvalidArgumentError, Option } from "commander"
import { allMeasurands, measurandByName } from "../src/telemetry/contract/measurands"
import { FolderError, writeModelFolder } from "./folder"
import { identifierOf } from "./generate"
import { TableError } from "./table"
import { percent, type Recipe, type Summary, train } from "./training"

const EXIT_BAD_INPUT = 2

interface Options {
    data: string
    label: string
    out: string
    name: string
    map: Recipe["inputs"]
    classes?: Recipe["classes"]
    maxNodes: number
    blocks: number
    seed: number
    json?: boolean
}

function command(): Command {
    return new Command("train")
        .description("train a threshold model on a recording")
        .requiredOption("--data <file>", "recording, CSV in order of time")
        .requiredOption("--label <column>", "column that holds the class")
        .requiredOption("--out <folder>", "model folder, such as models/occupancy")
        .requiredOption("--name <name>", "name of the verdict, such as occupancy", nameOf)
        .requiredOption("--map <column=measurand,...>", "inputs of the model", inputsOf)
        .option("--classes <cell=name,...>", "names of the classes, in their order", classesOf)
        .addOption(between("--max-nodes <count>", "largest tree to consider", 3, 1023, 15))
        .addOption(between("--blocks <count>", "blocks of the cross-validation", 2, 100, 10))
        .addOption(between("--seed <number>", "draws the test vectors", 0, 2 ** 31 - 1, 1))
        .option("--json", "print the figures as JSON")
        .showSuggestionAfterError(false)
        .exitOverride()
}

function between(
    flags: string,
    text: string,
    least: number,
    greatest: number,
    usual: number
): Option {
    return new Option(flags, `${text}, ${least} to ${greatest}`).default(usual).argParser(given => {
        const value = Number(given)
        if (!/^\d+$/.test(given) || value < least || value > greatest)
            throw new InvalidArgumentError(
                `It must be a whole number from ${least} to ${greatest}.`
            )
        return value
    })
}

/** A SenML name (RFC 8428, section 4.5.1) that also makes an identifier. */
function nameOf(given: string): string {
    if (!/^[a-z][a-z0-9]*(-[a-z0-9]+)*$/.test(given))
        throw new InvalidArgumentError("It must be lower-case words joined by hyphens.")
    try {
        new Script(`"use strict"; const ${identifierOf(given)} = 0`)
    } catch {
        throw new InvalidArgumentError("It is a word of the language.")
    }
    return given
}

function inputsOf(given: string): Recipe["inputs"] {
    const inputs = pairsOf(given).map(([column, measurand]) => ({ column, measurand }))
    const unknown = inputs.find(({ measurand }) => measurandByName(measurand) === undefined)
    if (unknown !== undefined)
        throw new InvalidArgumentError(
            `No measurand is called ${unknown.measurand}; there are ${allMeasurands()
                .map(m => m.measurand)
                .join(", ")}.`
        )
    refuseTwice(inputs.map(({ measurand }) => measurand))
    return inputs
}

function classesOf(given: string): Recipe["classes"] {
    const classes = pairsOf(given).map(([cell, name]) => ({ cell, name }))
    if (classes.length < 2) throw new InvalidArgumentError("It must name two classes or more.")
    refuseTwice(classes.map(({ cell }) => cell))
    refuseTwice(classes.map(({ name }) => name))
    return classes
}

function pairsOf(given: string): [string, string][] {
    return given.split(",").map(pair => {
        const [left, right, ...rest] = pair.split("=").map(side => side.trim())
        if (!left || !right || rest.length > 0)
            throw new InvalidArgumentError(`"${pair}" is not of the form left=right.`)
        return [left, right]
    })
}

function refuseTwice(names: string[]): void {
    const twice = names.find((name, i) => names.indexOf(name) !== i)
    if (twice !== undefined) throw new InvalidArgumentError(`"${twice}" stands there twice.`)
}

function report(summary: Summary): string {
    const { curve, chosen } = summary.selection
    const sizes = curve.map(
        ({ nodes, error, standardError }) =>
            `${String(nodes).padStart(7)}  ${percent(error).padStart(8)} +- ${percent(standardError)}${nodes === chosen.nodes ? "  <- chosen" : ""}`
    )
    return [
        `${summary.name}: ${summary.nodes} nodes on ${summary.inputs.join(", ") || "no input"}`,
        `rows ${summary.rows}: ${summary.classes.map(({ name, rows }) => `${name} ${rows}`).join(", ")}`,
        `training accuracy ${percent(summary.trainingAccuracy)}, rows changed by int16 scaling: ${summary.changedVsFloat}`,
        "  nodes  cross-validated error",
        ...sizes,
    ].join("\n")
}

function main(argv: string[]): number {
    try {
        const options = command().parse(argv).opts<Options>()
        const { out, json, map, ...settings } = options
        const { files, summary } = train({ ...settings, inputs: map })
        writeModelFolder(out, files)
        console.log(json === true ? JSON.stringify(summary) : report(summary))
        return 0
    } catch (e) {
        // Commander has said it already.
        if (e instanceof CommanderError) return e.exitCode === 0 ? 0 : EXIT_BAD_INPUT
        if (!(e instanceof TableError || e instanceof FolderError)) throw e
        console.error(e.message)
        return EXIT_BAD_INPUT
    }
}

process.exitCode = main(process.argv)
