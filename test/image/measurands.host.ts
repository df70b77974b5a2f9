/** Which rows of the table of measurands an image goes without: never one that its program names. */
import assert from "node:assert/strict"
import { test } from "node:test"
import { apps } from "../../image/apps"
import { leaveOutMeasurands } from "../../image/measurands"
import { sourcesOf } from "../../image/sources"
import { wiringOf } from "../../image/wiring"
import { allMeasurands } from "../../src/telemetry/contract/measurands"

const TABLE = "src/telemetry/contract/measurands.ts"
const NAMES = allMeasurands().map(({ measurand }) => measurand)

/** The rows that are left beside another file. */
function leftBy(text: string): string[] {
    const sources = new Map([...sourcesOf([TABLE]), ["src/other.ts", text]])
    leaveOutMeasurands(sources)
    return namesIn(sources)
}

function namesIn(sources: Map<string, string>): string[] {
    const table = sources.get(TABLE) ?? ""
    return NAMES.filter(name => table.includes(`"${name} `))
}

test("each measurand that a program names stays, whatever it names it as, and no other", () => {
    for (const name of NAMES)
        for (const text of [`"${name}"`, `{ ${name}: 1 }`, `sample.${name}`, `"x ${name},y 1"`])
            assert.deepEqual(leftBy(text), [name], text)
    assert.deepEqual(leftBy(""), [])
})

test("all stay for who asks for all, or by the name on the wire", () => {
    for (const asked of ["allMeasurands()", "measurandByWire(word)"])
        assert.deepEqual(leftBy(asked), NAMES)
})

test("every app has the row of all that its parts serve", () => {
    for (const entry of apps().values()) {
        const sources = sourcesOf([entry])
        leaveOutMeasurands(sources)
        const left = namesIn(sources)
        const served = wiringOf(entry).served.map(({ measurand }) => measurand)
        assert.ok(served.length > 0, entry)
        assert.deepEqual(
            served.filter(name => !left.includes(name)),
            [],
            entry
        )
        assert.ok(left.length < 12, `${entry}: ${left.join(", ")}`)
    }
})
