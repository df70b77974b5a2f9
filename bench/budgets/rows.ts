/** A budget as a row: what it is, what it may be, what it was. */
import type { NodeDay } from "./day"
import { CODE, IMAGE, measuredIn, type Limit } from "./limits"
import type { AppSize } from "./sizes"

/** Values by measure, as they were when somebody last accepted them. */
export type LastOfApp = Record<string, number>

export interface Row {
    app: string
    measure: string
    unit: string
    value: number
    budget: number
    /** The budget is what it has to be at least, not at most. */
    atLeast: boolean
    /** Within its budget. */
    ok: boolean
    /** Undefined where there is none to compare with, and so its change. */
    last?: number
    change?: number
}

export function rowOf(app: string, limit: Limit, value: number, last: LastOfApp = {}): Row {
    const { measure, unit, most, least } = limit
    const before = last[measure] as number | undefined
    return {
        app,
        measure,
        unit,
        value,
        budget: most ?? least ?? Infinity,
        atLeast: most === undefined,
        ok: value <= (most ?? Infinity) && value >= (least ?? -Infinity),
        ...(before === undefined ? {} : { last: before, change: value - before }),
    }
}

/** Of all boards that an image is the same for, one row each. */
export function sizeRows(app: string, sizes: AppSize[], last?: LastOfApp): Row[] {
    return sizes.flatMap(({ boards, codeBytes, imageBytes }, index) => {
        const named = (limit: Limit) =>
            index === 0 ? limit : { ...limit, measure: `${limit.measure} (${boards.join(", ")})` }
        return [
            rowOf(app, named(CODE), codeBytes, last),
            rowOf(app, named(IMAGE), imageBytes, last),
        ]
    })
}

export function dayRows(app: string, nodes: NodeDay[], last?: LastOfApp): Row[] {
    return measuredIn(nodes).map(({ limit, value }) => rowOf(app, limit, value, last))
}

/** What is over its budget. */
export function failures(rows: Row[]): Row[] {
    return rows.filter(row => !row.ok)
}
