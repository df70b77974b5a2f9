/** What a node's card says, and when the display is written to. What the picture looks like: display.host.ts. */
import { I2C, I2CError } from "@devicescript/i2c"
import { beforeEach, describe, expect, test } from "../suite"
import { Card, ageText, cardOf, readingText, shownMeasurands } from "../../src/node/card"
import { NodeState } from "../../src/node/display"
// Where upstream's driver does not skip itself.
import "../../src/node/bus"
import { Ssd1306Display } from "../../src/node/ssd1306"

const MINUTE_MS = 60000

/** Takes everything and keeps nothing: what matters here is what comes and when. */
class CountingBus extends I2C {
    address = 0
    reads = 0
    /** Writes of one command, and of a whole picture. */
    commands = 0
    pictures = 0
    status = 0
    isWriteOnly = false
    /** Fails from this transaction of a call on. */
    failsAt = -1

    clear(): void {
        this.reads = this.commands = this.pictures = 0
    }

    override async xfer(devAddr: number, writeBuf: Buffer, numRead?: number): Promise<Buffer> {
        this.address = devAddr
        if (numRead === 1 && writeBuf.length === 1 && writeBuf[0] === 0) this.reads++
        else if (writeBuf.length === 2 && writeBuf[0] === 0x80) this.commands++
        else if (writeBuf.length === 1025 && writeBuf[0] === 0x40) this.pictures++
        else throw new Error(`${writeBuf.length} B written, ${numRead} read`)
        if (this.failsAt >= 0 && this.reads + this.commands + this.pictures > this.failsAt)
            throw new I2CError("NACK", -1)
        if (numRead === 1 && this.isWriteOnly) throw new I2CError("NACK", -2)
        // [10.1.12] AE is off, AF on.
        if (writeBuf[1] === 0xae) this.status = 0x40
        if (writeBuf[1] === 0xaf) this.status = 0
        return Buffer.from([this.status])
    }
}

const CARD: Card = {
    title: "room",
    status: "online",
    isAlert: false,
    large: "vacant",
    readings: ["21.5 °C"],
    name: "e5c0",
    news: "",
}
let card: Card
let state: NodeState
let bus: CountingBus
let display: Ssd1306Display

function cardNow(offlineMs: number): Card {
    return cardOf(state, shownMeasurands(state), offlineMs)
}

describe("display", () => {
    beforeEach(() => {
        card = Object.assign({}, CARD) as Card
        state = {
            app: "room",
            id: "00000000000de5c0",
            uptimeMs: 10 * MINUTE_MS,
            verdict: "vacant",
            isOnline: true,
            measurands: ["temperatureCelsius", "carbonDioxidePpm"],
            values: [21.46, 731.5],
            reportedMs: 7 * MINUTE_MS,
            waiting: 0,
        }
        bus = new CountingBus()
        bus.status = 0x40
        display = new Ssd1306Display(bus)
    })

    test("a card names the node, its link, its verdict, its readings and its last report", () => {
        const shown = cardNow(0)
        expect(shown.title).toBe("room")
        expect(shown.status).toBe("online")
        expect(shown.isAlert).toBe(false)
        expect(shown.large).toBe("vacant")
        expect(shown.readings.join("|")).toBe("21.5 °C|732 ppm")
        expect(shown.name).toBe("e5c0")
        expect(shown.news).toBe("sent 3m ago")
    })

    test("before the first round and the first report it says so, and no more", () => {
        state.verdict = undefined
        state.reportedMs = undefined
        state.values = [NaN, NaN]
        const shown = cardNow(0)
        expect(shown.large).toBe("starting")
        expect(shown.readings.join("|")).toBe("-- °C|-- ppm")
        expect(shown.news).toBe("")
    })

    test("reports that wait are told instead of the last one", () => {
        state.waiting = 12
        expect(cardNow(0).news).toBe("12 waiting")
    })

    test("in its first minute a node without a link is connecting; later it is offline and says how long", () => {
        state.isOnline = false
        state.uptimeMs = MINUTE_MS - 1
        expect(cardNow(MINUTE_MS - 1).status).toBe("connecting")
        expect(cardNow(MINUTE_MS - 1).isAlert).toBe(false)
        state.uptimeMs = MINUTE_MS
        expect(cardNow(MINUTE_MS).status).toBe("offline 1m")
        expect(cardNow(MINUTE_MS).isAlert).toBe(true)
    })

    test("four readings, no more", () => {
        state.measurands = [
            "temperatureCelsius",
            "relativeHumidityPercent",
            "carbonDioxidePpm",
            "illuminanceLuxes",
            "pressurePascals",
        ]
        state.values = [21.5, 40.2, 731, 480, 101325]
        expect(cardNow(0).readings.join("|")).toBe("21.5 °C|40.2 %|731 ppm|480 lx")
    })

    test("ages are whole minutes, hours, days", () => {
        expect(ageText(0)).toBe("<1m")
        expect(ageText(MINUTE_MS - 1)).toBe("<1m")
        expect(ageText(MINUTE_MS)).toBe("1m")
        expect(ageText(60 * MINUTE_MS - 1)).toBe("59m")
        expect(ageText(60 * MINUTE_MS)).toBe("1h")
        expect(ageText(48 * 60 * MINUTE_MS - 1)).toBe("47h")
        expect(ageText(48 * 60 * MINUTE_MS)).toBe("2d")
    })

    test("a reading has its decimals, its sign and its unit, and no unit where half a line is full", () => {
        expect(readingText(21.04, 1, "Cel")).toBe("21.0 °C")
        expect(readingText(-0.04, 1, "Cel")).toBe("0.0 °C")
        expect(readingText(-0.06, 1, "Cel")).toBe("-0.1 °C")
        expect(readingText(-12.345, 2, "m/s2")).toBe("-12.35")
        expect(readingText(9.995, 1, "%RH")).toBe("10.0 %")
        expect(readingText(3.05, 3, "V")).toBe("3.050 V")
        expect(readingText(101325, 0, "Pa")).toBe("101325 Pa")
        expect(readingText(0.5, 0, "/100")).toBe("1 %")
        expect(readingText(512, 0, "count")).toBe("512")
        expect(readingText(NaN, 0, "count")).toBe("--")
    })

    test("a display that is off is set up with the picture; it is at 0x3d unless told otherwise", async () => {
        await display.showCard(card, 0)
        expect(bus.address).toBe(0x3d)
        expect(bus.pictures).toBe(1)
        expect(bus.commands > 20).toBe(true)
        await new Ssd1306Display(bus, 0x3c).showCard(card, 0)
        expect(bus.address).toBe(0x3c)
    })

    test("the same again costs one byte read; a change, one picture", async () => {
        await display.showCard(card, 0)
        bus.clear()
        await display.showCard(card, 1000)
        expect(bus.reads).toBe(1)
        expect(bus.commands + bus.pictures).toBe(0)
        card.large = "occupied"
        await display.showCard(card, 2000)
        expect(bus.pictures).toBe(1)
        expect(bus.commands).toBe(6)
    })

    test("whatever changes on a card is drawn", async () => {
        await display.showCard(card, 0)
        const changes: ((c: Card) => void)[] = [
            c => (c.title = "lab"),
            c => (c.status = "offline 1m"),
            c => (c.isAlert = true),
            c => (c.large = "occupied"),
            c => c.readings.push("40.2 %"),
            c => (c.name = "e5c1"),
            c => (c.news = "1 waiting"),
        ]
        for (const change of changes) {
            bus.clear()
            change(card)
            await display.showCard(card, 0)
            expect(bus.pictures).toBe(1)
        }
    })

    test("one that has lost its power shows nothing, and is set up again although nothing has changed", async () => {
        await display.showCard(card, 0)
        bus.clear()
        bus.status = 0x40
        await display.showCard(card, 1000)
        expect(bus.pictures).toBe(1)
        expect(bus.commands > 20).toBe(true)
    })

    test("a module that cannot be read is set up once, and drawn when something changes", async () => {
        bus.isWriteOnly = true
        await display.showCard(card, 0)
        expect(bus.pictures).toBe(1)
        expect(bus.commands > 20).toBe(true)
        bus.clear()
        await display.showCard(card, 1000)
        expect(bus.pictures).toBe(0)
        expect(bus.commands).toBe(1)
        bus.clear()
        card.large = "occupied"
        await display.showCard(card, 2000)
        expect(bus.pictures).toBe(1)
        expect(bus.commands).toBe(7)
    })

    test("one that is not there is asked again after half a minute, not before, and then drawn", async () => {
        bus.failsAt = 0
        await display.showCard(card, 0)
        expect(bus.reads).toBe(1)
        await display.showCard(card, 29999)
        expect(bus.reads).toBe(1)
        await display.showCard(card, 30000)
        expect(bus.reads).toBe(2)
        await display.showCard(card, 59999)
        expect(bus.reads).toBe(2)
        bus.failsAt = -1
        await display.showCard(card, 60000)
        expect(bus.pictures).toBe(1)
        bus.clear()
        await display.showCard(card, 60001)
        expect(bus.reads).toBe(1)
    })

    test("one that fails anywhere in the middle is drawn anew when it is back, changed or not", async () => {
        await display.showCard(card, 0)
        for (const failsAt of [0, 1, 3, 7]) {
            bus.clear()
            card.news = `${failsAt} waiting`
            bus.failsAt = failsAt
            await display.showCard(card, 0)
            bus.failsAt = -1
            bus.clear()
            await display.showCard(card, 30000)
            expect(bus.pictures).toBe(1)
            // What its registers hold is not known: all of them are set.
            expect(bus.commands > 20).toBe(true)
        }
    })

    test("a text longer than a line harms nothing", async () => {
        card.large = "a verdict that is longer than any display is wide"
        card.title = card.large
        card.news = "12345 waiting and more than a line has room for"
        card.readings = [card.large, "", card.large, card.large, card.large, card.large, card.large]
        await display.showCard(card, 0)
        card.large = ""
        await display.showCard(card, 1)
        expect(bus.pictures).toBe(2)
    })

    test("offline is counted from when the node was last seen online", async () => {
        // Told by what is drawn: the minute after it went away changes the card, the seconds do not.
        await display.show(state)
        state.isOnline = false
        state.reportedMs = undefined
        state.uptimeMs += 59000
        await display.show(state)
        bus.clear()
        state.uptimeMs += 900
        await display.show(state)
        expect(bus.pictures).toBe(0)
        state.uptimeMs += 100
        await display.show(state)
        expect(bus.pictures).toBe(1)
    })
})
