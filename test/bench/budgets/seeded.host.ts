/** Each budget, held against a program that breaks it and no other: what is measured is what there is. */
import assert from "node:assert/strict"
import { test } from "node:test"
import { overAfter } from "./seeded"

const CASES: { what: string; hours: number; kept?: string; sample?: string; over: string[] }[] = [
    { what: "samples every second and keeps nothing", hours: 3, over: [] },
    {
        // 9 opcodes a turn (test/sim/steps.host.ts counts them), so 40,000 in a stretch.
        what: "spins 40,000 steps",
        hours: 0.25,
        kept: "let turns = 0",
        sample: "turns = 0; while (turns < 4444) turns = turns + 1",
        over: ["steps between awaits"],
    },
    {
        what: "spins 30,000 steps",
        hours: 0.25,
        kept: "let turns = 0",
        sample: "turns = 0; while (turns < 3333) turns = turns + 1",
        over: [],
    },
    {
        // 28 B a minute, and 8 in the array: 50 kB a day, and after three hours 6 kB.
        what: "leaks a small buffer a minute",
        hours: 3,
        kept: "const leaked: Buffer[] = []",
        sample: "if (n % 60 === 0) leaked.push(Buffer.alloc(8))",
        over: ["heap growth a day"],
    },
    {
        what: "writes its flash with each sample",
        hours: 0.25,
        sample: `await settings.set("n", Buffer.from("" + n))`,
        over: ["flash writes a day", "flash lasts"],
    },
    {
        what: "writes its flash every two hours",
        hours: 3,
        sample: `if (n % 7200 === 0) await settings.set("n", Buffer.from("" + n))`,
        over: [],
    },
    {
        what: "holds 33 kB",
        hours: 0.25,
        kept: "const held = [Buffer.alloc(16500), Buffer.alloc(16500)]",
        sample: "held[0][0] = n",
        over: ["heap of 40 kB, alive"],
    },
    {
        what: "holds 42 kB, which a small heap does not have",
        hours: 0.25,
        kept: "const held: Buffer[] = []",
        sample: "if (n <= 42) held.push(Buffer.alloc(1000))",
        over: ["heap of 64 kB, with garbage", "heap of 40 kB, alive", "panics"],
    },
    {
        what: "starts ten fibers that sleep",
        hours: 0.25,
        kept: "const nap = async () => { for (;;) await ds.sleep(60000) }",
        sample: "if (n <= 10) nap.start()",
        over: ["fibers"],
    },
]

for (const { what, hours, kept = "", sample = "", over } of CASES)
    test(`a program that ${what} is over: ${over.join(", ") || "nothing"}`, async () => {
        assert.deepEqual(await overAfter(hours, kept, sample), over)
    })
