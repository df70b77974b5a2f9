/**
 * What a board says while it runs. DeviceScript's runtime puts its log, and what the program prints, as text on the port that Jacdac
 * frames also go over (jacdac-c, source/jd_usb.c; Jacdac's "USB bridge"): 0xfe and a code mark a frame's start and
 * end, and little else that a reader of the text needs, for no UTF-8 has a 0xfe in it.
 */

const MAGIC = 0xfe
const FRAME_START = 0xfc
const FRAME_END = 0xfd
const LINE_FEED = 0x0a
/** Longer than the runtime's own (300): what is no text ends somewhere too. */
const LINE_BYTES_MAX = 1024

/** The text lines in a stream of bytes, without what marks colours. */
export class BoardLog {
    private wasMagic = false
    private isInFrame = false
    private line: number[] = []

    constructor(private readonly onLine: (line: string) => void) {}

    push(bytes: Uint8Array): void {
        for (const byte of bytes) this.take(byte)
    }

    private take(byte: number): void {
        if (this.wasMagic) {
            this.wasMagic = false
            if (byte === FRAME_START) this.isInFrame = true
            else if (byte === FRAME_END) this.isInFrame = false
            return
        }
        if (byte === MAGIC) this.wasMagic = true
        else this.text(byte)
    }

    private text(byte: number): void {
        if (this.isInFrame) return
        if (byte !== LINE_FEED) this.line.push(byte)
        if (byte !== LINE_FEED && this.line.length < LINE_BYTES_MAX) return
        const line = printable(Buffer.from(this.line).toString("utf8"))
        this.line = []
        if (line !== "") this.onLine(line)
    }
}

/** What may go to somebody's terminal: a board's bytes are not trusted with its control characters. */
function printable(line: string): string {
    return line
        .replace(/\x1b\[[0-9;]*m/g, "")
        .replace(/[\0-\x1f\x7f-\x9f\ufffd]/g, "")
        .trim()
}
