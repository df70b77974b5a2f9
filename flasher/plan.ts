/** What is to be in a board's flash, from what somebody typed: checked before anything is built, asked for or written. */
import { networkInterfaces } from "node:os"
import { refuseNoFleet } from "../fleet/folder"
import { boardFile, SIMULATOR, type BoardFile } from "../image/boards"
import { UsageError } from "../image/project"
import { parseBroker } from "../src/mqtt/broker"
import { SETTING_BROKER, SETTING_CLAIM } from "../src/telemetry/contract/settings"
import { chipOf, type Chip } from "./chips"
import { idOfClaim, settingsFrom } from "./claim-file"
import { checkSsid } from "./wifi"

export interface Asked {
    board: string
    claim?: string
    /** The folder of a fleet, to make a claim in. */
    fleet?: string
    wifi?: string
    wifiPasswordFile?: string
    broker?: string
}

export interface Plan {
    board: BoardFile
    chip: Chip
    /** By key; their values are not for anybody's eyes. */
    settings: Record<string, string>
    /** Undefined: the one that the program names. */
    broker: string | undefined
    /** Of a node with a claim; one without goes by its chip's. */
    claimedId: string | undefined
}

const HERE = /^(localhost|127\.[\d.]+|::1|0\.0\.0\.0)$/

/** Asks nobody, writes nothing. @param warn hears what is no fault @throws UsageError, InputError */
export function planOf(asked: Asked, warn: (line: string) => void): Plan {
    if (asked.board === SIMULATOR)
        throw new UsageError("the simulator has no flash to write: npx motewise sim")
    const board = boardFile(asked.board)
    const chip = chipOf(board.archId)
    if (asked.wifi !== undefined) checkSsid(asked.wifi, chip)
    else if (asked.wifiPasswordFile !== undefined)
        throw new UsageError("--wifi-password-file is of a network: give its name as --wifi")
    if (asked.fleet !== undefined) {
        if (asked.claim !== undefined)
            throw new UsageError(
                "--claim takes a claim that was made, --fleet makes one: give one of them"
            )
        refuseNoFleet(asked.fleet)
    }
    const settings = asked.claim === undefined ? {} : settingsFrom(asked.claim, warn)
    if (asked.broker !== undefined) settings[SETTING_BROKER] = asked.broker
    const broker = settings[SETTING_BROKER]
    if (broker !== undefined) checkBroker(broker, chip)
    return { board, chip, settings, broker, claimedId: idOfClaim(settings[SETTING_CLAIM] ?? "") }
}

/** With what a claim's file says; a broker that was given goes before the file's. */
export function withClaim(plan: Plan, path: string, warn: (line: string) => void): Plan {
    const settings = { ...settingsFrom(path, warn), ...plan.settings }
    return { ...plan, settings, claimedId: idOfClaim(settings[SETTING_CLAIM]) }
}

function checkBroker(url: string, chip: Chip): void {
    const broker = parseBroker(url)
    if (broker === undefined)
        throw new UsageError(`broker "${url}": it takes mqtt://host or mqtt://host:port`)
    if (HERE.test(broker.host)) {
        const ours = addressesHere()
        const which = ours.length === 0 ? "" : `: ${ours.join(" or ")}`
        throw new UsageError(
            `broker "${url}": to the board that is the board itself; give this machine's address in the network${which}`
        )
    }
    if (broker.tls && chip.kind === "rp2040")
        throw new UsageError(`broker "${url}": an RP2040 has no TLS; it takes mqtt://`)
}

/** This machine's, IPv4, as others in its networks may reach it. */
function addressesHere(): string[] {
    return Object.values(networkInterfaces())
        .flatMap(addresses => addresses ?? [])
        .filter(({ family, internal }) => family === "IPv4" && !internal)
        .map(({ address }) => address)
}
