/**
 * Bytes to the SIM and back through the modem's AT+CSIM (3GPP TS 27.007, 8.17; errors 9.2; lines as V.250 has them).
 *
 * A modem says more than it is asked: it echoes until it is told not to, and tells of calls and cells between any two lines. So
 * lines that are no answer are passed over, and both their number and the time they may take have an end.
 */
import { IdentityError, IdentityFault } from "../identity"
import { AtTransport } from "./at-transport"

/** A SIM makes a key in a few seconds; nothing else it is asked for takes one. */
const ANSWER_MS_MAX = 10_000
const LINES_MAX = 64
/** After an answer that was none: so long nothing may come before the next question. */
const QUIET_MS = 500

const CSIM = "+CSIM:"
const CME_ERROR = "+CME ERROR:"
const CMS_ERROR = "+CMS ERROR:"

export class Csim {
    /** The last answer was none, and more of it may still come: it must not be taken for the next one's. */
    private isOutOfStep = false

    constructor(readonly transport: AtTransport) {}

    /** No echo, results in words, errors by their numbers: asked each time, for a modem forgets it when it restarts. @throws IdentityError */
    async prepare(): Promise<void> {
        for (const line of ["ATE0V1", "AT+CMEE=1"])
            try {
                await this.ask(line)
            } catch (e) {
                // With an echo and without numbers errors say less, and everything works.
                if (!isOf(e as Error, "refused")) throw e
            }
    }

    /** @param command an APDU, 5..261 bytes @returns what the SIM answers, its two bytes of status at the end @throws IdentityError */
    async exchange(command: Buffer): Promise<Buffer> {
        const text = command.toString("hex").toUpperCase()
        const answer = await this.ask(`AT+CSIM=${text.length},"${text}"`)
        if (answer === undefined) throw this.garbled("OK, and no answer before it")
        return this.bytesOf(answer)
    }

    /** Sends a line and reads up to its OK. @returns the +CSIM line among what came before, if any */
    private async ask(line: string): Promise<string> {
        const { transport } = this
        await this.catchUp()
        await transport.writeLine(line)
        const endMs = transport.clock.millis() + ANSWER_MS_MAX
        // Until its OK is here. What a bad wire makes an error of may go on as well.
        this.isOutOfStep = true
        let answer: string
        for (let lines = 0; lines < LINES_MAX; ++lines) {
            const leftMs = endMs - transport.clock.millis()
            const said = leftMs > 0 ? await transport.readLine(leftMs) : undefined
            if (said === undefined)
                throw new IdentityError(
                    "noAnswer",
                    "the modem did not answer in time: is it on, wired, and at this baud rate?"
                )
            if (said.startsWith(CSIM)) {
                if (answer !== undefined) throw this.garbled("two answers to one command")
                answer = said
            } else if (said === "OK") {
                this.isOutOfStep = false
                return answer
            } else if (said === "ERROR" || said.startsWith(CME_ERROR) || said.startsWith(CMS_ERROR))
                throw errorOf(said)
        }
        throw this.garbled(`${LINES_MAX} lines, and no OK among them`)
    }

    /** Reads what is left of an answer that was given up, until the modem is quiet. */
    private async catchUp(): Promise<void> {
        if (!this.isOutOfStep) return
        for (let lines = 0; lines < LINES_MAX; ++lines) {
            try {
                if ((await this.transport.readLine(QUIET_MS)) === undefined) return
            } catch (e) {
                // Nobody waits for it, so nobody misses what was lost of it.
                if (!isOf(e as Error, "garbled")) throw e
            }
        }
    }

    /** `+CSIM: 4,"9000"`; some modems leave out the quotation marks, or the space. */
    private bytesOf(line: string): Buffer {
        const comma = line.indexOf(",")
        let text = line.slice(comma + 1).trim()
        if (text.startsWith('"') && text.endsWith('"') && text.length > 1)
            text = text.slice(1, text.length - 1)
        const bytes = Buffer.from(text, "hex")
        // What is no hex digit makes it shorter, and so does a digit too many.
        if (comma < 0 || bytes.length * 2 !== text.length)
            throw this.garbled(`no hex in ${line.length} characters of +CSIM`)
        if (parseInt(line.slice(CSIM.length, comma).trim()) !== text.length)
            throw this.garbled(`${text.length} characters of +CSIM, and it says otherwise`)
        if (bytes.length < 2) throw this.garbled("an answer of the SIM without a status")
        return bytes
    }

    private garbled(detail: string): IdentityError {
        return new IdentityError("garbled", detail)
    }
}

function isOf(error: Error, fault: IdentityFault): boolean {
    return error instanceof IdentityError && (error as IdentityError).fault === fault
}

/** Of a final result that is not OK, by number or in words. */
function errorOf(said: string): IdentityError {
    if (said === "ERROR")
        return new IdentityError(
            "refused",
            "the modem says ERROR: is the SIM in and unlocked (AT+CPIN?), and does the modem know AT+CSIM?"
        )
    const reason = said.slice(CME_ERROR.length).trim()
    const fault = said.startsWith(CME_ERROR) ? faultOf(reason) : "refused"
    return new IdentityError(fault, `the modem says "${said}"${adviceOn(fault)}`)
}

function faultOf(reason: string): IdentityFault {
    switch (reason) {
        case "10":
        case "13":
        case "15":
        case "SIM not inserted":
        case "SIM failure":
        case "SIM wrong":
            return "noSim"
        case "5":
        case "11":
        case "12":
        case "17":
        case "18":
        case "PH-SIM PIN required":
        case "SIM PIN required":
        case "SIM PUK required":
        case "SIM PIN2 required":
        case "SIM PUK2 required":
            return "locked"
        case "14":
        case "SIM busy":
            return "busy"
        default:
            return "refused"
    }
}

function adviceOn(fault: IdentityFault): string {
    switch (fault) {
        case "noSim":
            return ": put the SIM in, and restart the modem"
        case "locked":
            return ': unlock the SIM with AT+CPIN="<PIN>", or take its PIN off for good with AT+CLCK="SC",0,"<PIN>"'
        case "busy":
            return ": it is still starting, try again in some seconds"
        default:
            return ""
    }
}
