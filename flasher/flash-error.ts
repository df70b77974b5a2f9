/** What a command that writes boards ends with; 2 is what somebody asked for and cannot be (UsageError). */
export enum FlashExit {
    /** The board was not written, or not all of it. */
    NotWritten = 1,
    /** It was written, and did not report. */
    NoReport = 3,
    /** Ctrl-C, as shells tell it: 128 and SIGINT's number. */
    Interrupted = 130,
}

/** What was asked for was right, and did not work: a board that does not answer, a network that is not there. A line, no stack. */
export class FlashError extends Error {
    constructor(
        message: string,
        readonly exitCode = FlashExit.NotWritten
    ) {
        super(message)
        this.name = "FlashError"
    }
}
