/** `motewise bench mutation`: what the drivers' tests notice. */
import { Command } from "commander"
import Table from "cli-table3"
import {
    DRIVER_RATE_MIN,
    OVERALL_RATE_MIN,
    isEnough,
    type MutationResult,
} from "../bench/mutation/result"
import { integerFrom } from "./numbers"
import { watchShare } from "./progress"

export function mutationCommand(): Command {
    const names = (text: string) => text.split(",").filter(name => name !== "")
    return new Command("mutation")
        .description("bugs seeded in every driver, one at a time: how many its tests notice")
        .option("--driver <names>", "only these, with commas between them", names)
        .option("--max <n>", "mutants of each driver, drawn at random", integerFrom(1, 100_000))
        .option("--seed <n>", "of everything random", integerFrom(0, 2 ** 30), 1)
        .option("--json", "print one JSON object and nothing else", false)
        .addHelpText(
            "after",
            `\nFails under ${percent(OVERALL_RATE_MIN)} overall, and under ${percent(DRIVER_RATE_MIN)} of any driver.` +
                "\n\nExamples:\n  motewise bench mutation --driver sht4x,sensirion\n  motewise bench mutation --max 20"
        )
        .action(async ({ driver = [], max, seed, json }) => {
            // Not at the top: it edits sources with TypeScript's parser, which takes a second to load.
            const { mutate } = await import("../bench/mutation/mutation")
            const { targets } = await import("../bench/mutation/targets")
            const progress = watchShare("judged")
            const result = await mutate(targets(driver), { max, seed }, progress.tell)
            progress.done()
            if (json) console.log(JSON.stringify(result))
            else printMutation(result)
            if (!isEnough(result)) process.exitCode = 1
        })
}

function printMutation({ drivers, unhealthy, wallMs, ...overall }: MutationResult): void {
    for (const { driver, survivors } of drivers)
        for (const { line, from, to } of survivors)
            console.log(
                `src/drivers/${driver}.ts:${line} survived\n  - ${from}\n  + ${to || "nothing"}`
            )
    const table = new Table({
        head: ["driver", "mutants", "killed", "survived", "invalid", "rate"],
        style: { head: [], border: [] },
    })
    for (const { driver, mutants, killed, survived, invalid, rate } of [
        ...drivers,
        { driver: "all", ...overall },
    ])
        table.push([driver, mutants, killed, survived, invalid, percent(rate)])
    console.log(table.toString())
    console.log(`${(wallMs / 1000).toFixed(0)} s, seed ${overall.seed}`)
    for (const { driver, told } of unhealthy)
        console.error(`${driver}: its own tests fail, so nothing was learnt of it:\n${told}`)
}

function percent(share: number): string {
    return `${(share * 100).toFixed(1)} %`
}
