import { describe, expect, test } from "../suite"
import { SteadyVerdict } from "../../src/telemetry/steady-verdict"

/** A letter a round, `u` for unknown; what holds after each. */
function heldOf(least: number, said: string): string {
    const steady = new SteadyVerdict(least)
    let held = ""
    for (let i = 0; i < said.length; ++i) {
        const verdict = said[i] === "u" ? "unknown" : said[i]
        held = held + steady.push(verdict)[0]
    }
    return held
}

describe("steady verdict", () => {
    test("of one round is the verdict itself", () => {
        expect(heldOf(1, "abacub")).toBe("abacub")
    })
    test("changes in the round in which a new one has held long enough", () => {
        expect(heldOf(3, "aabbbba")).toBe("aaaabbb")
    })
    test("does not flicker, and counts anew after each relapse", () => {
        expect(heldOf(3, "aabbabbabb")).toBe("aaaaaaaaaa")
        expect(heldOf(2, "aababcbc")).toBe("aaaaaaaa")
        expect(heldOf(2, "aabcc")).toBe("aaaac")
    })
    test("is unknown at once, and known again at once", () => {
        expect(heldOf(3, "aauubbb")).toBe("aauubbb")
        expect(heldOf(3, "uab")).toBe("uaa")
    })
})
