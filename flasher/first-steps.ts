/**
 * How far a board has come since it was switched on, by what it says: DeviceScript's WiFi service (runtime/devicescript/network/wifi.c,
 * pico's wifi_impl.c) and our MQTT link (src/mqtt/link.ts). And when it comes no further, what somebody can do.
 */
import {
    REFUSED_ALGORITHM,
    REFUSED_REVOKED,
    REFUSED_SECOND_DEVICE,
} from "../src/telemetry/contract/enrolment"
import type { WifiNetwork } from "./store"

/** In their order. */
export enum Step {
    Silent,
    Running,
    Joining,
    Addressed,
    Online,
    Enrolled,
}

const NEXT: [RegExp, Step][] = [
    [/wifi: connecting to '/, Step.Joining],
    [/wifi: got ip /, Step.Addressed],
    [/mqtt: online/, Step.Online],
    // Of a node with a claim, as the rest of it (src/node/membership.ts).
    [/enrolment: enrolled/, Step.Enrolled],
]
const NETWORK = /wifi: (.+) \[rssi:-?\d+\]/
const REFUSED = /cyw43: status: bad auth/
const LOST = /wifi: sta disconnect|cyw43: status: link fail/
/** One lost link is a weak one; so many in a row, with the network in sight, is a password ... */
const REFUSALS = 3
/** ... and so many are the end of waiting for it. */
const REFUSALS_MAX = 8
const OFFLINE = /mqtt: offline \((.*)\), again in/
const NOT_ENROLLED = /enrolment: (?:refused \((\d+)\)|no answer)/
/** What a registrar says that will say the same tomorrow (src/telemetry/contract/enrolment.ts), and what to do. */
const REFUSED_FOR_GOOD: Record<number, string> = {
    [REFUSED_SECOND_DEVICE]:
        "another board has enrolled with its claim: flash it again with a claim of its own, --fleet FOLDER or motewise fleet claim",
    [REFUSED_REVOKED]:
        "its claim was revoked: flash it again with a new one, --fleet FOLDER or motewise fleet claim",
    [REFUSED_ALGORITHM]: "the fleet's end does not take the kind of key that the program makes",
}
/** A broker that knows no such claim (MQTT 3.1.1, CONNACK 4 and 5). */
const NOT_LET_IN = /refused: .*\([45]\)/
const FORMATTED = /fstor: formatting now/
/** Of devs_panic in runtime/devicescript/fibers.c. */
const EXCEPTION = /! (?:Exception: (\w+)|(Unhandled exception))/

export class FirstSteps {
    step = Step.Silent
    private readonly networks = new Set<string>()
    private refusals = 0
    private offline: string | undefined
    private isUnanswered = false
    /** REFUSED_*, of its last enrolment. */
    private refusal: number | undefined
    private isFormatted = false
    private exception: string | undefined

    /** @param isClaimed a node with a claim is online twice: to enrol, and as itself */
    constructor(private readonly isClaimed: boolean) {}

    /** Only its report is still to come. */
    get isThere(): boolean {
        return this.step >= (this.isClaimed ? Step.Enrolled : Step.Online)
    }

    /** It will say nothing better: somebody has to do something. */
    get isHopeless(): boolean {
        return (
            this.isFormatted ||
            this.exception !== undefined ||
            (this.step < Step.Addressed && this.refusals >= REFUSALS_MAX) ||
            (!this.isThere && REFUSED_FOR_GOOD[this.refusal ?? 0] !== undefined)
        )
    }

    said(line: string): void {
        this.step = Math.max(this.step, Step.Running)
        for (const [said, step] of NEXT) if (said.test(line)) this.step = Math.max(this.step, step)
        const network = NETWORK.exec(line)?.[1]
        if (network !== undefined) this.networks.add(network)
        if (REFUSED.test(line)) this.refusals = REFUSALS_MAX
        if (LOST.test(line) && this.step < Step.Addressed) this.refusals++
        this.offline = OFFLINE.exec(line)?.[1] ?? this.offline
        const notEnrolled = NOT_ENROLLED.exec(line)
        if (notEnrolled !== null) {
            this.isUnanswered = notEnrolled[1] === undefined
            this.refusal = this.isUnanswered ? this.refusal : Number(notEnrolled[1])
        }
        this.isFormatted ||= FORMATTED.test(line)
        const exception = EXCEPTION.exec(line)
        if (exception !== null) this.exception = exception[1] ?? exception[2]
    }

    /** Why there is no report, and what to do. */
    advice(wifi: WifiNetwork | undefined, broker: string | undefined): string {
        if (this.isFormatted)
            return "the runtime found no store it knows, and made an empty one: this is not the runtime of DeviceScript 2.16; give another with --runtime FILE"
        if (this.exception !== undefined)
            return `the program ended (${this.exception}): its last words are above; npx motewise sim runs the same program here`
        if (this.step === Step.Silent)
            return "the board says nothing: press its RESET (EN) button, or unplug it and plug it in again"
        if (this.step < Step.Addressed) return this.wifiAdvice(wifi)
        const where = broker ?? "the broker that the program names"
        if (this.step < Step.Online && this.isClaimed && NOT_LET_IN.test(this.offline ?? ""))
            return `${where} does not let it in (${this.offline}): its claim is of another fleet, or was made for a fleet that does not run there (motewise fleet up)`
        if (this.step < Step.Online)
            return `WiFi works, and ${where} is not reached${this.offline === undefined ? "" : ` (${this.offline})`}: is it running, on that port, and open to this network? Its address must be one that the board can reach`
        if (!this.isThere) return this.enrolmentAdvice(where)
        return `it is online at ${where}, and no report was heard in time: its parts may still be warming up; mosquitto_sub -t 'mw/#' -v listens on`
    }

    private enrolmentAdvice(where: string): string {
        const forGood = REFUSED_FOR_GOOD[this.refusal ?? 0]
        if (forGood !== undefined) return forGood
        const said =
            this.refusal !== undefined
                ? ` (refused, ${this.refusal})`
                : this.isUnanswered
                  ? " (no answer)"
                  : ""
        return `it reaches ${where}, and is not enrolled there${said}: is that the fleet that its claim is of, and does motewise fleet up run?`
    }

    private wifiAdvice(wifi: WifiNetwork | undefined): string {
        if (wifi === undefined)
            return "it was given no network: run this again with --wifi SSID, or it stays alone"
        const name = `"${wifi.ssid}"`
        if (this.refusals >= REFUSALS)
            return `${name} refused it ${wifi.password === "" ? "without a password" : "with this password"}: run this again with the right one (WPA2 is what DeviceScript speaks)`
        if (this.networks.has(wifi.ssid))
            return `${name} is in sight and gives it no address yet: is the password right, and are there addresses left?`
        const heard = [...this.networks].map(name => `"${name}"`).join(", ")
        return `${name} is not in sight: these chips hear 2.4 GHz only, and a name counts in capitals and small letters. Heard: ${heard === "" ? "none" : heard}`
    }
}
