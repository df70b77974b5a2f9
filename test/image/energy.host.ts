import assert from "node:assert/strict"
import { test } from "node:test"
import { leaveOutEnergy } from "../../image/energy"
import { sourcesOf } from "../../image/sources"

const CALLS = /\b(energy|meter)\.(onAir|awakeMs|toText)|meterSockets\(options/

const calling = (sources: Map<string, string>) =>
    [...sources].filter(([, text]) => CALLS.test(text)).map(([path]) => path)

test("a program that keeps no account has none of the calls that would tell it", () => {
    const sources = sourcesOf(["src/mainmachine.ts"])
    const before = calling(sources)
    assert.deepEqual(before.sort(), [
        "src/mqtt/socket.ts",
        "src/node/node.ts",
        "src/telemetry/reporter.ts",
    ])
    leaveOutEnergy(sources)
    assert.deepEqual(calling(sources), [])
})

test("of the lines around them nothing is lost", () => {
    const sources = sourcesOf(["src/mainmachine.ts"])
    const before = new Map(sources)
    leaveOutEnergy(sources)
    const lost = [...before].flatMap(([path, text]) => {
        const kept = new Set(sources.get(path)?.split("\n"))
        return text.split("\n").filter(line => !kept.has(line))
    })
    assert.equal(lost.length, 7, lost.join("\n"))
    for (const line of lost) assert.match(line, /^ +if \(.*(energy|meter) !== undefined.*\) .+$/)
})

test("a program that keeps one has them all", () => {
    const sources = sourcesOf(["src/main.ts"])
    const before = new Map(sources)
    leaveOutEnergy(sources)
    assert.deepEqual(sources, before)
})
