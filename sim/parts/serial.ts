/** What is at the far end of a simulated UART: characters, each at its time. Milliseconds, of the part's clock. */
export interface SerialDevice {
    /** Both its directions. */
    readonly baud: number
    /** A character that has arrived. */
    receive(char: number, timeMs: number): void
    /** From when on its next character may go out; -1 while there is none. */
    nextAtMs(): number
    /** That character. */
    take(): number
}
