/**
 * A module of 128 x 64 pixels with a Solomon Systech SSD1306, at register level: commands, pointers, GDDRAM, and what is to be seen.
 *
 * [Brackets] name chapters of the datasheet, rev. 1.1; the charge pump is in the application note at its end. The real part
 * acknowledges whatever it is sent; this one refuses what the command table does not have, so that a wrong byte is found.
 *
 * Seen is a common module with its pins at the top: SEG127 is its left edge, COM63 its top row, the rows are wired alternately, and
 * there is no supply but the charge pump.
 */
import { Environment, Part, PartClock } from "./part"

export const SSD1306_WIDTH = 128
export const SSD1306_HEIGHT = 64
const PAGES = 8

// [8.1.5.2] control byte
const CO = 0x80 // one byte, then the next control byte; otherwise all that follow are of one kind
const DC = 0x40 // data; otherwise commands
const CONTROL_ZEROS = 0x3f

// [9] Commands with parameters
const SET_MEMORY_ADDRESSING_MODE = 0x20
const SET_COLUMN_ADDRESS = 0x21
const SET_PAGE_ADDRESS = 0x22
const RIGHT_HORIZONTAL_SCROLL = 0x26
const LEFT_HORIZONTAL_SCROLL = 0x27
const VERTICAL_AND_RIGHT_SCROLL = 0x29
const VERTICAL_AND_LEFT_SCROLL = 0x2a
const SET_CONTRAST = 0x81
const CHARGE_PUMP_SETTING = 0x8d
const SET_VERTICAL_SCROLL_AREA = 0xa3
const SET_MULTIPLEX_RATIO = 0xa8
/** Of the later SSD1306B; upstream's driver sends it to all, and the part takes no notice. */
const INTERNAL_IREF_SETTING = 0xad
const SET_DISPLAY_OFFSET = 0xd3
const SET_CLOCK = 0xd5
const SET_PRECHARGE_PERIOD = 0xd9
const SET_COM_PINS = 0xda
const SET_VCOMH_DESELECT_LEVEL = 0xdb
const COM_ALTERNATIVE = 0x10
const COM_SWAPPED = 0x20

// [10.1.3] modes; 1 is vertical
const HORIZONTAL = 0
const PAGE = 2

const DISPLAY_OFF = 0x40 // [table 9-2] of the status
const STATUS_RESERVED = 0x03 // what modules are known to have in the other bits: 3, 4, 6

/** Bytes that follow a command; -1 for none of the table's. */
function parametersOf(command: number): number {
    switch (command) {
        case SET_MEMORY_ADDRESSING_MODE:
        case SET_CONTRAST:
        case CHARGE_PUMP_SETTING:
        case SET_MULTIPLEX_RATIO:
        case INTERNAL_IREF_SETTING:
        case SET_DISPLAY_OFFSET:
        case SET_CLOCK:
        case SET_PRECHARGE_PERIOD:
        case SET_COM_PINS:
        case SET_VCOMH_DESELECT_LEVEL:
            return 1
        case SET_COLUMN_ADDRESS:
        case SET_PAGE_ADDRESS:
        case SET_VERTICAL_SCROLL_AREA:
            return 2
        case VERTICAL_AND_RIGHT_SCROLL:
        case VERTICAL_AND_LEFT_SCROLL:
            return 5
        case RIGHT_HORIZONTAL_SCROLL:
        case LEFT_HORIZONTAL_SCROLL:
            return 6
        case 0x2e: // scroll off, on
        case 0x2f:
        case 0xa0: // segment re-map
        case 0xa1:
        case 0xa4: // entire display on
        case 0xa5:
        case 0xa6: // normal, inverse
        case 0xa7:
        case 0xae: // off, on
        case 0xaf:
        case 0xc0: // COM output scan direction
        case 0xc8:
        case 0xe3: // NOP
            return 0
        default:
            // column start nibbles; display start line; page start
            return command < 0x20 || (command & 0xc0) === 0x40 || (command & 0xf8) === 0xb0 ? 0 : -1
    }
}

/** What commands set. */
export interface Ssd1306Registers {
    isOn: boolean
    contrast: number
    mode: number
    column: number
    columnStart: number
    columnEnd: number
    page: number
    pageStart: number
    pageEnd: number
    startLine: number
    rows: number
    offset: number
    comPins: number
    isPumped: boolean
    isRemapped: boolean
    isScannedDown: boolean
    isInverse: boolean
    isEntirelyOn: boolean
}

/** [8.5, 9] What a reset leaves. */
function powerOnRegisters(): Ssd1306Registers {
    return {
        isOn: false,
        contrast: 0x7f,
        mode: PAGE,
        column: 0,
        columnStart: 0,
        columnEnd: SSD1306_WIDTH - 1,
        page: 0,
        pageStart: 0,
        pageEnd: PAGES - 1,
        startLine: 0,
        rows: SSD1306_HEIGHT,
        offset: 0,
        comPins: 0x02 | COM_ALTERNATIVE,
        isPumped: false,
        isRemapped: false,
        isScannedDown: false,
        isInverse: false,
        isEntirelyOn: false,
    }
}

export class SimSsd1306 implements Part {
    isPresent = true
    /** Commands and data bytes it has taken, since it was made: what a driver cost the bus. */
    commands = 0
    dataBytes = 0
    registers = powerOnRegisters()
    /** By segment, then page: bit 0 is the top row of a page. */
    private readonly gddram = Buffer.alloc(SSD1306_WIDTH * PAGES)
    /** The command whose parameters are coming, and what has come. */
    private command = 0
    private awaited = 0
    private parameters: number[] = []
    /** The last control byte was of data. */
    private isData = false

    /** Address 0x3d with SA0 high, 0x3c with SA0 low [8.1.5]. A display needs no world to be there. */
    constructor(
        _clock: PartClock,
        _environment: Environment,
        readonly address = 0x3d
    ) {
        this.reset()
    }

    unplug(): void {
        this.isPresent = false
    }

    /** With its power-on state, whatever it was before. */
    plugIn(): void {
        this.isPresent = true
        this.reset()
    }

    write(bytes: Buffer): boolean {
        if (!this.isPresent) return false
        let at = 0
        while (at < bytes.length) {
            const control = bytes[at]
            if ((control & CONTROL_ZEROS) !== 0) return false
            this.isData = (control & DC) !== 0
            const end = (control & CO) !== 0 ? Math.min(at + 2, bytes.length) : bytes.length
            for (at = at + 1; at < end; ++at)
                if (!(this.isData ? this.store(bytes[at]) : this.take(bytes[at]))) return false
        }
        return true
    }

    /** The status, again and again; the RAM cannot be read over this bus [9.1]. */
    read(length: number): Buffer | undefined {
        if (!this.isPresent) return undefined
        const bytes = Buffer.alloc(length)
        const status = this.registers.isOn ? STATUS_RESERVED : STATUS_RESERVED | DISPLAY_OFF
        for (let at = 0; at < length; ++at) bytes[at] = this.isData ? 0xff : status
        return bytes
    }

    /** A pixel as it is seen: x from the left, y from the top. */
    isLit(x: number, y: number): boolean {
        const { registers } = this
        if (!registers.isOn || !registers.isPumped || !this.isPresent) return false
        const line = this.lineAt(this.comOnPinOf(SSD1306_HEIGHT - 1 - y))
        if (line >= registers.rows) return false
        if (registers.isEntirelyOn) return true
        const row = (line + registers.startLine) & 63
        const at = (SSD1306_WIDTH - 1 - x) * PAGES + (row >> 3)
        const isSet = ((this.gddram[at] >> (row & 7)) & 1) === 1
        return isSet !== registers.isInverse
    }

    /** The picture as it is seen, a text a row: '#' is lit. Too long for the VM's budget of steps. */
    pixels(): string[] {
        const rows: string[] = []
        for (let y = 0; y < SSD1306_HEIGHT; ++y) {
            let row = ""
            for (let x = 0; x < SSD1306_WIDTH; ++x) row += this.isLit(x, y) ? "#" : "."
            rows.push(row)
        }
        return rows
    }

    /** The RAM holds whatever the power brought. */
    private reset(): void {
        this.registers = powerOnRegisters()
        this.awaited = 0
        this.isData = false
        for (let at = 0; at < this.gddram.length; ++at) this.gddram[at] = (at * 167) & 0xff
    }

    /** A byte for the RAM, and the pointer moves on [10.1.3]. */
    private store(value: number): boolean {
        const { registers } = this
        if (this.awaited > 0) return false
        this.dataBytes++
        // [10.1.8] Re-mapping is of what is written: what is in the RAM stays where it is.
        const segment = registers.isRemapped
            ? SSD1306_WIDTH - 1 - registers.column
            : registers.column
        this.gddram[segment * PAGES + registers.page] = value
        if (registers.mode === PAGE) {
            registers.column =
                registers.column === SSD1306_WIDTH - 1
                    ? registers.columnStart
                    : registers.column + 1
        } else if (registers.mode === HORIZONTAL) {
            if (this.nextColumn()) this.nextPage()
        } else if (this.nextPage()) this.nextColumn()
        return true
    }

    /** True when it has gone round. */
    private nextColumn(): boolean {
        const { registers } = this
        const isLast = registers.column === registers.columnEnd
        registers.column = isLast ? registers.columnStart : (registers.column + 1) & 127
        return isLast
    }

    private nextPage(): boolean {
        const { registers } = this
        const isLast = registers.page === registers.pageEnd
        registers.page = isLast ? registers.pageStart : (registers.page + 1) & 7
        return isLast
    }

    /** A command or the next of its parameters, which may come in a transaction of their own. */
    private take(value: number): boolean {
        if (this.awaited > 0) {
            this.parameters.push(value)
            this.awaited--
            return this.awaited > 0 || this.execute(this.command)
        }
        const awaited = parametersOf(value)
        if (awaited < 0) return false
        this.parameters = []
        this.command = value
        this.awaited = awaited
        return awaited > 0 || this.execute(value)
    }

    /** [10] False for a parameter that the table does not allow. */
    private execute(command: number): boolean {
        const { registers } = this
        this.commands++
        const first = this.parameters[0]
        const second = this.parameters[1]
        switch (command) {
            case SET_MEMORY_ADDRESSING_MODE:
                registers.mode = first
                return first <= PAGE
            case SET_COLUMN_ADDRESS:
                registers.columnStart = registers.column = first
                registers.columnEnd = second
                return first <= second && second < SSD1306_WIDTH
            case SET_PAGE_ADDRESS:
                registers.pageStart = registers.page = first
                registers.pageEnd = second
                return first <= second && second < PAGES
            case SET_CONTRAST:
                registers.contrast = first
                return true
            case CHARGE_PUMP_SETTING:
                registers.isPumped = first === 0x14
                return first === 0x14 || first === 0x10
            case SET_MULTIPLEX_RATIO:
                registers.rows = first + 1
                return first >= 15 && first < SSD1306_HEIGHT
            case SET_DISPLAY_OFFSET:
                registers.offset = first
                return first < SSD1306_HEIGHT
            case SET_PRECHARGE_PERIOD:
                return (first & 0x0f) !== 0 && (first & 0xf0) !== 0
            case SET_COM_PINS:
                registers.comPins = first
                return (first & ~(COM_ALTERNATIVE | COM_SWAPPED)) === 0x02
            case SET_VCOMH_DESELECT_LEVEL:
                return first === 0x00 || first === 0x20 || first === 0x30
            case 0xa0:
            case 0xa1:
                registers.isRemapped = command === 0xa1
                return true
            case 0xa4:
            case 0xa5:
                registers.isEntirelyOn = command === 0xa5
                return true
            case 0xa6:
            case 0xa7:
                registers.isInverse = command === 0xa7
                return true
            case 0xae:
            case 0xaf:
                registers.isOn = command === 0xaf
                return true
            case 0xc0:
            case 0xc8:
                registers.isScannedDown = command === 0xc8
                return true
            default:
                this.point(command)
                return true
        }
    }

    /** The commands that carry a number in themselves; scrolling and timing show nothing here. */
    private point(command: number): void {
        const { registers } = this
        if ((command & 0xc0) === 0x40) registers.startLine = command & 0x3f
        // [10.1.1, 10.1.2, 10.1.13] These are for the page addressing mode alone.
        if (registers.mode !== PAGE) return
        if (command < 0x10) registers.columnStart = (registers.columnStart & 0x70) | command
        else if (command < 0x20)
            registers.columnStart = ((command & 7) << 4) | (registers.columnStart & 0x0f)
        if (command < 0x20) registers.column = registers.columnStart
        if ((command & 0xf8) === 0xb0) registers.page = command & 7
    }

    /** The line, counted from the first that is scanned, that drives this COM [10.1.6, 10.1.14, 10.1.15]. */
    private lineAt(com: number): number {
        const { registers } = this
        const scanned = registers.isScannedDown ? registers.rows - 1 - com : com
        return (scanned + registers.offset) & 63
    }

    /** [10.1.18] The COM that the chip now has on the pin where the module has its row `com`. */
    private comOnPinOf(com: number): number {
        let pin = (com & 1) === 0 ? com >> 1 : 32 + (com >> 1)
        if ((this.registers.comPins & COM_SWAPPED) !== 0) pin = (pin + 32) & 63
        if ((this.registers.comPins & COM_ALTERNATIVE) === 0) return pin
        return pin < 32 ? 2 * pin : 2 * (pin - 32) + 1
    }
}
