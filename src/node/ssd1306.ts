/**
 * A node's display: an OLED of 128 x 64 with Solomon Systech's SSD1306, by upstream's driver.
 *
 * [Brackets] name chapters of the datasheet, rev. 1.1.
 *
 * What it costs: a picture is one write of 1,025 bytes, 93 ms at 100 kHz in which upstream's runtime waits for the bus and runs
 * nothing else; 23 ms at 400 kHz. So it is drawn when its text has changed and not otherwise. Without a change a call costs a byte
 * read, 0.4 ms.
 */
import * as ds from "@devicescript/core"
import { SSD1306Driver as UpstreamDriver } from "@devicescript/drivers"
import { Image, font8 } from "@devicescript/graphics"
import { I2C } from "@devicescript/i2c"
import { Measurand } from "../telemetry/contract/measurands"
import { Card, READINGS_MAX, READING_CHARACTERS, cardOf, shownMeasurands } from "./card"
import { Display, NodeState } from "./display"

const PART = "ssd1306"
const WIDTH = 128
const HEIGHT = 64
const COMMAND = 0x80 // [8.1.5.2] control byte: one command
const STATUS = 0x00 // ... commands, and so a read that follows is of the status, not of what a picture was written to
const NOP = 0xe3
const DISPLAY_OFF = 0x40 // [table 9-2] bit 6 of the status; the others are reserved
/** A display that is not there is asked for this often: each question is an address that nobody acknowledges. */
const RETRY_MS = 30000

/** Pages [8.7], which are lines of eight rows. The first two are of another colour on many modules: they have the title alone. */
const PAGES = HEIGHT / 8
const TITLE_PAGE = 0
const LARGE_PAGE = 2
const READINGS_PAGE = 5
const BOTTOM_PAGE = 7
/** The large text: its pixels are three high and, where it fits, three wide. Narrow and high reads better from afar than small. */
const LARGE_WIDTH_MAX = 3

/** Shows a node's state, or a card of one's own. It throws nothing: a display that fails is told once, and tried again. */
export class Ssd1306Display implements Display {
    private readonly driver: UpstreamDriver
    private readonly font = font8()
    /** What stands on the display, if it works; undefined before anything does. */
    private shown: string
    /** When it last failed; undefined while it works. */
    private failedMs: number
    private onlineMs = 0
    private measurands: Measurand[]

    /** Address 0x3d with SA0 high, 0x3c with SA0 low, as most modules have it [8.1.5]. */
    constructor(bus: I2C, address = 0x3d) {
        const devAddr = address as 0x3d | 0x3c
        this.driver = new UpstreamDriver({ client: bus, devAddr, width: WIDTH, height: HEIGHT })
    }

    async show(state: NodeState): Promise<void> {
        const { uptimeMs } = state
        if (state.isOnline) this.onlineMs = uptimeMs
        if (this.measurands === undefined) this.measurands = shownMeasurands(state)
        await this.showCard(cardOf(state, this.measurands, uptimeMs - this.onlineMs), uptimeMs)
    }

    /** @param nowMs since boot, for the time until a display that failed is tried again */
    async showCard(card: Card, nowMs: number): Promise<void> {
        if (this.failedMs !== undefined && nowMs - this.failedMs < RETRY_MS) return
        try {
            await this.draw(card)
            if (this.failedMs !== undefined) console.log(`${PART}: back`)
            this.failedMs = undefined
        } catch (e) {
            if (this.failedMs === undefined) console.log(`${PART}: bus: ${(e as Error).message}`)
            this.failedMs = nowMs
        }
    }

    private async draw(card: Card): Promise<void> {
        const isOff = await this.isOff()
        // Nor is it known what a write that broke off has left in its registers.
        const isNew = isOff || this.failedMs !== undefined
        const text = textOf(card)
        if (!isNew && text === this.shown) return
        await this.paint(card)
        // Upstream's init shows the picture before it switches the display on.
        if (isNew) await this.driver.init()
        else await this.driver.show()
        this.shown = text
    }

    /** One that lost its power for a moment acknowledges all that it is told, and shows nothing: so it is asked. @throws I2CError */
    private async isOff(): Promise<boolean> {
        try {
            const status = await this.driver.readReg(STATUS)
            return (status & DISPLAY_OFF) !== 0
        } catch {
            // There are modules that cannot be read. One that cannot be written to either is not there.
            await this.driver.writeReg(COMMAND, NOP)
            return this.shown === undefined
        }
    }

    /** Into the frame buffer. Gives way between the lines, of which each is some milliseconds of computing. */
    private async paint(card: Card): Promise<void> {
        const { readings } = card
        this.driver.image.fill(0)
        this.line(card.title, card.status, TITLE_PAGE)
        if (card.isAlert) this.invert(TITLE_PAGE)
        await ds.sleep(0)
        this.large(card.large)
        for (let i = 0; i < readings.length && i < READINGS_MAX; ++i) {
            await ds.sleep(0)
            const text = readings[i].slice(0, READING_CHARACTERS)
            this.print(text, (i & 1) * (WIDTH / 2), READINGS_PAGE + (i >> 1))
        }
        await ds.sleep(0)
        this.line(card.name, card.news, BOTTOM_PAGE)
    }

    /** Left and right; the left gives way where there is not room for both. */
    private line(left: string, right: string, page: number): void {
        const { charWidth } = this.font
        const last = right.slice(0, Math.idiv(WIDTH, charWidth))
        const lastAt = WIDTH - last.length * charWidth
        this.print(left.slice(0, Math.idiv(lastAt, charWidth)), 0, page)
        this.print(last, lastAt, page)
    }

    private print(text: string, x: number, page: number): void {
        this.driver.image.print(text, x, page * 8, 1, this.font)
    }

    /** Upstream prints in one colour alone on a display of two. */
    private invert(page: number): void {
        const { buffer } = this.driver.image
        for (let at = page; at < buffer.length; at += PAGES) buffer[at] = ~buffer[at] & 0xff
    }

    /** In capitals, which are half as high again as small letters, and stretched. */
    private large(text: string): void {
        const { buffer } = this.driver.image
        const { charWidth, charHeight } = this.font
        const shown = text.slice(0, Math.idiv(WIDTH, charWidth)).toUpperCase()
        if (shown.length === 0) return
        const columns = Buffer.alloc(shown.length * charWidth)
        Image.alloc(columns.length, charHeight, 1, columns).print(shown, 0, 0, 1, this.font)
        const scale = Math.min(Math.idiv(WIDTH, columns.length), LARGE_WIDTH_MAX)
        let at = ((WIDTH - columns.length * scale) >> 1) * PAGES + LARGE_PAGE
        for (let i = 0; i < columns.length; ++i) {
            const rows = threefold(columns[i])
            for (let wide = 0; wide < scale; ++wide) {
                buffer[at] = rows & 0xff
                buffer[at + 1] = (rows >> 8) & 0xff
                buffer[at + 2] = rows >> 16
                at += PAGES
            }
        }
    }
}

/** Eight bits to 24: each three times. */
function threefold(bits: number): number {
    let wide = 0
    for (let bit = 0; bit < 8; ++bit) if (((bits >> bit) & 1) === 1) wide |= 7 << (3 * bit)
    return wide
}

function textOf(card: Card): string {
    const alert = card.isAlert ? "!" : ""
    const readings = card.readings.join("\n")
    return [alert, card.title, card.status, card.large, readings, card.name, card.news].join("\n")
}
