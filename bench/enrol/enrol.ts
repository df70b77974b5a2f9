/**
 * A fleet is switched on: nodes that have nothing but their claims, all within a second, until each has reported under its own key. In
 * virtual time, where what a chip takes to compute is nothing: a key costs an RP2040 6.5 s on top (`motewise bench signatures`).
 */
import { compile } from "../../image/compile"
import { Rehearsal } from "../../rehearsal/rehearsal"
import { RoomWorld } from "../../sim/worlds/room"
import { quantile } from "../quantile"
import { registrarRates, type Rate } from "./registrar-rate"

const PROGRAM = "src/main.ts"
/** The first report comes with the first round, when the slowest part is warm. */
const SECONDS_MAX = 600

export interface EnrolResult {
    nodes: number
    /** Heard under their own keys. */
    enrolled: number
    p50PowerOnToTelemetryMs: number
    p99PowerOnToTelemetryMs: number
    /** Of the registrar by itself on this machine, 200 at a time, each flushed to the disk: hashes and all. */
    perSecond: number
    /** What somebody had to do to a node after it was switched on: provisionings. */
    manualSteps: number
    /** Between a node and the broker, both ways, MQTT headers and the first report included: the mean, and the most. */
    bytesPerEnrolment: number
    bytesPerEnrolmentMax: number
    ledgerEntries: number
    refused: number
    panics: number
    /** Where the registrar's time goes, a node: with LMS, and with P-256. */
    registrar: { lms: Rate; p256: Rate }
}

export async function enrol(
    nodes: number,
    seed: number,
    tell: (share: number) => void
): Promise<EnrolResult> {
    const { bytes, parts } = await compile(PROGRAM)
    const powerOnMs = new Map<string, number>()
    const tookMs = new Map<string, number>()
    const wireBytes = new Map<string, number>()
    const rehearsal = await Rehearsal.create({
        image: bytes,
        seats: parts,
        nodes,
        world: new RoomWorld(seed, nodes),
        seed,
        virtual: true,
        speed: 1,
        seconds: SECONDS_MAX,
        enrol: true,
        faults: [],
        exact: true,
        print: () => {},
        onPowerOn: (id, virtualMs) => powerOnMs.set(id, virtualMs),
        onHeard: id => {
            if (tookMs.has(id)) return
            tookMs.set(id, rehearsal.virtualSeconds() * 1000 - (powerOnMs.get(id) ?? 0))
            wireBytes.set(id, rehearsal.bytesOnWire(id))
            tell(tookMs.size / nodes)
            if (tookMs.size === nodes) rehearsal.stop()
        },
    })
    await rehearsal.run()
    const { nodes: enrolled, ledgerEntries, refused } = rehearsal.enrolled() ?? NOBODY
    const { storeFormatted, panics } = rehearsal.counters()
    await rehearsal.close()
    const rates = await registrarRates()
    const all = [...wireBytes.values()]
    return {
        nodes,
        enrolled,
        p50PowerOnToTelemetryMs: Math.round(quantile([...tookMs.values()], 0.5)),
        p99PowerOnToTelemetryMs: Math.round(quantile([...tookMs.values()], 0.99)),
        perSecond: Math.round(rates.lms.perSecond),
        manualSteps: storeFormatted,
        bytesPerEnrolment: Math.round(all.reduce((sum, n) => sum + n, 0) / all.length),
        bytesPerEnrolmentMax: Math.max(...all),
        ledgerEntries,
        refused,
        panics,
        registrar: rates,
    }
}

const NOBODY = { nodes: 0, ledgerEntries: 0, refused: 0 }
