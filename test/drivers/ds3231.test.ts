/** The DS3231 driver against the simulated part. */
import * as ds from "@devicescript/core"
import { beforeEach, describe, expect, test } from "../suite"
import {
    Ds3231,
    EPOCH_SECONDS_END,
    EPOCH_SECONDS_MIN,
    calendarFromDays,
    celsiusFromTicks,
    daysFromCalendar,
    epochSecondsFromRegisters,
    registersFromEpochSeconds,
} from "../../src/drivers/ds3231"
import { Conditions, Part } from "../../sim/parts/part"
import { SimDs3231 } from "../../sim/parts/ds3231"
import { expectBytes, expectFault } from "../expect"
import { FakeClock, FakeI2C } from "../fakes"
import { Stranger } from "./stranger"

/** Writes down what goes over the wire, and flips bits of one byte of what is read. */
class Listener implements Part {
    readonly address = 0x68
    heard: string[] = []
    flipAt = 0
    flipBits = 0

    constructor(private readonly inner: Part) {}

    write(bytes: Buffer): boolean {
        this.heard.push(bytes.toString("hex"))
        return this.inner.write(bytes)
    }

    read(length: number): Buffer | undefined {
        this.heard.push(`${length}`)
        const bytes = this.inner.read(length)
        if (bytes !== undefined && this.flipAt < length)
            bytes[this.flipAt] = bytes[this.flipAt] ^ this.flipBits
        return bytes
    }
}

/** Has no power for a moment while it measures. */
class Blinking implements Part {
    readonly address = 0x68

    constructor(private readonly inner: Part) {}

    write(bytes: Buffer): boolean {
        return this.inner.write(bytes)
    }

    read(length: number): Buffer | undefined {
        if (length === 5) {
            const present = room
            room = {}
            this.inner.read(1)
            room = present
            this.inner.write(hex`0E`)
        }
        return this.inner.read(length)
    }
}

let clock: FakeClock
let room: Conditions
let part: SimDs3231
let bus: FakeI2C
let sensor: Ds3231

/** What is asserted is no SensorError, and comes from an asynchronous method: `toThrow` can not see it. */
async function expectRefused(epochSeconds: number): Promise<void> {
    let isRefused = false
    try {
        await sensor.setEpochSeconds(epochSeconds)
    } catch {
        isRefused = true
    }
    expect(isRefused).toBe(true)
}

describe("ds3231", () => {
    beforeEach(() => {
        clock = new FakeClock()
        room = { temperatureCelsius: 21.5 }
        part = new SimDs3231(clock, () => room)
        bus = new FakeI2C([part])
        sensor = new Ds3231(bus, clock)
    })

    test("known instants are known registers, and back", () => {
        // By `date -u -d @N`. Seconds, minutes, hours, day (Sunday is 1), date, month, year.
        const instants = [
            [946684800, "0000000007010100"], // Saturday 2000-01-01 00:00:00
            [951782399, "0059592302280200"], // Monday 2000-02-28 23:59:59
            [951782400, "0000000003290200"], // Tuesday 2000-02-29
            [951868800, "0000000004010300"], // Wednesday 2000-03-01
            [1234567890, "0030312306130209"], // Friday 2009-02-13 23:31:30
            [1700000000, "0020132203141123"], // Tuesday 2023-11-14 22:13:20
            [1700002800, "0000002303141123"], // an hour, whole
            [1709251199, "0059592305290224"], // Thursday 2024-02-29 23:59:59
            [2147483648, "0008140303190138"], // Tuesday 2038-01-19 03:14:08
            [4102444799, "0059592305311299"], // Thursday 2099-12-31 23:59:59
        ]
        for (const instant of instants) {
            const registers = registersFromEpochSeconds(instant[0] as number)
            expectBytes(registers, instant[1] as string)
            expect(epochSecondsFromRegisters(registers.slice(1))).toBe(instant[0] as number)
        }
        expect(EPOCH_SECONDS_MIN).toBe(946684800)
        expect(EPOCH_SECONDS_END).toBe(4102444800)
    })

    test("every day of the century follows the one before it", async () => {
        const lengths = [31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31]
        let days = 10957
        for (let year = 2000; year < 2100; ++year) {
            // All the days of the first five years and the last four; of the others the ends of their months.
            const isWhole = year < 2005 || year >= 2096
            for (let month = 1; month <= 12; ++month) {
                const length = lengths[month - 1] + (month === 2 && year % 4 === 0 ? 1 : 0)
                for (let date = 1; date <= length; date += isWhole ? 1 : length - 1) {
                    expect(daysFromCalendar(year, month, date)).toBe(days + date - 1)
                    const day = calendarFromDays(days + date - 1)
                    if (day.year !== year || day.month !== month || day.date !== date)
                        throw new Error(`${days}: ${day.year}-${day.month}-${day.date}`)
                }
                days += length
                await ds.sleep(0)
            }
        }
        expect(days).toBe(47482)
    })

    test("12 h mode is read as well: midnight is 12 AM, noon 12 PM", () => {
        const hourOf = (value: number) =>
            (epochSecondsFromRegisters(Buffer.from([0, 0, value, 7, 1, 1, 0])) - 946684800) / 3600
        expect(hourOf(0x52)).toBe(0)
        expect(hourOf(0x41)).toBe(1)
        expect(hourOf(0x51)).toBe(11)
        expect(hourOf(0x72)).toBe(12)
        expect(hourOf(0x61)).toBe(13)
        expect(hourOf(0x71)).toBe(23)
        expect(hourOf(0x23)).toBe(23)
        expect(hourOf(0x12)).toBe(12)
    })

    test("registers that are no time are a range fault", async () => {
        const wrong = [
            hex`60000007010100`, // second 60
            hex`0A000007010100`, // no digit
            hex`80000007010100`,
            hex`00600007010100`,
            hex`000A0007010100`,
            hex`00002407010100`, // hour 24
            hex`00000A07010100`,
            hex`00008007010100`,
            hex`00004007010100`, // hour 0 of 12
            hex`00005307010100`, // hour 13 of 12
            hex`0000CA07010100`,
            hex`0000C107010100`,
            hex`00000007000100`, // date 0
            hex`00000007320100`,
            hex`000000071A0100`,
            hex`00000007310400`, // 31 April
            hex`00000007300200`, // 30 February
            hex`00000007290201`, // 29 February 2001
            hex`00000007010000`, // month 0
            hex`00000007011300`,
            hex`00000007010A00`,
            hex`00000007018100`, // the century bit
            hex`0000000701010A`,
            hex`000000070101A0`, // year 100
        ]
        for (let at = 0; at < wrong.length; ++at) await expectRange(wrong[at])
        // The last that are.
        expect(epochSecondsFromRegisters(hex`59592305311299`)).toBe(4102444799)
        expect(epochSecondsFromRegisters(hex`00000001290204`)).toBe(1078012800)
    })

    test("the temperature's scale is the datasheet's: 00011001 01b is 25.25 Cel", () => {
        expect(celsiusFromTicks(0x065)).toBe(25.25)
        expect(celsiusFromTicks(-1)).toBe(-0.25)
        expect(celsiusFromTicks(0)).toBe(0)
    })

    test("it is called as reports call it, and can be sampled at once", () => {
        expect(sensor.part).toBe("ds3231")
        expect(sensor.warmUpMs).toBe(0)
    })

    test("start reads all registers, writes none, and costs no time", async () => {
        const listener = new Listener(part)
        bus.parts = [listener]
        await sensor.start()
        expect(listener.heard.join()).toBe("00,19")
        expect(clock.now).toBe(0)
    })

    test("start has the clock run on battery, and leaves the rest of control as it was", async () => {
        part.write(hex`0EDB`)
        const listener = new Listener(part)
        bus.parts = [listener]
        await sensor.start()
        expect(listener.heard.join()).toBe("00,19,0e5b")
    })

    test("a clock fresh from power-up is stuck until it is set", async () => {
        await sensor.start()
        await expectFault("stuck", async () => await sensor.epochSeconds())
        await sensor.setEpochSeconds(1700000000)
        expect(await sensor.epochSeconds()).toBe(1700000000)
    })

    test("setting writes the time in one go, then clears the stop flag and leaves the others", async () => {
        const listener = new Listener(part)
        bus.parts = [listener]
        await sensor.setEpochSeconds(1700000000)
        expect(listener.heard.join()).toBe("0020132203141123,0f,1,0f0c")
        // With both alarm flags.
        listener.flipBits = 0x03
        listener.heard = []
        await sensor.setEpochSeconds(1700000000)
        expect(listener.heard.join()).toBe("0020132203141123,0f,1,0f0f")
        listener.flipBits = 0
        listener.heard = []
        expect(await sensor.epochSeconds()).toBe(1700000000)
        expect(listener.heard.join()).toBe("00,16")
    })

    test("the clock goes on, over minutes, leap days and years", async () => {
        // 2023-12-31T23:59:58Z
        await sensor.setEpochSeconds(1704067198)
        const setAt = clock.now
        for (const seconds of [0, 1, 2, 61, 3601, 90000, 60 * 86400, 100 * 86400]) {
            clock.now = setAt + seconds * 1000
            expect(await sensor.epochSeconds()).toBe(1704067198 + seconds)
            clock.now += 999
            expect(await sensor.epochSeconds()).toBe(1704067198 + seconds)
        }
    })

    test("a clock that another program runs in 12 h mode is read right, and set to 24 h", async () => {
        part.write(hex`00 201371 03141123`)
        part.write(hex`0F08`)
        expect(await sensor.epochSeconds()).toBe(1700003600)
        clock.now += 47 * 60000
        expect(await sensor.epochSeconds()).toBe(1700006420)
        part.write(hex`02`)
        expectBytes(part.read(1), "52")
        await sensor.setEpochSeconds(1700000000)
        part.write(hex`02`)
        expectBytes(part.read(1), "22")
    })

    test("past 2099 the century bit makes it a range fault, until it is set", async () => {
        await sensor.setEpochSeconds(4102444799)
        clock.now += 1000
        await expectFault("range", async () => await sensor.epochSeconds())
        await sensor.setEpochSeconds(946684800)
        expect(await sensor.epochSeconds()).toBe(946684800)
    })

    test("what is no whole second of 2000 to 2099 is refused", async () => {
        await expectRefused(946684799)
        await expectRefused(4102444800)
        await expectRefused(1700000000.5)
        await sensor.setEpochSeconds(4102444799)
        expect(await sensor.epochSeconds()).toBe(4102444799)
    })

    test("a sample is a new measurement, 200 ms, and leaves the rest of control as it was", async () => {
        clock.now = 1000
        const listener = new Listener(part)
        bus.parts = [listener]
        expect((await sensor.sample()).temperatureCelsius).toBe(21.5)
        expect(clock.now).toBe(1200)
        expect(listener.heard.join()).toBe("0e,2,0e3c,0e,5")
        // Alarm flags are not BSY.
        listener.flipAt = 1
        listener.flipBits = 0x03
        listener.heard = []
        await sensor.sample()
        expect(listener.heard.join()).toBe("0e,2,0e3c,0e,5")
        listener.flipBits = 0
        for (const celsius of [21.75, 0, -0.25, -12.5, 0.25]) {
            room = { temperatureCelsius: celsius }
            expect((await sensor.sample()).temperatureCelsius).toBe(celsius)
        }
    })

    test("a conversion of the part's own is waited for, and none asked for", async () => {
        const listener = new Listener(part)
        bus.parts = [listener]
        clock.now = 64000
        part.read(1)
        room = { temperatureCelsius: 30 }
        clock.now = 64150
        expect((await sensor.sample()).temperatureCelsius).toBe(30)
        expect(clock.now).toBe(64350)
        expect(listener.heard.join()).toBe("0e,2,0e,5")
    })

    test("a conversion that ends within 200 ms is read, a longer one is a timeout, whoever began it", async () => {
        clock.now = 1000
        part.conversionMs = 200
        await sensor.sample()
        part.conversionMs = 201
        await expectFault("timeout", async () => await sensor.sample())
        part.conversionMs = 200
        clock.now += 200
        await sensor.sample()
        part.conversionMs = 400
        clock.now = 128100
        await expectFault("timeout", async () => await sensor.sample())
        clock.now = 129000
        part.conversionMs = 125
        await sensor.start()
        await sensor.sample()
    })

    test("bits that a temperature does not have are stuck, and so is 0 Cel from a part that lost its power", async () => {
        clock.now = 1000
        const listener = new Listener(part)
        bus.parts = [listener]
        listener.flipAt = 4
        // The last is of the temperature.
        for (const bits of [0x01, 0x02, 0x04, 0x08, 0x10, 0x20]) {
            listener.flipBits = bits
            await expectFault("stuck", async () => await sensor.sample())
        }
        listener.flipBits = 0x40
        expect((await sensor.sample()).temperatureCelsius).toBe(21.75)
        listener.flipBits = 0
        room = { temperatureCelsius: 0 }
        expect((await sensor.sample()).temperatureCelsius).toBe(0)
        room = { temperatureCelsius: 21.5 }
        bus.parts = [new Blinking(part)]
        await expectFault("stuck", async () => await sensor.sample())
        bus.parts = [part]
        await sensor.start()
        expect((await sensor.sample()).temperatureCelsius).toBe(21.5)
        // A conversion of its own begins at the end of ours.
        clock.now += 63700
        room = { temperatureCelsius: 0.25 }
        expect((await sensor.sample()).temperatureCelsius).toBe(0.25)
    })

    test("-40 and 85 Cel are measured, what is beyond is a range fault, and does not stick", async () => {
        clock.now = 1000
        for (const celsius of [-40, 85]) {
            room = { temperatureCelsius: celsius }
            expect((await sensor.sample()).temperatureCelsius).toBe(celsius)
        }
        for (const celsius of [-40.25, 85.25, -128, 127.75]) {
            room = { temperatureCelsius: celsius }
            await expectFault("range", async () => await sensor.sample())
        }
        room = { temperatureCelsius: 20 }
        await sensor.sample()
    })

    test("a bit that is always 0 is an identity fault of start when it is not", async () => {
        const listener = new Listener(part)
        bus.parts = [listener]
        const bits = hex`808080F8C060000000000000000000700000 3F`
        for (let at = 0; at < 19; ++at) {
            listener.flipAt = at
            for (let bit = 1; bit < 256; bit = bit << 1) {
                // EOSC would be a write.
                if ((bits[at] & bit) === 0 && at === 14) continue
                listener.flipBits = bit
                if ((bits[at] & bit) === 0) await sensor.start()
                else await expectFault("identity", async () => await sensor.start())
            }
            await ds.sleep(0)
        }
    })

    test("another part at the address is an identity fault, even one that answers zeros", async () => {
        for (const byte of [0x00, 0x68, 0xff]) {
            bus.parts = [new Stranger(0x68, byte)]
            await expectFault("identity", async () => await sensor.start())
        }
        bus.parts = [new Stranger(0x68, 0x00)]
        await expectFault("range", async () => await sensor.epochSeconds())
        bus.parts = [new Stranger(0x68, 0xff)]
        await expectFault("stuck", async () => await sensor.epochSeconds())
        await expectFault("timeout", async () => await sensor.sample())
        bus.parts = [part]
        await sensor.start()
    })

    test("without a battery a loss of power is a bus fault, then stuck until it is set", async () => {
        await sensor.setEpochSeconds(1700000000)
        const present = room
        room = {}
        await expectFault("bus", async () => await sensor.start())
        await expectFault("bus", async () => await sensor.epochSeconds())
        await expectFault("bus", async () => await sensor.setEpochSeconds(1700000000))
        await expectFault("bus", async () => await sensor.sample())
        room = present
        await sensor.start()
        await expectFault("stuck", async () => await sensor.epochSeconds())
        await sensor.setEpochSeconds(1700000000)
        expect(await sensor.epochSeconds()).toBe(1700000000)
        expect((await sensor.sample()).temperatureCelsius).toBe(21.5)
    })

    test("with a battery the clock goes on without the node", async () => {
        part.hasBattery = true
        await sensor.start()
        await sensor.setEpochSeconds(1700000000)
        const present = room
        room = {}
        await expectFault("bus", async () => await sensor.epochSeconds())
        clock.now += 86400000
        room = present
        expect(await sensor.epochSeconds()).toBe(1700086400)
    })

    test("with its oscillator off on battery it stops, and says so", async () => {
        part.hasBattery = true
        await sensor.setEpochSeconds(1700000000)
        part.write(hex`0E9C`)
        const present = room
        room = {}
        await expectFault("bus", async () => await sensor.epochSeconds())
        clock.now += 86400000
        room = present
        await expectFault("stuck", async () => await sensor.epochSeconds())
        part.write(hex`0F08`)
        expect(await sensor.epochSeconds()).toBe(1700000000)
    })

    test("a part that goes away in the middle of a sample is a bus fault", async () => {
        const goneAtMs = 100
        bus.parts = [new SimDs3231(clock, timeMs => (timeMs < goneAtMs ? room : {}))]
        await expectFault("bus", async () => await sensor.sample())
    })

    test("it speaks to the address it was given, 0x68 by default", async () => {
        bus.parts = [new SimDs3231(clock, () => room, 0x68)]
        await sensor.start()
        bus.parts = [new SimDs3231(clock, () => room, 0x69)]
        await expectFault("bus", async () => await sensor.start())
        await expectFault("bus", async () => await sensor.epochSeconds())
        sensor = new Ds3231(bus, clock, 0x69)
        await sensor.start()
    })

    test("the simulated part powers up with its flags set, and its registers wrap", () => {
        part.write(hex`00`)
        expectBytes(part.read(20), "00000001010100000000000000001c8c00000000")
        clock.now = 200
        part.write(hex`0F`)
        expectBytes(part.read(4), "88001580")
        expect(part.write(hex`07 11 22`)).toBe(true)
        part.write(hex`07`)
        expectBytes(part.read(3), "112200")
        expect(part.write(hex`11 00`)).toBe(false)
        // The stop flag can be cleared and not set.
        part.write(hex`0F00`)
        part.write(hex`0F88`)
        part.write(hex`0F`)
        expectBytes(part.read(1), "08")
    })

    test("the simulated part measures every 64 s, and on demand", () => {
        part = new SimDs3231(clock, timeMs => {
            return { temperatureCelsius: timeMs / 1000 }
        })
        clock.now = 70000
        part.write(hex`0E`)
        expectBytes(part.read(5), "1c88004040")
        part.write(hex`0E3C`)
        clock.now = 70001
        part.write(hex`0E`)
        expectBytes(part.read(2), "3c88")
        clock.now = 70002
        part.write(hex`0E`)
        expectBytes(part.read(2), "3c8c")
        // Once begun it goes on.
        part.write(hex`0E1C`)
        clock.now = 70199
        part.write(hex`0E`)
        expectBytes(part.read(5), "3c8c004040")
        clock.now = 70200
        part.write(hex`0E`)
        expectBytes(part.read(5), "1c88004640")
    })

    test("the simulated part begins a second when its seconds are written", async () => {
        clock.now = 700
        part.write(hex`0000`)
        clock.now = 1699
        part.write(hex`00`)
        expectBytes(part.read(1), "00")
        clock.now = 1700
        part.write(hex`00`)
        expectBytes(part.read(1), "01")
        part.write(hex`01 59 23`)
        clock.now += 59000
        part.write(hex`00`)
        expectBytes(part.read(7), "00000002020100")
    })
})

async function expectRange(registers: Buffer): Promise<void> {
    await expectFault("range", async () => epochSecondsFromRegisters(registers))
}
