import assert from "node:assert/strict"
import { test } from "node:test"
import fc from "fast-check"
import { Clock } from "../../sim/clock"

test("events run in the order of their times, and of one time in the order they were asked for", () => {
    fc.assert(
        fc.property(fc.array(fc.nat(20), { maxLength: 60 }), times => {
            const clock = new Clock()
            const ran: [number, number][] = []
            times.forEach((timeMs, index) => {
                clock.at(timeMs, () => {
                    assert.equal(clock.nowMs(), timeMs)
                    ran.push([timeMs, index])
                })
            })
            while (clock.step(1000));
            const expected = times
                .map((timeMs, index): [number, number] => [timeMs, index])
                .sort(([a, i], [b, j]) => a - b || i - j)
            assert.deepEqual(ran, expected)
        })
    )
})

test("time goes to the limit and no further", () => {
    const clock = new Clock()
    let ran = 0
    clock.after(100, () => ran++)
    assert.equal(clock.step(99), false)
    assert.deepEqual([clock.nowMs(), ran], [99, 0])
    assert.equal(clock.step(100), true)
    assert.deepEqual([clock.nowMs(), ran], [100, 1])
})

test("an event that was cancelled does not run, and is not waited for", () => {
    const clock = new Clock()
    const event = clock.after(5, () => assert.fail("it ran"))
    clock.after(9, () => {})
    event.cancel()
    assert.equal(clock.nextMs(), 9)
    while (clock.step(20));
})

test("an event asked for in the past runs now: time never goes back", () => {
    const clock = new Clock()
    clock.step(50)
    let atMs = 0
    clock.at(10, () => (atMs = clock.nowMs()))
    clock.step(60)
    assert.equal(atMs, 50)
})
