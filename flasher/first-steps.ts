/**
 * How far a board has come since it was switched on, by what it says: DeviceScript's WiFi service (runtime/devicescript/network/wifi.c,
 * pico's wifi_impl.c) and our MQTT link (src/mqtt/link.ts). And when it comes no further, what somebody can do.
 */
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
/** One lost link is a weak one; so many in a row, with the network in sight, is a password. */
const REFUSALS = 3
const OFFLINE = /mqtt: offline \((.*)\), again in/
const NOT_ENROLLED = /enrolment: (refused \(.*\)|no answer)/
const FORMATTED = /fstor: formatting now/
/** Of devs_panic in runtime/devicescript/fibers.c. */
const EXCEPTION = /! (?:Exception: (\w+)|(Unhandled exception))/

export class FirstSteps {
    step = Step.Silent
    private readonly networks = new Set<string>()
    private refusals = 0
    private offline: string | undefined
    private notEnrolled: string | undefined
    private isFormatted = false
    private exception: string | undefined

    /** @param isClaimed a node with a claim is online twice: to enrol, and as itself */
    constructor(private readonly isClaimed: boolean) {}

    /** Only its report is still to come. */
    get isThere(): boolean {
        return this.step >= (this.isClaimed ? Step.Enrolled : Step.Online)
    }

    said(line: string): void {
        this.step = Math.max(this.step, Step.Running)
        for (const [said, step] of NEXT) if (said.test(line)) this.step = Math.max(this.step, step)
        const network = NETWORK.exec(line)?.[1]
        if (network !== undefined) this.networks.add(network)
        if (REFUSED.test(line)) this.refusals = REFUSALS
        if (LOST.test(line) && this.step < Step.Addressed) this.refusals++
        this.offline = OFFLINE.exec(line)?.[1] ?? this.offline
        this.notEnrolled = NOT_ENROLLED.exec(line)?.[1] ?? this.notEnrolled
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
        if (this.step < Step.Online)
            return `WiFi works, and ${where} is not reached${this.offline === undefined ? "" : ` (${this.offline})`}: is it running, on that port, and open to this network? Its address must be one that the board can reach`
        if (!this.isThere && this.notEnrolled !== undefined)
            return `it reaches ${where}, and is not enrolled there (${this.notEnrolled}): is that the fleet that its claim is of, and its registrar running?`
        return `it is online at ${where}, and no report was heard in time: its parts may still be warming up; mosquitto_sub -t 'mw/#' -v listens on`
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
