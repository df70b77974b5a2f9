/** What a person gave us is wrong: one line, with file, row and column, and no stack trace wherever it is shown. */
export class InputError extends Error {
    constructor(message: string) {
        super(message)
        this.name = "InputError"
    }
}
