import assert from "node:assert/strict"
import { test } from "node:test"
import { PART_NAMES } from "../../sim/breadboard"
import { readScenario, SCENARIO_NAMES } from "../../sim/scenario"
import { InputError } from "../../table/input-error"
import { fileOf } from "../cli/run"

test("ours are all in order, by name and by path", () => {
    assert.ok(SCENARIO_NAMES.length >= 5, `${SCENARIO_NAMES.length} scenarios`)
    for (const name of SCENARIO_NAMES) {
        const scenario = readScenario(name, PART_NAMES)
        assert.equal(scenario.name, name)
        assert.ok(scenario.faults.length > 0, `${name} has faults`)
        assert.deepEqual(readScenario(`sim/scenarios/${name}.json`, PART_NAMES), scenario)
    }
})

test("a fault is an object or a text of the same grammar", () => {
    const faults = [{ kind: "crc", part: "sht4x", p: 0.1 }, "crc:part=sht4x,p=0.1"]
    const file = fileOf("two.json", JSON.stringify({ name: "two", about: "both", faults }))
    const [one, other] = readScenario(file, PART_NAMES).faults
    assert.deepEqual(one, other)
    assert.equal(one.chance, 0.1)
})

const scenario = (fields: object) =>
    JSON.stringify({ name: "bad", about: "wrong somewhere", faults: [], ...fields })

const REFUSED: [string, string, RegExp][] = [
    ["no JSON", "{", /JSON/],
    ["a list", "[]", /a scenario is an object, not \[\]/],
    ["no name", scenario({ name: undefined }), /name: it takes a text/],
    ["no faults", scenario({ faults: undefined }), /faults: it takes a list/],
    ["an unknown field", scenario({ fault: [] }), /no field "fault"; did you mean "faults"\?/],
    ["half a node", scenario({ nodes: 1.5 }), /nodes: 1.5 is not a whole number from 1 to 1000/],
    ["a seed in words", scenario({ seed: "one" }), /seed: "one" is not a whole number/],
    ["no seconds", scenario({ seconds: 0 }), /seconds: 0 is not/],
    [
        "another world",
        scenario({ world: "moon" }),
        /world: no "moon"\. There are: room, soil, .*replay$/,
    ],
    [
        "an unknown fault",
        scenario({ faults: ["crc", { kind: "kik", every: "1s" }] }),
        /faults\[1\]: no fault "kik"; did you mean "kick"/,
    ],
    ["a fault without a kind", scenario({ faults: [{}] }), /faults\[0\]: kind: it takes a text/],
    ["a fault that is a number", scenario({ faults: [7] }), /faults\[0\]: a fault is an object/],
    [
        "a condition that is none",
        scenario({ faults: [{ kind: "crc", p: true }] }),
        /faults\[0\]: p: it takes a text/,
    ],
    [
        "two conditions in one",
        scenario({ faults: [{ kind: "crc", part: "sht4x,p=1" }] }),
        /faults\[0\]: part: "sht4x,p=1" has/,
    ],
    [
        "a condition out of bounds",
        scenario({ faults: [{ kind: "crc", p: 2 }] }),
        /faults\[0\]: fault crc: p: "2"/,
    ],
]
for (const [what, text, reason] of REFUSED)
    test(`a scenario with ${what} is refused in a line with its file and field`, () => {
        const file = fileOf("bad.json", text)
        assert.throws(
            () => readScenario(file, PART_NAMES),
            (e: Error) =>
                e instanceof InputError &&
                e.message.startsWith(`${file}: `) &&
                !e.message.includes("\n") &&
                reason.test(e.message)
        )
    })

test("a scenario that is not there", () => {
    assert.throws(() => readScenario("bad-wfi", PART_NAMES), /did you mean "bad-wifi"\?/)
    assert.throws(() => readScenario("./nowhere.json", PART_NAMES), /nowhere\.json: ENOENT/)
})
