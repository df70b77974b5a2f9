/** Lines of text to a modem and back, which is all that AT commands need: a UART where scripts have one, a bridge where they have not. */
import { Clock } from "../../drivers/sensor"

/** Longer than the longest answer there is: `+CSIM: 516,"`, 258 bytes in hex, `"`. */
export const LINE_CHARS_MAX = 600

export interface AtTransport {
    /** What its waits are measured by. */
    readonly clock: Clock
    /** Sends a line, and the carriage return that ends it. What came before is no answer to it, and is forgotten. @throws IdentityError noAnswer */
    writeLine(line: string): Promise<void>
    /**
     * The next line that is not empty, without what ends it: undefined when none was whole within `timeoutMs`.
     * @throws IdentityError noAnswer, garbled: characters were lost, or the line is longer than `LINE_CHARS_MAX`
     */
    readLine(timeoutMs: number): Promise<string>
}
