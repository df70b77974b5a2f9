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
        expect(await refusal(windows, [])).toBe("standby: climate looks back past a reset")
        const detector = { model: { name: "steam", windowSamples: 1, reset: () => {} } }
        expect(await refusal(detector, [])).toBe("standby: steam looks back past a reset")
        const signal = { parts: [{ sensor: { part: "LIS3DH", windows: [1] } }] }
        expect(await refusal(signal, [])).toBe("standby: LIS3DH looks back past a reset")
    })

    test("what leaves no time for it, or needs a node that is awake, is refused", async () => {
        expect(await refusal({ sampleEveryMs: 59999 }, [])).toBe(
            "standby: rounds every 59999 ms are too short"
        )
        expect(await refusal({ display: {} }, [])).toBe("standby: a display would be off")
        expect(await refusal({}, ["summary", "raw"])).toBe("standby: raw measurands are not kept")
    })

    test("summaries that find no room are refused", async () => {
        const eight: string[] = []
        for (let i = 0; i < 8; ++i) eight.push("summary")
        expect(await refusal({}, eight)).toBe("")
        eight.push("summary")
        expect(await refusal({}, eight)).toBe("standby: no room for 9 summaries")
    })
})
