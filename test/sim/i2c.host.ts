import assert from "node:assert/strict"
import { beforeEach, test } from "node:test"
import { Clock } from "../../sim/clock"
import { isDue, parseFaults } from "../../sim/faults"
import { I2cBus } from "../../sim/i2c"
import type { Part } from "../../sim/parts/part"
import { RandomStream } from "../../sim/random"

/** Answers what was written to it, plus one a read. */
class Echo implements Part {
    readonly address = 0x44
    written: Buffer = Buffer.alloc(0)
    reads = 0
    write(bytes: Buffer): boolean {
        this.written = bytes
        return bytes[0] !== 0xee
    }
    read(length: number): Buffer {
        return Buffer.alloc(length, this.written[0] + this.reads++)
    }
}

const ADDRESS = 0x44
let clock: Clock
let part: Echo

function busWith(faults: string): I2cBus {
    return new I2cBus(
        new Map([["echo", part]]),
        parseFaults(faults, ["echo"]),
        clock,
        new RandomStream("test")
    )
}

/** One transaction as the firmware sends it; undefined for a NACK. */
function transact(bus: I2cBus, address: number, write: number[], readLength: number) {
    const message = Buffer.alloc(6 + write.length + readLength)
    message[0] = 0xff
    message[1] = address
    message.writeUInt16LE(write.length, 2)
    message.writeUInt16LE(readLength, 4)
    message.set(write, 6)
    bus.answer(message)
    return message[0] === 0 ? [...message.subarray(6 + write.length)] : undefined
}

beforeEach(() => {
    clock = new Clock()
    part = new Echo()
})

test("a write and a read reach the part and come back", () => {
    const bus = busWith("")
    assert.deepEqual(transact(bus, ADDRESS, [7], 0), [])
    assert.deepEqual(transact(bus, ADDRESS, [], 2), [7, 7])
    assert.deepEqual(transact(bus, ADDRESS, [9], 1), [10])
})

test("nobody at an address, and a part that refuses, are NACKs", () => {
    const bus = busWith("")
    assert.equal(transact(bus, 0x45, [7], 0), undefined)
    assert.equal(transact(bus, ADDRESS, [0xee], 0), undefined)
})

test("absent and nack refuse the transaction", () => {
    for (const kind of ["absent", "nack"])
        assert.equal(transact(busWith(`${kind}:part=echo`), ADDRESS, [7], 1), undefined)
})

test("crc flips just one bit of an answer", () => {
    const bus = busWith("crc:part=echo")
    transact(bus, ADDRESS, [0], 0)
    for (let i = 0; i < 20; ++i) {
        part.reads = 0
        const answer = transact(bus, ADDRESS, [], 6) ?? []
        const bits = answer.map(byte => byte.toString(2).replaceAll("0", "").length)
        assert.equal(
            bits.reduce((a, b) => a + b, 0),
            1
        )
    }
})

test("stuck repeats the answer before", () => {
    const bus = busWith("stuck:part=echo,from=1s")
    transact(bus, ADDRESS, [1], 0)
    assert.deepEqual(transact(bus, ADDRESS, [], 1), [1])
    clock.step(1000)
    assert.deepEqual(transact(bus, ADDRESS, [], 1), [1])
    assert.deepEqual(transact(bus, ADDRESS, [], 1), [1])
})

test("slow has no answer until it is later than it should be", () => {
    const bus = busWith("slow:part=echo,by=30ms")
    transact(bus, ADDRESS, [1], 0)
    clock.step(29)
    assert.equal(transact(bus, ADDRESS, [], 1), undefined)
    clock.step(30)
    assert.deepEqual(transact(bus, ADDRESS, [], 1), [1])
})

test("a chance is about as often as it says, and the same for the same seed", () => {
    const misses = () => {
        const bus = busWith("nack:p=0.25")
        return Array.from({ length: 2000 }, () => transact(bus, ADDRESS, [1], 0) === undefined)
    }
    const [one, other] = [misses(), misses()]
    assert.deepEqual(one, other)
    const count = one.filter(Boolean).length
    assert.ok(count > 440 && count < 560, `${count} of 2000`)
})

test("a schedule has its times", () => {
    const [fault] = parseFaults("nack:from=10s,every=60s,for=5s", [])
    const due = [9_999, 10_000, 14_999, 15_000, 69_999, 70_000, 74_999, 75_000].map(ms =>
        isDue(fault, ms)
    )
    assert.deepEqual(due, [false, true, true, false, false, true, true, false])
    const [once] = parseFaults("nack:from=1min,for=500ms", [])
    assert.deepEqual(
        [59_999, 60_000, 60_499, 60_500, 200_000].map(ms => isDue(once, ms)),
        [false, true, true, false, false]
    )
})

const REFUSED: [string, RegExp][] = [
    ["ncak", /no fault "ncak"; did you mean "nack"\? There are: nack, absent, crc, stuck, slow/],
    ["nack:part=ehco", /no part "ehco"; did you mean "echo"\?/],
    ["nack:q=1", /no "q"; did you mean "p"/],
    ["nack:p=2", /p: "2" is not a number from 0 to 1/],
    ["nack:p=", /p: "" is not a number/],
    ["nack:from=5", /from: "5" is no time/],
    ["nack:from=5x", /from: "5x" is no time/],
    ["nack:part", /"part" is not key=value/],
    ["nack:every=5s,for=5s", /shorter/],
]
for (const [spec, reason] of REFUSED)
    test(`the fault "${spec}" is refused, and why`, () => {
        assert.throws(() => parseFaults(spec, ["echo"]), reason)
    })
