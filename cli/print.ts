/** Figures as a table, or as one JSON object or array. */
import Table from "cli-table3"

export function printObject(result: object, json: boolean): void {
    if (json) {
        console.log(JSON.stringify(result))
        return
    }
    const table = new Table({ style: { head: [], border: [] } })
    for (const [name, value] of Object.entries(result)) table.push([name, String(value)])
    console.log(table.toString())
}

/** @param rows one or more, all with the same figures */
export function printRows(rows: object[], json: boolean): void {
    if (json) {
        console.log(JSON.stringify(rows))
        return
    }
    const table = new Table({ head: Object.keys(rows[0]), style: { head: [], border: [] } })
    for (const row of rows) table.push(Object.values(row).map(value => String(value ?? "-")))
    console.log(table.toString())
}
