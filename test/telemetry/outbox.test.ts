import { describe, expect, test } from "@devicescript/test"
import { Outbox } from "../../src/telemetry/outbox"

describe("outbox", () => {
    test("reports come out in the order they went in", () => {
        const outbox = new Outbox(3)
        outbox.push(hex`01`)
        outbox.push(hex`02`)
        expect(outbox.take()[0]).toBe(1)
        outbox.push(hex`03`)
        expect(outbox.take()[0]).toBe(2)
        expect(outbox.take()[0]).toBe(3)
        expect(outbox.take()).toBe(undefined)
        expect(outbox.lost).toBe(0)
    })

    test("when it is full the oldest goes, and is counted", () => {
        const outbox = new Outbox(3)
        for (let i = 1; i <= 5; ++i) outbox.push(Buffer.from([i]))
        expect(outbox.count()).toBe(3)
        expect(outbox.lost).toBe(2)
        expect(outbox.take()[0]).toBe(3)
    })
})
