/**
 * A day of an app in the world it is made for: two nodes, one with a heap of 64 kB and one with an ESP32-S2's 40 kB, from their claims to
 * sealed reports. What comes each day is counted from when they are enrolled. Then their broker is away for three hours, in which reports
 * pile up (in a shorter run for as long as that), and their credentials become old, so that they enrol again: that is for the heap alone.
 */
import { compile } from "../../image/compile"
import { Rehearsal } from "../../rehearsal/rehearsal"
import { PART_NAMES } from "../../sim/breadboard"
import { parseFaults } from "../../sim/faults"
import { worldKind } from "../../sim/worlds/worlds"
import type { World } from "../../sim/worlds/world"
import { NodeMeter, type OnBoard } from "./node-meter"

export const HEAP_BYTES = 64 * 1024
export const SMALL_HEAP_BYTES = 40 * 1024
const HEAPS = [HEAP_BYTES, SMALL_HEAP_BYTES]

const HOUR_S = 3600
const DAY_S = 24 * HOUR_S
/** Key, enrolment, the first reports. */
const ENROLLED_S = 600
const OUTAGE_S_MAX = 3 * HOUR_S
/** The longest backoff, and what has piled up. */
const BACK_S = 600
const RENEWAL_S = 600

export interface DayOptions {
    /** Of the program, relative to the project's root. */
    entry: string
    world: string
    /** Of ordinary life, before the outage. */
    hours: number
}

/** What one node took. A day's figures are those of the hours, for a day. */
export interface NodeDay extends OnBoard {
    packetsADay: number
    bytesADay: number
    /** Of a report with topic and MQTT header, on average; undefined when there was none. */
    bytesAReport?: number
    /** Of what is true in its world: what there is to tell. */
    changesADay: number
    /** That its reports tell. */
    measurands: number
}

/** By heap: 64 kB, then 40 kB. */
export async function measureDay(
    { entry, world: worldName, hours }: DayOptions,
    onProgress: (share: number) => void = () => {}
): Promise<NodeDay[]> {
    const { bytes, parts } = await compile(entry)
    const world = worldKind(worldName).make(1, HEAPS.length)
    const endS = hours * HOUR_S
    const outageS = Math.min(OUTAGE_S_MAX, endS)
    const renewalS = endS + outageS + BACK_S
    const seconds = renewalS + RENEWAL_S
    const meters = HEAPS.map(heapBytes => new NodeMeter(heapBytes))
    const rehearsal = await Rehearsal.create({
        image: bytes,
        seats: parts,
        nodes: HEAPS.length,
        world,
        seed: 1,
        virtual: true,
        speed: 1,
        seconds,
        enrol: true,
        credentialLifeMs: renewalS * 1500,
        faults: parseFaults(`brokerKill:from=${endS}s,for=${outageS}s`, PART_NAMES),
        exact: false,
        print: () => {},
        stepCounts: meters.map(({ steps }) => steps),
        onVmLook: (place, vm) => meters[place].look(vm),
        onProgress: second => {
            onProgress(second / seconds)
            if (second < ENROLLED_S || second > endS) return
            rehearsal.nodes().forEach((node, place) => meters[place].minute(second, node))
            if (second === ENROLLED_S) before = rehearsal.traffic().map(traffic => ({ ...traffic }))
            if (second === endS) after = rehearsal.traffic().map(traffic => ({ ...traffic }))
        },
    })
    let before = rehearsal.traffic()
    let after = before
    await rehearsal.run()
    const nodes = rehearsal.nodes()
    const rows = rehearsal.rows()
    await rehearsal.close()
    const days = (endS - ENROLLED_S) / DAY_S
    return nodes.map((node, place) => {
        const [from, to] = [before[place], after[place]]
        return {
            ...meters[place].figures(node),
            packetsADay: Math.round((to.packets - from.packets) / days),
            bytesADay: Math.round((to.bytes - from.bytes) / days),
            bytesAReport:
                to.published === from.published
                    ? undefined
                    : Math.round(
                          (to.reportBytes - from.reportBytes) / (to.published - from.published)
                      ),
            changesADay: Math.round(changesOf(world, place, ENROLLED_S, endS) / days),
            measurands: rows[place].reported.size,
        }
    })
}

function changesOf(world: World, place: number, fromS: number, toS: number): number {
    const rowAt = (second: number) => Math.floor((second * 1000) / world.rowMs)
    let changes = 0
    for (let row = rowAt(fromS) + 1; row < rowAt(toS); ++row)
        if (world.truthAt(place, row) !== world.truthAt(place, row - 1)) changes++
    return changes
}
