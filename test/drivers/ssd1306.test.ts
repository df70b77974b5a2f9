/** The simulated SSD1306 against the datasheet's command table (rev. 1.1, chapters 8 to 10): its tables and figures are the numbers here. */
import * as ds from "@devicescript/core"
import { beforeEach, describe, expect, test } from "../suite"
import { SimSsd1306 } from "../../sim/parts/ssd1306"
import { FakeClock } from "../fakes"

let part: SimSsd1306

/** Each a transaction, and each taken. */
function send(...transactions: Buffer[]): void {
    for (const bytes of transactions) expect(part.write(bytes)).toBe(true)
}

function refuses(bytes: Buffer): void {
    expect(part.write(bytes)).toBe(false)
}

/** Charge pump, on, and the RAM all dark, left in page addressing mode with the pointers at 0. */
async function lightUp(): Promise<void> {
    send(hex`008d14af`, hex`0020002100 7f220007`)
    const dark = Buffer.alloc(129)
    dark[0] = 0x40
    for (let page = 0; page < 8; ++page) {
        send(dark)
        await ds.sleep(0)
    }
    send(hex`00200200 10b0`)
}

/** x and y of the lit pixels of a part of the picture, row by row, as text. */
async function lit(left: number, top: number, width: number, height: number): Promise<string> {
    let found = ""
    for (let y = top; y < top + height; ++y) {
        for (let x = left; x < left + width; ++x) if (part.isLit(x, y)) found += `${x},${y} `
        await ds.sleep(0)
    }
    return found
}

/** The module has its pins at the top: it stands upright with both directions reversed, as C8 and A1 do. */
const UPRIGHT = hex`00a1c8`

describe("ssd1306", () => {
    beforeEach(() => {
        part = new SimSsd1306(new FakeClock(), () => ({}))
    })

    test("it is at 0x3d unless told otherwise, and off when it gets its power", () => {
        expect(part.address).toBe(0x3d)
        expect(new SimSsd1306(new FakeClock(), () => ({}), 0x3c).address).toBe(0x3c)
        expect(part.registers.isOn).toBe(false)
        expect(part.registers.contrast).toBe(0x7f)
        expect(part.registers.mode).toBe(2)
    })

    test("status bit 6 is 1 while the display is off, and a read may go on", () => {
        expect(part.read(2).toString("hex")).toBe("4343")
        send(hex`00af`)
        expect(part.read(1).toString("hex")).toBe("03")
        send(hex`00ae`)
        expect(part.read(1).toString("hex")).toBe("43")
        // After data there is no status to be read, until a control byte is of commands again.
        send(hex`4000`)
        expect(part.read(1).toString("hex")).toBe("ff")
        send(hex`00`)
        expect(part.read(1).toString("hex")).toBe("43")
    })

    test("a control byte with Co is for one byte, without it for all that follow", async () => {
        send(UPRIGHT)
        await lightUp()
        // One command, one command, one data byte, then data to the end.
        send(hex`80b1 8003 c001 40 01 01`)
        expect(await lit(0, 0, 8, 16)).toBe("3,8 4,8 5,8 ")
        expect(part.registers.page).toBe(1)
        expect(part.registers.column).toBe(6)
    })

    test("a control byte's other bits are zeros", () => {
        refuses(hex`01af`)
        refuses(hex`41ff`)
        refuses(hex`80ae 20 00`)
        expect(part.registers.isOn).toBe(false)
    })

    test("parameters may come in transactions of their own, but data may not come first", () => {
        send(hex`8081`, hex`8042`)
        expect(part.registers.contrast).toBe(0x42)
        send(hex`8081`)
        refuses(hex`4000`)
    })

    test("what the command table does not have is refused", () => {
        // 23h and D6h came with rev. 1.2.
        for (const bytes of [hex`0023`, hex`00d6`, hex`00aa`, hex`00b8`, hex`00c1`, hex`00ff`])
            refuses(bytes)
    })

    test("what it has is taken, with as many parameters as it says", () => {
        for (const bytes of [
            hex`00 26 00 00 00 07 00 ff`,
            hex`00 27 00 00 00 07 00 ff`,
            hex`00 29 00 00 00 07 01`,
            hex`00 2a 00 00 00 07 01`,
            hex`00 2e`,
            hex`00 2f 2e`,
            hex`00 a3 00 40`,
            hex`00 d5 80`,
            hex`00 d9 22`,
            hex`00 db 20`,
            hex`00 da 12`,
            hex`00 ad 30`,
            hex`00 e3 a4 a6 40`,
        ])
            send(bytes)
        // Had one of them taken a byte more or less, this would be a parameter, or not be there.
        expect(part.commands).toBe(17)
        send(hex`00af`)
        expect(part.registers.isOn).toBe(true)
    })

    test("parameters that the table does not allow are refused", () => {
        for (const bytes of [
            hex`002003`,
            hex`00210080`,
            hex`00211009`,
            hex`00220008`,
            hex`00220403`,
            hex`00a80e`,
            hex`00a840`,
            hex`00d340`,
            hex`00d902`,
            hex`00d920`,
            hex`00da10`,
            hex`00db10`,
            hex`008d15`,
        ])
            refuses(bytes)
    })

    test("horizontal mode goes along the columns of the range, then to the next page, then round", async () => {
        send(UPRIGHT)
        await lightUp()
        send(hex`0020 00 21 05 06 22 02 03`, hex`40 01 02 04 08`)
        expect(await lit(4, 14, 4, 16)).toBe("5,16 6,17 5,26 6,27 ")
        send(hex`40 80`)
        expect(await lit(4, 14, 4, 12)).toBe("6,17 5,23 ")
    })

    test("vertical mode goes down the pages of the range, then to the next column, then round", async () => {
        send(UPRIGHT)
        await lightUp()
        send(hex`0020 01 21 05 06 22 02 03`, hex`40 01 02 04 08`)
        expect(await lit(4, 14, 4, 16)).toBe("5,16 6,18 5,25 6,27 ")
        send(hex`40 80`)
        expect(await lit(4, 14, 4, 12)).toBe("6,18 5,23 5,25 ")
    })

    test("page mode stays on its page, and goes back to where its column began", async () => {
        send(UPRIGHT)
        await lightUp()
        // Column 0x7e: the lower nibble, then the higher.
        send(hex`00 b5 0e 17`, hex`40 01 02 04`)
        expect(await lit(120, 38, 8, 8)).toBe("127,41 126,42 ")
        expect(part.registers.page).toBe(5)
        expect(part.registers.column).toBe(127)
    })

    test("in the other modes page mode's commands change nothing", async () => {
        send(UPRIGHT)
        await lightUp()
        send(hex`0020 00 21 05 06 22 02 03`, hex`00 b5 0e 17`, hex`40 01`)
        expect(await lit(4, 14, 4, 16)).toBe("5,16 ")
    })

    test("without re-mapping the module is upside down: SEG0 is at its right, COM0 at its bottom", async () => {
        await lightUp()
        send(hex`00 b0 02 10`, hex`40 01`)
        expect(await lit(124, 0, 3, 64)).toBe("125,63 ")
    })

    test("segment re-mapping is for what is written later, the scan direction for what is seen now", async () => {
        await lightUp()
        send(hex`00 b0 02 10`, hex`40 01`, hex`00a1`)
        expect(await lit(124, 0, 3, 64)).toBe("125,63 ")
        send(hex`00c8`)
        expect(await lit(124, 0, 3, 64)).toBe("125,0 ")
        send(hex`00 b0 02 10`, hex`40 01`)
        expect((await lit(0, 0, 4, 2)) + (await lit(124, 0, 4, 2))).toBe("2,0 125,0 ")
    })

    test("start line and offset both scroll up, and the ratio leaves rows dark", async () => {
        send(UPRIGHT)
        await lightUp()
        send(hex`00 b1 00 10`, hex`40 01`)
        expect(await lit(0, 0, 2, 64)).toBe("0,8 ")
        send(hex`00 43`)
        expect(await lit(0, 0, 2, 64)).toBe("0,5 ")
        send(hex`00 40 a5 a8 1f`)
        // 32 rows, whose first is at COM31: the module's lower half.
        expect((await lit(0, 0, 1, 64)).split(" ").length - 1).toBe(32)
        expect(part.isLit(0, 31)).toBe(false)
        expect(part.isLit(0, 32)).toBe(true)
        send(hex`00 a4`)
        expect(await lit(0, 0, 2, 64)).toBe("0,40 ")
        // Without re-mapping COM0 has row 8 at an offset of 8 (table 10-1).
        send(hex`00 a8 3f c0 d3 08`)
        expect(await lit(0, 0, 2, 64)).toBe("0,63 ")
    })

    test("wired alternately, a sequential configuration shows rows where they do not belong", async () => {
        send(UPRIGHT)
        await lightUp()
        send(hex`00 b0 00 10`, hex`40 07`)
        expect(await lit(0, 0, 1, 64)).toBe("0,0 0,1 0,2 ")
        send(hex`00 da 02`)
        expect(await lit(0, 0, 1, 64)).toBe("0,0 0,2 0,4 ")
        send(hex`00 da 12`)
        expect(await lit(0, 0, 1, 64)).toBe("0,0 0,1 0,2 ")
        send(hex`00 da 32`)
        expect(await lit(0, 0, 1, 64)).toBe("0,0 0,1 0,3 ")
    })

    test("entire on lights all, inverse turns over, off and no pump are dark", async () => {
        await lightUp()
        send(hex`00 b0 00 10`, hex`40 80`)
        expect(part.isLit(127, 56)).toBe(true)
        expect(part.isLit(0, 0)).toBe(false)
        send(hex`00a7`)
        expect(part.isLit(127, 56)).toBe(false)
        expect(part.isLit(0, 0)).toBe(true)
        send(hex`00a6a5`)
        expect(part.isLit(127, 56)).toBe(true)
        expect(part.isLit(0, 0)).toBe(true)
        send(hex`00 8d10`)
        expect(part.isLit(0, 0)).toBe(false)
        send(hex`00 8d14 ae`)
        expect(part.isLit(0, 0)).toBe(false)
    })

    test("unplugged it answers nothing; plugged in it is as with its first power, and its RAM is no picture", async () => {
        await lightUp()
        send(hex`0081 ff 20 01`)
        part.unplug()
        refuses(hex`00af`)
        expect(part.read(1) === undefined).toBe(true)
        part.plugIn()
        expect(part.registers.isOn).toBe(false)
        expect(part.registers.contrast).toBe(0x7f)
        expect(part.registers.mode).toBe(2)
        send(hex`008d14af`)
        expect((await lit(0, 0, 8, 8)).length > 0).toBe(true)
    })
})
