import assert from "node:assert/strict"
import { test } from "node:test"
import { leaveOutPolicy } from "../../image/policy"
import { sourcesOf } from "../../image/sources"

const LOOKS = /(report|policy)\.(alarms|whileOffline) [!=]==/

/** The lines that go, of the program at `entry`, whose text may be changed first. */
function leftOut(entry: string, change = (text: string) => text): string[] {
    const sources = sourcesOf([entry])
    sources.set(entry, change(sources.get(entry) ?? ""))
    const before = new Map(sources)
    leaveOutPolicy(sources)
    return [...before].flatMap(([path, text]) => {
        const kept = new Set(sources.get(path)?.split("\n"))
        return text.split("\n").filter(line => !kept.has(line))
    })
}

const of = (lines: string[], option: string) => lines.filter(line => line.includes(`.${option} `))

test("a program that names no option gets none of the lines that look at one, and all others", () => {
    const lines = leftOut("src/main.ts")
    assert.equal(of(lines, "alarms").length, 2)
    assert.equal(of(lines, "whileOffline").length, 1)
    assert.equal(lines.length, 3, lines.join("\n"))
    for (const line of lines) assert.match(line, LOOKS)
})

test("one that names an option has its lines, however it comes by it", () => {
    assert.deepEqual(leftOut("src/mainwear.ts"), [])
    assert.equal(of(leftOut("src/mainmachine.ts"), "whileOffline").length, 0)
    assert.equal(of(leftOut("src/mainmachine.ts"), "alarms").length, 2)
    const later = (text: string) =>
        `${text}\nconst policy: any = {}\npolicy["alarms"] = ["vacant"]\n`
    assert.equal(of(leftOut("src/main.ts", later), "alarms").length, 0)
})
