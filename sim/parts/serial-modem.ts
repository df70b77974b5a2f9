/** A modem on its wire: it echoes as characters come, and answers a line some time after its carriage return. */
import { Modem } from "./modem"
import { SerialDevice } from "./serial"

const CARRIAGE_RETURN = 13
const LINE_FEED = 10
const LINE_CHARS_MAX = 640

interface Speech {
    text: string
    at: number
    fromMs: number
}

export class SerialModem implements SerialDevice {
    baud = 9600
    /** From the end of a line to its answer. */
    answerMs = 20
    private readonly line = Buffer.alloc(LINE_CHARS_MAX)
    private length = 0
    private readonly speeches: Speech[] = []

    constructor(private readonly modem: Modem) {}

    /** Says something that nobody asked for. */
    tell(text: string, fromMs: number): void {
        if (text !== "") this.speeches.push({ text, at: 0, fromMs })
    }

    receive(char: number, timeMs: number): void {
        if (this.modem.isEchoing && !this.modem.isSilent) this.echo(char, timeMs)
        if (char === CARRIAGE_RETURN) {
            const line = this.line.slice(0, this.length).toString()
            this.length = 0
            this.tell(this.modem.answer(line), timeMs + this.answerMs)
        } else if (char !== LINE_FEED && this.length < LINE_CHARS_MAX) {
            this.line[this.length] = char
            this.length++
        }
    }

    nextAtMs(): number {
        return this.speeches.length === 0 ? -1 : this.speeches[0].fromMs
    }

    take(): number {
        const speech = this.speeches[0]
        const char = speech.text.charCodeAt(speech.at)
        speech.at++
        if (speech.at === speech.text.length) this.speeches.shift()
        return char
    }

    private echo(char: number, timeMs: number): void {
        this.tell(String.fromCharCode(char), timeMs)
    }
}
