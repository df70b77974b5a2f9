import assert from "node:assert/strict"
import { test } from "node:test"
import { RandomStream } from "../../sim/random"

function bytesOf(key: string, count: number): string {
    const bytes = Buffer.alloc(count)
    new RandomStream(key).fill(bytes)
    return bytes.toString("hex")
}

/** `count` draws and their mean and standard deviation. */
function moments(count: number, draw: () => number) {
    const drawn = Array.from({ length: count }, draw)
    const mean = drawn.reduce((sum, value) => sum + value, 0) / count
    const squares = drawn.reduce((sum, value) => sum + (value - mean) ** 2, 0)
    return { drawn, mean, deviation: Math.sqrt(squares / count) }
}

function assertNear(actual: number, expected: number, tolerance: number): void {
    assert.ok(Math.abs(actual - expected) <= tolerance, `${actual} is not ${expected}`)
}

// The vectors were computed from the description in sim/random.ts with Python's hashlib.
test("the bytes are SHA-256 of the key's digest and a counter, across blocks", () => {
    assert.equal(
        bytesOf("7/0/1/jitter", 40),
        "e9dfae3fcb0b6453c5ba250ed89d4e8c37ecf43eacf182dd2c287c49f1461a97fa355e67d452801f"
    )
    assert.equal(bytesOf("7/0/1/jitter", 72).slice(128), "a46833e2d717bcbe")
    assert.equal(bytesOf("Grüße", 8), "e2217f02cc6ebfd6")
})

test("the numbers are the bytes, most significant first", () => {
    assert.equal(new RandomStream("7/0/1/jitter").uniform(), 0.3085547681770149)
    assert.equal(new RandomStream("7/0/1/jitter").integer(6), 3)
    assertNear(new RandomStream("7/0/1/jitter").normal(), -0.6339633878917583, 1e-12)
})

test("the same key repeats, however the bytes are taken", () => {
    const whole = bytesOf("seed/1", 100)
    const stream = new RandomStream("seed/1")
    const parts = [0, 1, 31, 32, 33, 3].map(count => {
        const bytes = new Uint8Array(count)
        stream.fill(bytes)
        return Buffer.from(bytes).toString("hex")
    })
    assert.equal(parts.join(""), whole)
})

test("one character of the key makes another stream", () => {
    const streams = ["1/0/0/a", "1/0/0/b", "1/0/1/a", "1/1/0/a", "2/0/0/a", "10/0/0/a", ""]
    assert.equal(new Set(streams.map(key => bytesOf(key, 16))).size, streams.length)
})

test("one stream's draws do not move another's", () => {
    const one = new RandomStream("a")
    const other = new RandomStream("b")
    const alone = new RandomStream("b")
    for (let i = 0; i < 50; ++i) {
        one.uniform()
        assert.equal(other.uniform(), alone.uniform())
    }
})

test("streams of neighbouring keys are uncorrelated", () => {
    const count = 20_000
    const one = new RandomStream("7/1/0/x")
    const other = new RandomStream("7/2/0/x")
    let product = 0
    for (let i = 0; i < count; ++i) product += one.normal() * other.normal()
    assertNear(product / count, 0, 4 / Math.sqrt(count))
})

test("uniform fills [0, 1) evenly", () => {
    const count = 50_000
    const stream = new RandomStream("uniform")
    const { drawn, mean, deviation } = moments(count, () => stream.uniform())
    assert.ok(
        drawn.every(value => value >= 0 && value < 1),
        "all in [0, 1)"
    )
    assertNear(mean, 1 / 2, 0.006)
    assertNear(deviation, Math.sqrt(1 / 12), 0.004)
    const tenths = new Array<number>(10).fill(0)
    for (const value of drawn) tenths[Math.floor(value * 10)] += 1
    for (const inTenth of tenths) assertNear(inTenth, count / 10, 300)
})

test("normal has mean 0, deviation 1 and the tails of a bell", () => {
    const count = 50_000
    const stream = new RandomStream("normal")
    const { drawn, mean, deviation } = moments(count, () => stream.normal())
    assertNear(mean, 0, 0.02)
    assertNear(deviation, 1, 0.02)
    for (const [sigmas, share] of [
        [1, 0.3173],
        [2, 0.0455],
        [3, 0.0027],
    ]) {
        const beyond = drawn.filter(value => Math.abs(value) > sigmas).length / count
        assertNear(beyond, share, 0.01 * share ** 0.5)
    }
})

test("integer draws every number below its bound as often", () => {
    const stream = new RandomStream("integer")
    const counts = new Array<number>(7).fill(0)
    for (let i = 0; i < 70_000; ++i) counts[stream.integer(7)] += 1
    for (const count of counts) assertNear(count, 10_000, 400)
    assert.equal(stream.integer(1), 0)
})

test("integer is not biased where the bound does not divide 2^32", () => {
    // With a bare remainder, numbers below 2^30 would be drawn in half of the cases instead of a third.
    const stream = new RandomStream("bias")
    let small = 0
    for (let i = 0; i < 10_000; ++i) if (stream.integer(3 * 2 ** 30) < 2 ** 30) ++small
    assertNear(small / 10_000, 1 / 3, 0.02)
})

test("integer refuses a bound it cannot serve", () => {
    const stream = new RandomStream("refuse")
    for (const below of [0, -1, 1.5, NaN, 2 ** 32 + 1]) {
        assert.throws(() => stream.integer(below), assert.AssertionError)
    }
    assertNear(stream.integer(2 ** 32), 2 ** 31, 2 ** 31)
})
