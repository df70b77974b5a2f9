import assert from "node:assert/strict"
import { test } from "node:test"
import { encode } from "cborg"
import fc from "fast-check"
import { openReport, ReportError } from "../../fleet/open"
import {
    BOOT_HEX,
    EMPTY_REPORT_HEX,
    FULL_REPORT_HEX,
    TERSE_REPORT_HEX,
} from "../../src/telemetry/contract/vectors"

const bytes = (hex: string) => Buffer.from(hex, "hex")

/** A pack as some other encoder would write it. */
function pack(first: [unknown, unknown][], ...rest: [unknown, unknown][][]): Uint8Array {
    return encode([first, ...rest].map(fields => new Map(fields)))
}

const FIRST: [unknown, unknown][] = [
    [0, "n"],
    [2, 1],
    ["boot", Buffer.alloc(8)],
    ["seq", 0],
    ["up", 0],
]
const without = (key: unknown) => FIRST.filter(([k]) => k !== key)
const withField = (key: unknown, value: unknown): [unknown, unknown][] => [
    ...without(key),
    [key, value],
]

test("the contract's vectors open to what they were written from", () => {
    assert.deepEqual(openReport(bytes(EMPTY_REPORT_HEX)), {
        boot: BOOT_HEX,
        sequence: 0,
        uptimeMs: 6200,
        samples: 1,
        records: [],
    })
    assert.deepEqual(openReport(bytes(FULL_REPORT_HEX)), {
        boot: BOOT_HEX,
        sequence: 300,
        uptimeMs: 59945880,
        samples: 1000,
        records: [
            { name: "occupancy", unit: undefined, value: "occupied" },
            { name: "t", unit: "Cel", value: 21.7 },
            { name: "t", unit: "Cel", value: 21 },
            { name: "fault/scd4x", unit: undefined, value: "crc" },
            { name: "g", unit: undefined, value: 3 },
        ],
    })
})

test("a report of another encoder opens too: order and extra fields do not matter", () => {
    const other = pack(
        [
            ["up", 5],
            ["later", true],
            ["seq", 1],
            ["boot", Buffer.alloc(8, 1)],
            [2, 9],
            [0, "n"],
        ],
        [
            [2, 1.5],
            [0, "t"],
            [1, "Cel"],
            ["later", null],
        ]
    )
    const { sequence, samples, records } = openReport(other)
    assert.deepEqual({ sequence, samples }, { sequence: 1, samples: 9 })
    assert.deepEqual(records, [{ name: "t", unit: "Cel", value: 1.5 }])
})

test("what a terse report leaves out is filled in: which one it is, and the units", () => {
    const sealed = { boot: BOOT_HEX, sequence: 300 }
    assert.deepEqual(openReport(bytes(TERSE_REPORT_HEX), sealed), {
        boot: BOOT_HEX,
        sequence: 300,
        samples: 70_000,
        epochSeconds: 1_763_640_006,
        records: [
            { name: "t", unit: "Cel", value: 21.7 },
            { name: "rh", unit: "%RH", value: 45.3 },
            { name: "co2", unit: "ppm", value: 612 },
            { name: "lx", unit: "lx", value: 431 },
        ],
    })
})

test("a name that is no measurand's, or a text, has no unit by itself; a unit that is told stands", () => {
    const report = pack(
        FIRST,
        [
            [0, "g"],
            [2, 3],
        ],
        [
            [0, "t"],
            [3, "warm"],
        ],
        [
            [0, "t"],
            [1, "K"],
            [2, 294],
        ]
    )
    assert.deepEqual(
        openReport(report).records.map(({ unit }) => unit),
        [undefined, undefined, "K"]
    )
})

test("a sealed report tells its uptime, or the time of day, or both", () => {
    const sealed = { boot: BOOT_HEX, sequence: 7 }
    const open = (...fields: [unknown, unknown][]) =>
        openReport(pack([[0, "n"], [2, 1], ...fields]), sealed)
    assert.equal(open(["up", 5]).uptimeMs, 5)
    assert.equal(open([-3, 9]).epochSeconds, 9)
    const { uptimeMs, epochSeconds } = open([-3, 9], ["up", 5])
    assert.deepEqual([uptimeMs, epochSeconds], [5, 9])
    assert.throws(() => open(), /up is no count/)
    assert.throws(() => open([-3, 9], ["up", -1]), /up is no count/)
})

test("a sealed report that says itself which one it is, is refused: the nonce says so", () => {
    const sealed = { boot: "00".repeat(8), sequence: 0 }
    assert.throws(() => openReport(pack(FIRST), sealed), /boot inside/)
    assert.throws(() => openReport(pack(without("boot")), sealed), /seq inside/)
})

test("in the open a terse report is none: nobody knows which it is", () => {
    assert.throws(() => openReport(bytes(TERSE_REPORT_HEX)), /boot/)
    const noUptime: [unknown, unknown][] = [...without("up"), [-3, 9]]
    assert.throws(() => openReport(pack(noUptime)), /up is no count/)
})

const REFUSED: [string, Uint8Array, RegExp][] = [
    ["nothing", Buffer.alloc(0), /CBOR/],
    ["half a report", bytes(FULL_REPORT_HEX).subarray(0, 40), /CBOR/],
    ["a report and a half", Buffer.concat([bytes(EMPTY_REPORT_HEX), bytes("00")]), /CBOR/],
    ["513 bytes", Buffer.alloc(513), /513 B/],
    ["no array", encode({ a: 1 }), /pack/],
    ["an empty array", encode([]), /pack/],
    ["24 records", encode(Array.from({ length: 24 }, () => new Map())), /pack/],
    [
        "a record that is no map",
        pack(FIRST)
            .map((b, i) => (i === 0 ? 0x81 : b))
            .slice(0, 1),
        /CBOR/,
    ],
    ["a number for a record", encode([new Map(FIRST), 7]), /map/],
    ["no sample count", pack(withField(0, "t")), /sample count/],
    ["no boot", pack(without("boot")), /boot/],
    ["a boot of 7 bytes", pack(withField("boot", Buffer.alloc(7))), /boot/],
    ["a boot in words", pack(withField("boot", "01234567")), /boot/],
    ["no sequence", pack(without("seq")), /seq/],
    ["a sequence of -1", pack(withField("seq", -1)), /seq/],
    ["a sequence of 1.5", pack(withField("seq", 1.5)), /seq/],
    ["an uptime past exactness", pack(withField("up", 2 ** 60)), /up/],
    ["a record without a name", pack(FIRST, [[2, 1]]), /name/],
    ["a record without a value", pack(FIRST, [[0, "t"]]), /no value/],
    [
        "a value of NaN",
        pack(FIRST, [
            [0, "t"],
            [2, NaN],
        ]),
        /no value/,
    ],
    [
        "a value of infinity",
        pack(FIRST, [
            [0, "t"],
            [2, Infinity],
        ]),
        /no value/,
    ],
    [
        "a name of 97 characters",
        pack(FIRST, [
            [0, "x".repeat(97)],
            [2, 1],
        ]),
        /text/,
    ],
    [
        "a decimal with a large exponent",
        bytes(`82${EMPTY_REPORT_HEX.slice(2)}a2006174 02c482187f01`.replace(" ", "")),
        /decimal/,
    ],
    ["a decimal that is none", bytes(`82${EMPTY_REPORT_HEX.slice(2)}a200617402c401`), /decimal/],
    ["an array of endless length", bytes(`9f${EMPTY_REPORT_HEX.slice(2)}ff`), /CBOR/],
]

for (const [what, report, reason] of REFUSED)
    test(`${what} is refused with its reason`, () => {
        assert.throws(
            () => openReport(report),
            (e: Error) => e instanceof ReportError && reason.test(e.message)
        )
    })

test("whatever bytes come, they open or are refused by name: nothing else happens", () => {
    const whole = bytes(FULL_REPORT_HEX)
    const mutated = fc
        .array(fc.tuple(fc.nat(whole.length - 1), fc.nat(255)), { minLength: 1, maxLength: 6 })
        .map(changes => {
            const copy = Buffer.from(whole)
            for (const [at, value] of changes) copy[at] = value
            return copy
        })
    const anything = fc.uint8Array({ maxLength: 600 })
    fc.assert(
        fc.property(fc.oneof(mutated, anything), report => {
            for (const sealed of [undefined, { boot: BOOT_HEX, sequence: 1 }])
                try {
                    openReport(report, sealed)
                } catch (e) {
                    assert.ok(e instanceof ReportError, String(e))
                }
        }),
        { numRuns: 20_000 }
    )
})
