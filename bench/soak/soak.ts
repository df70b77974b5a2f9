/**
 * The soak: nodes that report every 20 s while brokers die, links go silent and power fails, and an account of every report.
 *
 * The nodes say on their consoles what they have reported, which no fault can reach; the far end says what came. A report that did not
 * come must be one that the node has told to be dropped, or one that was in RAM when the node's power failed; an alarm must have come,
 * unless the stock runtime formatted the store that held it.
 */
import { compile } from "../../image/compile"
import { Rehearsal } from "../../rehearsal/rehearsal"
import { parseFaults, type Fault } from "../../sim/faults"
import { PART_NAMES } from "../../sim/breadboard"
import { FlickerWorld } from "./world"

const PROGRAM = "bench/programs/soak.ts"
const SAMPLE_SECONDS = 20
/** After the last fault, until everything has come that will: the longest backoff, and a summary. */
const CALM_SECONDS = 1500
const REPORT = /^> report ([0-9a-f]{16}) (\d+) (alarm|routine)$/
const FORMATTED = "fstor: formatting now"

export interface SoakOptions {
    messages: number
    nodes: number
    seed: number
}

export interface SoakResult {
    messages: number
    brokerKills: number
    halfOpen: number
    powerCuts: number
    /** Stores that the stock runtime formatted after a torn write, and that were provisioned again. */
    storeFormatted: number
    /** Alarms that were in flash and never came, but for those of a formatted store. */
    alarmsLost: number
    routineLost: number
    routineAccounted: number
    unaccounted: number
    duplicates: number
    heapHighWaterBytes: number
    panics: number
    virtualSeconds: number
    wallMs: number
}

/** What one node says it has done. */
class Account {
    /** Reports by boot: sequence, and whether it is an alarm. */
    readonly boots = new Map<string, Map<number, boolean>>()
    readonly came = new Set<string>()
    /** Alarms that the formatted store held: nothing is to come of them. */
    readonly forgiven = new Set<string>()
    messages = 0

    print(line: string): void {
        const match = REPORT.exec(line)
        if (match !== null) this.reported(match[1], Number(match[2]), match[3] === "alarm")
        else if (line.includes(FORMATTED)) this.formatted()
    }

    /** Alarms that did not come, then routine reports that did not come and are not the last boot's. */
    missing(): { boot: string; sequence: number; isAlarm: boolean; isLastBoot: boolean }[] {
        const last = [...this.boots.keys()].at(-1)
        return [...this.boots].flatMap(([boot, reports]) =>
            [...reports]
                .filter(([sequence]) => !this.came.has(keyOf(boot, sequence)))
                .map(([sequence, isAlarm]) => ({
                    boot,
                    sequence,
                    isAlarm,
                    isLastBoot: boot === last,
                }))
        )
    }

    private reported(boot: string, sequence: number, isAlarm: boolean): void {
        let reports = this.boots.get(boot)
        if (reports === undefined) this.boots.set(boot, (reports = new Map()))
        reports.set(sequence, isAlarm)
        this.messages++
    }

    private formatted(): void {
        for (const { boot, sequence, isAlarm } of this.missing())
            if (isAlarm) this.forgiven.add(keyOf(boot, sequence))
    }
}

function keyOf(boot: string, sequence: number): string {
    return `${boot}/${sequence}`
}

/**
 * The faults of a soak of so many seconds: every kind there is, so often over all of it, and then calm. What breaks the ground that the
 * contract stands on (a flash that does not keep what it is given, bits that TCP let through) befalls the last node, whose power fails but once.
 */
export function soakFaults(seconds: number, nodes: number): Fault[] {
    const spec = [
        strike("brokerKill", 520, 100, "for=5s"),
        strike("halfOpen", 11, 400, "for=100s"),
        strike("drop", 40, 130),
        strike("kick", 40, 170),
        strike("refuse", 20, 290, "for=20s"),
        strike("dnsFail", 20, 310, "for=20s"),
        strike("connackRefuse", 20, 370, "for=20s"),
        strike("delay", 20, 410, "for=60s", "by=3s"),
        strike("trickle", 20, 530, "for=60s"),
        strike("nack", 10, 610, "for=30s"),
        strike("absent", 10, 630, "for=60s"),
        strike("slow", 10, 670, "for=30s"),
        strike("stuck", 10, 690, "for=30s"),
        strike("crc", 10, 710, "for=30s"),
        `clockSkew:by=100ppm`,
    ]
    const last = nodes - 1
    if (last > 0) {
        const others = `node=0-${last - 1}`
        spec.push(
            strike("brownOut", 9, 700, others),
            `cutBefore:p=0.01,until=${seconds}s,${others}`,
            `cutDuring:p=0.01,until=${seconds}s,${others}`,
            `cutAfter:p=0.01,until=${seconds}s,${others}`,
            strike("worn", 10, 650, "for=60s", `node=${last}`),
            strike("corrupt", 10, 730, "for=30s", "p=0.02", `node=${last}`),
            `full:from=${Math.floor(seconds / 2)}s,until=${seconds}s,node=${last}`,
            // A full store shows at a boot.
            `brownOut:from=${Math.floor(seconds / 2) + 1}s,node=${last}`
        )
    }
    return parseFaults(spec.join(";"), PART_NAMES)

    function strike(kind: string, times: number, everyMin: number, ...more: string[]): string {
        const every = Math.max(Math.floor(seconds / times), everyMin)
        return `${kind}:${[`from=${every}s`, `every=${every}s`, `until=${seconds}s`, ...more].join(",")}`
    }
}

/** @param onProgress is told the share that is done, 0..1 */
export async function soak(
    { messages, nodes, seed }: SoakOptions,
    onProgress: (share: number) => void = () => {}
): Promise<SoakResult> {
    const seconds = Math.ceil(messages / nodes) * SAMPLE_SECONDS
    const { bytes } = await compile(PROGRAM)
    const accounts = new Map<string, Account>()
    const accountOf = (id: string) => {
        let account = accounts.get(id)
        if (account === undefined) accounts.set(id, (account = new Account()))
        return account
    }
    const rehearsal = await Rehearsal.create({
        image: bytes,
        nodes,
        world: new FlickerWorld(seed, nodes, (seconds + CALM_SECONDS) / 60),
        seed,
        virtual: true,
        speed: 1,
        seconds: seconds + CALM_SECONDS,
        faults: soakFaults(seconds, nodes),
        exact: false,
        print: (id, line) => accountOf(id).print(line),
        onHeard: (id, { boot, sequence }) => accountOf(id).came.add(keyOf(boot, sequence)),
        onProgress: second => onProgress(second / (seconds + CALM_SECONDS)),
    })
    const startMs = performance.now()
    await rehearsal.run()
    const { struck, powerCuts, storeFormatted, panics } = rehearsal.counters()
    const result: SoakResult = {
        messages: 0,
        brokerKills: struck.brokerKill ?? 0,
        halfOpen: struck.halfOpen ?? 0,
        powerCuts,
        storeFormatted,
        alarmsLost: 0,
        routineLost: 0,
        routineAccounted: 0,
        unaccounted: 0,
        duplicates: rehearsal.duplicates(),
        heapHighWaterBytes: rehearsal.heapHighWaterBytes(),
        panics,
        virtualSeconds: Math.round(rehearsal.virtualSeconds()),
        wallMs: 0,
    }
    for (const [id, account] of accounts) settle(account, result, rehearsal, id)
    result.wallMs = Math.round(performance.now() - startMs)
    await rehearsal.close()
    return result
}

/** Adds up what did not come, and why. */
function settle(account: Account, result: SoakResult, rehearsal: Rehearsal, id: string): void {
    result.messages += account.messages
    for (const { boot, sequence, isAlarm, isLastBoot } of account.missing()) {
        if (isAlarm) {
            if (!account.forgiven.has(keyOf(boot, sequence))) result.alarmsLost++
            continue
        }
        result.routineLost++
        // The next boot is the account of what was in RAM; in the last one the node must have told.
        if (!isLastBoot || rehearsal.isDropped(id, boot, sequence)) result.routineAccounted++
        else result.unaccounted++
    }
}
