/** What was asked for was right, and did not work: a board that does not answer, a network that is not there. Exit code 1, a line, no stack. */
export class FlashError extends Error {
    constructor(message: string) {
        super(message)
        this.name = "FlashError"
    }
}
