/**
 * A whole fleet as the other end of a rehearsal: nodes have nothing but their claims, and everything else is what `motewise fleet up` runs,
 * on the rehearsal's clock, in a folder that is gone afterwards.
 */
import { mkdtempSync, rmSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { AedesAccess } from "../fleet/access/aedes"
import type { OnRefused } from "../fleet/access/aedes"
import { overAedes } from "../fleet/brokers/embedded"
import type { FleetBroker } from "../fleet/brokers/fleet-broker"
import { Fleet } from "../fleet/fleet"
import { initFolder } from "../fleet/folder"
import { SMALL_LMS_CODE } from "../fleet/keys/hss"
import type { Claim } from "../fleet/registrar/claim"
import type { Clock } from "../sim/clock"
import type { RandomStream } from "../sim/random"
import { SETTING_BROKER, SETTING_CLAIM } from "../src/telemetry/contract/settings"
import type { FarEnd, OnHeard } from "./far-end"
import type { LocalBroker } from "./local-broker"

const TICK_MS = 1000

export interface EnrolledOptions {
    clock: Clock
    /** Milliseconds since 1970 when the clock stands at 0. */
    epochMs: number
    claims: readonly Claim[]
    random: RandomStream
    credentialLifeMs?: number
    /** Makes the broker, with the rules of who may what. */
    makeBroker: (rules: AedesAccess["rules"]) => Promise<LocalBroker>
    onHeard: OnHeard
    say: (line: string) => void
}

/**
 * The fleet's key is made anew, and of a smaller kind than a real one's, which takes seconds: it signs 1,024 checkpoints, and there is one a
 * minute at most, after something was written into the ledger.
 */
export async function enrolledFarEnd(options: EnrolledOptions): Promise<FarEnd> {
    const { clock, epochMs, claims, random, onHeard, say } = options
    const folder = mkdtempSync(join(tmpdir(), "motewise-fleet-"))
    const drawn = (n: number) => {
        const bytes = Buffer.alloc(n)
        random.fill(bytes)
        return bytes
    }
    const nowMs = () => epochMs + clock.nowMs()
    let local: LocalBroker | undefined
    const openBroker = async (onRefused: OnRefused): Promise<FleetBroker> => {
        const access = new AedesAccess(nowMs, onRefused)
        local = await options.makeBroker(access.rules)
        return overAedes(local.url, access, local)
    }
    let fleet: Fleet
    try {
        await initFolder(folder, drawn, { lmsCode: SMALL_LMS_CODE })
        fleet = await Fleet.open({
            folder,
            openBroker,
            nowMs,
            random: drawn,
            say,
            credentialLifeMs: options.credentialLifeMs,
            onReport: (id, heard) =>
                onHeard(id, { ...heard, sampledAtMs: heard.sampledAtMs - epochMs }),
        })
        await fleet.registrar.addClaims(claims)
    } catch (e) {
        rmSync(folder, { recursive: true, force: true })
        throw e
    }
    const broker = local as LocalBroker
    const secrets = new Map(claims.map(({ id, secret }) => [id, secret]))
    let ticking: Promise<void> | undefined
    const tick = () => {
        ticking = fleet.tick().finally(() => (ticking = undefined))
        clock.after(TICK_MS, tick)
    }
    clock.after(TICK_MS, tick)
    const busy = () => ticking ?? fleet.settle() ?? broker.settle()
    const settled = async () => {
        for (let work = busy(); work !== undefined; work = busy()) await work
    }
    return {
        url: broker.url,
        get alive() {
            return broker.alive
        },
        listens: true,
        twin: fleet.twin,
        enrolled: () => {
            const { nodes, ledger, refusals } = fleet.status()
            return {
                nodes: nodes.heard,
                ledgerEntries: ledger.entries,
                refused: Object.values(refusals).reduce((sum, count) => sum + count, 0),
            }
        },
        settingsOf: id => ({
            [SETTING_BROKER]: broker.url,
            [SETTING_CLAIM]: `${id}-${secrets.get(id)}`,
        }),
        settle: () => busy()?.then(settled),
        close: async () => {
            await fleet.close()
            rmSync(folder, { recursive: true, force: true })
        },
    }
}
