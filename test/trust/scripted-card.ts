/** A SIM that answers as written down, APDU by APDU, in hex; anything else with 6F00. VM only. */
import { Smartcard } from "../../sim/parts/modem"

export interface Line {
    /** What the SIM is sent. */
    sent: string
    /** What it answers, status at the end. */
    answered: string
}

export class ScriptedCard implements Smartcard {
    /** Lines not used yet. */
    readonly left: Line[]

    constructor(lines: Line[]) {
        this.left = lines.slice()
    }

    transmit(apdu: Buffer): Buffer {
        const next = this.left[0]
        if (next === undefined || next.sent !== apdu.toString("hex")) return hex`6f00`
        this.left.shift()
        return Buffer.from(next.answered, "hex")
    }
}
