/** Asks for a secret on a terminal, without echo. */
import type { ReadStream } from "node:tty"
import { FlashError, FlashExit } from "./flash-error"

const ENTER = ["\r", "\n"]
const END_OF_INPUT = "\x04"
const INTERRUPT = "\x03"
const BACKSPACE = ["\x7f", "\b"]
const ERASE_LINE = "\x15"

/** What a prompt needs of a terminal: `process.stdin`, or a test's. */
export type Terminal = Pick<ReadStream, "setRawMode" | "resume" | "pause" | "on" | "off">

/** Ctrl-C while it was asked, or Ctrl-D: nobody should give an open network by it. */
export class Interrupted extends FlashError {
    constructor() {
        super("stopped: nothing was written", FlashExit.Interrupted)
    }
}

/** @param say writes the question, where it does not get into the output @throws Interrupted */
export async function askSecret(
    question: string,
    terminal: Terminal,
    say: (text: string) => void
): Promise<string> {
    // Before the question: who answers at once, or by a program, is not echoed either.
    terminal.setRawMode(true)
    terminal.resume()
    say(question)
    const decoder = new TextDecoder()
    let typed: string[] = []
    let onData: (bytes: Buffer) => void = () => {}
    try {
        return await new Promise<string>((resolve, reject) => {
            onData = bytes => {
                // By code points: a backspace takes one away, not half of one.
                for (const character of decoder.decode(bytes, { stream: true })) {
                    if (ENTER.includes(character)) return resolve(typed.join(""))
                    if (character === INTERRUPT || character === END_OF_INPUT)
                        return reject(new Interrupted())
                    if (BACKSPACE.includes(character)) typed.pop()
                    else if (character === ERASE_LINE) typed = []
                    else typed.push(character)
                }
            }
            terminal.on("data", onData)
        })
    } finally {
        terminal.off("data", onData)
        terminal.setRawMode(false)
        terminal.pause()
        say("\n")
    }
}
