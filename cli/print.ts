/** Figures as a table, or as one JSON object. */
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
