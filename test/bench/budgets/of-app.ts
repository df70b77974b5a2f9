/** An app within its budgets, as a test of its own: in CI with the hours whose figures are kept, else an hour of them. */
import assert from "node:assert/strict"
import { test } from "node:test"
import { hoursOf, measureBudgets } from "../../../bench/budgets/budgets"
import { failures } from "../../../bench/budgets/rows"
import { isThorough } from "../../harness/needs"

export function withinBudgets(app: string): void {
    const hours = isThorough() ? hoursOf(app) : 1
    test(`${app} is within its budgets: size, heap, fibers, steps, flash, traffic`, async () => {
        const rows = await measureBudgets({ app, hours, boards: ["mw_esp32c3"] })
        assert.ok(rows.length > 10, `${rows.length} rows`)
        // An hour is no day: what comes a day is held in CI.
        const isHeld = (measure: string) => isThorough() || !measure.endsWith(" a day")
        const told = failures(rows.filter(({ measure }) => isHeld(measure))).map(
            ({ measure, value, budget }) => `${measure}: ${value}, budget ${budget}`
        )
        assert.deepEqual(told, [])
    })
}
