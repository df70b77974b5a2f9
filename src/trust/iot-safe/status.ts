/** What a status of the SIM means: ETSI TS 102 221, 10.2; 63CF, 6984 and 6989 as GSMA IoT.05 has them. */
import { IdentityError } from "../identity"

/** Remotely administered meanwhile, and done all the same [IoT.05]. */
const DONE_AFTER_ADMINISTRATION = 0x63cf

/** Also with news for the modem, 91xx and 92xx, which are its business. */
export function isDone(status: number): boolean {
    const sw1 = status >> 8
    return status === 0x9000 || sw1 === 0x91 || sw1 === 0x92 || status === DONE_AFTER_ADMINISTRATION
}

/** Four hex digits, as the tables have it. */
export function statusText(status: number): string {
    return Buffer.from([status >> 8, status & 0xff])
        .toString("hex")
        .toUpperCase()
}

/** @param doing what was refused */
export function statusError(status: number, doing: string): IdentityError {
    const told = `${doing}: status ${statusText(status)}`
    switch (status) {
        case 0x6982:
            return new IdentityError(
                "locked",
                `${told}: the SIM asks for a PIN before: AT+CPIN="<PIN>"`
            )
        case 0x6984:
        case 0x6989:
            return new IdentityError(
                "busy",
                `${told}: the SIM is being administered remotely, try again later`
            )
        case 0x9300:
            return new IdentityError("busy", `${told}: the SIM is busy, try again`)
        default:
            return new IdentityError("refused", told)
    }
}
