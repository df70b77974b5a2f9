import { describe, expect, test } from "../suite"
import { standByBetweenRounds } from "../../src/node/standby"

const MODEL = { name: "warmth", windowSamples: 1 }
const PARTS = [{ sensor: { part: "SHT4x" } }]

/** As much of a node as is looked at before it is taken over. */
function nodeOf(options: object, as: string[]): any {
    const accounts = as.map(each => ({ as: each }))
    return {
        options: Object.assign({ model: MODEL, parts: PARTS, sampleEveryMs: 60000 }, options),
        reporter: { accounts },
    }
}

/** What it is refused for; "" when it is not. */
async function refusal(options: object, as: string[]): Promise<string> {
    try {
        // The tests' host plays no chip, so what is not refused stays awake.
        expect(await standByBetweenRounds(nodeOf(options, as), "mqtt://desk")).toBe(false)
        return ""
    } catch (e) {
        return (e as Error).message
    }
}

describe("standby", () => {
    test("a node that samples seldom, looks at one round and sums up is let pass", async () => {
        expect(await refusal({}, ["summary", "verdict", "off"])).toBe("")
    })

    test("what does not outlive a reset is refused, and by its name", async () => {
        const windows = { model: { name: "climate", windowSamples: 10 } }
        expect(await refusal(windows, [])).toBe("no standby with a model that looks back")
        const detector = { model: { name: "steam", windowSamples: 1, reset: () => {} } }
        expect(await refusal(detector, [])).toBe("no standby with a model that looks back")
    })

    test("what leaves no time for it, or needs a node that is awake, is refused", async () => {
        expect(await refusal({ sampleEveryMs: 59999 }, [])).toBe(
            "no standby with rounds of 59999 ms"
        )
        expect(await refusal({ display: {} }, [])).toBe("no standby with a display")
        expect(await refusal({}, ["summary", "raw"])).toBe("no standby with raw measurands")
    })

    test("summaries that find no room are refused", async () => {
        const eight: string[] = []
        for (let i = 0; i < 8; ++i) eight.push("summary")
        expect(await refusal({}, eight)).toBe("")
        eight.push("summary")
        expect(await refusal({}, eight)).toBe("no standby with 9 summaries")
    })
})
