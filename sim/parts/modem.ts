/**
 * A modem's command interpreter, as far as a SIM is reached through it: V.250 (lines, echo, results), 3GPP TS 27.007 (+CSIM, +CMEE,
 * +CPIN). Lines in, text out; SerialModem gives them their time on the wire.
 */

/** Whatever takes APDUs. */
export interface Smartcard {
    /** @returns data and status */
    transmit(apdu: Buffer): Buffer
}

/** +CME ERROR numbers [27.007, 9.2]; "ready" is none. */
export type SimState =
    | "ready"
    | "SIM not inserted"
    | "SIM PIN required"
    | "SIM PUK required"
    | "SIM failure"
    | "SIM busy"

const INCORRECT_PARAMETERS = "incorrect parameters"

function numberOf(error: string): number {
    switch (error) {
        case "SIM not inserted":
            return 10
        case "SIM PIN required":
            return 11
        case "SIM PUK required":
            return 12
        case "SIM failure":
            return 13
        case "SIM busy":
            return 14
        default:
            return 50
    }
}

export class Modem {
    isEchoing = true
    /** +CMEE: 0 ERROR, 1 numbers, 2 words */
    errorMode = 0
    /** A modem that knows no +CMEE answers ERROR to it, and ever after. */
    knowsCmee = true
    sim: SimState = "ready"
    /** Says nothing at all. */
    isSilent = false
    isQuoting = true
    isLowerCase = false
    /** Lines that it tells by itself, before an answer. */
    unsolicited: string[] = []
    /** What goes out in place of the answer to a +CSIM: for answers that no modem should give. */
    garble: ((answer: string) => string) | undefined
    /** Lines it was sent. */
    readonly heard: string[] = []

    constructor(private readonly card: Smartcard) {}

    /** @returns all that it says to a line: what is echoed is not in it */
    answer(line: string): string {
        this.heard.push(line)
        if (this.isSilent) return ""
        let told = ""
        for (const news of this.unsolicited) told += `\r\n${news}\r\n`
        return told + this.obey(line.trim())
    }

    private obey(line: string): string {
        if (line === "") return ""
        if (!line.startsWith("AT")) return this.error(INCORRECT_PARAMETERS)
        const command = line.slice(2)
        if (command.startsWith("+CSIM=")) {
            const answer = this.csim(command.slice("+CSIM=".length))
            return this.garble === undefined ? answer : this.garble(answer)
        }
        if (command.startsWith("+CMEE=") && this.knowsCmee) {
            this.errorMode = parseInt(command.slice("+CMEE=".length))
            return "\r\nOK\r\n"
        }
        if (command === "+CPIN?")
            return this.sim === "ready" ? "\r\n+CPIN: READY\r\n\r\nOK\r\n" : this.error(this.sim)
        return this.basic(command)
    }

    /** Letters with a digit, one after another. */
    private basic(command: string): string {
        for (let at = 0; at < command.length; at += 2) {
            const one = command.slice(at, at + 2)
            if (one === "E0" || one === "E1") this.isEchoing = one === "E1"
            else if (one !== "V1") return this.error(INCORRECT_PARAMETERS)
        }
        return "\r\nOK\r\n"
    }

    private csim(parameters: string): string {
        if (this.sim !== "ready") return this.error(this.sim)
        const comma = parameters.indexOf(",")
        const length = parseInt(parameters.slice(0, comma))
        const quoted = parameters.slice(comma + 1)
        const text = quoted.slice(1, quoted.length - 1)
        const apdu = Buffer.from(text, "hex")
        if (!quoted.startsWith('"') || !quoted.endsWith('"') || text.length !== length)
            return this.error(INCORRECT_PARAMETERS)
        if (apdu.length * 2 !== length || length < 10) return this.error(INCORRECT_PARAMETERS)
        let answer = this.card.transmit(apdu).toString("hex")
        if (!this.isLowerCase) answer = answer.toUpperCase()
        const mark = this.isQuoting ? '"' : ""
        return `\r\n+CSIM: ${answer.length},${mark}${answer}${mark}\r\n\r\nOK\r\n`
    }

    private error(error: string): string {
        if (this.errorMode === 0) return "\r\nERROR\r\n"
        return `\r\n+CME ERROR: ${this.errorMode === 1 ? numberOf(error) : error}\r\n`
    }
}
