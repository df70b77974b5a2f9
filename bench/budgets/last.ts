/** The figures that somebody has accepted, kept beside the code that makes them: what a change costs is seen in its diff. */
import { existsSync, readFileSync, writeFileSync } from "node:fs"
import { inProject } from "../../image/project"
import type { LastOfApp, Row } from "./rows"

const FILE = inProject("bench/budgets/last.json")

export type Last = Record<string, LastOfApp>

export function readLast(): Last {
    return existsSync(FILE) ? (JSON.parse(readFileSync(FILE, "utf8")) as Last) : {}
}

/** Of the apps in the rows, all of theirs; other apps stay as they are. What has no end is left out. */
export function saveLast(rows: Row[]): void {
    const last = readLast()
    for (const app of new Set(rows.map(row => row.app))) {
        const values = rows.filter(row => row.app === app && Number.isFinite(row.value))
        last[app] = Object.fromEntries(values.map(({ measure, value }) => [measure, value]))
    }
    const sorted = Object.fromEntries(
        Object.keys(last)
            .sort()
            .map(app => [app, last[app]])
    )
    writeFileSync(FILE, `${JSON.stringify(sorted, undefined, 4)}\n`)
}
