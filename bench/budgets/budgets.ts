/** Every budget of every app: what it takes on a board, and in a simulated day. Repeatable to the byte: nothing in it is a time. */
import { apps, entryOf } from "../../image/apps"
import { ourBoards } from "../../image/boards"
import { worldOfApp } from "../../sim/worlds/worlds"
import { keptDay } from "./kept"
import { readLast } from "./last"
import { dayRows, sizeRows, type Row } from "./rows"
import { sizesOf } from "./sizes"

/** Apps of a signal sample without a pause, and so does their simulation: a quarter of a day takes as long as a day of the others. */
const SIGNAL_APPS = ["machine", "wear"]

export interface BudgetOptions {
    /** All there are if absent. */
    app?: string
    /** Of ordinary life; those whose figures are kept if absent. */
    hours?: number
    /** Those of ours if absent. */
    boards?: string[]
}

/** The hours whose figures are kept. */
export function hoursOf(app: string): number {
    return SIGNAL_APPS.includes(app) ? 6 : 24
}

/** @throws UsageError for an app that is not there */
export async function measureBudgets(
    { app, hours, boards = ourBoards() }: BudgetOptions,
    onProgress: (share: number) => void = () => {}
): Promise<Row[]> {
    const names = app === undefined ? [...apps().keys()] : [app]
    const last = readLast()
    const rows: Row[] = []
    for (const [index, name] of names.entries()) {
        const entry = entryOf(name)
        const day = { entry, world: worldOfApp(name), hours: hours ?? hoursOf(name) }
        const nodes = await keptDay(day, share => onProgress((index + share) / names.length))
        // A shorter or longer run has other figures, though nothing has changed.
        const comparable = day.hours === hoursOf(name) ? last[name] : undefined
        rows.push(...sizeRows(name, await sizesOf(entry, boards), last[name]))
        rows.push(...dayRows(name, nodes, comparable))
    }
    return rows
}
