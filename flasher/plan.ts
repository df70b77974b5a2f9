/** What is to be in a board's flash, from what somebody typed: checked before anything is built, asked for or written. */
import { boardFile, SIMULATOR, type BoardFile } from "../image/boards"
import { UsageError } from "../image/project"
import { parseBroker } from "../src/mqtt/broker"
import { SETTING_BROKER, SETTING_CLAIM } from "../src/telemetry/contract/settings"
import { chipOf, type Chip } from "./chips"
import { idOfClaim, settingsFrom } from "./claim-file"
import type { WifiNetwork } from "./store"
import { checkNetwork, passwordFrom } from "./wifi"

export interface Asked {
    board: string
    claim?: string
    wifi?: string
    wifiPasswordFile?: string
    broker?: string
}

export interface Plan {
    board: BoardFile
    chip: Chip
    /** By key; their values are not for anybody's eyes. */
    settings: Record<string, string>
    wifi: WifiNetwork | undefined
    /** Undefined: the one that the program names. */
    broker: string | undefined
    /** Of a node with a claim; one without goes by its chip's. */
    claimedId: string | undefined
}

const HERE = /^(localhost|127\.[\d.]+|::1|0\.0\.0\.0)$/

/** @param askPassword for the network of this name @throws UsageError */
export async function planOf(
    asked: Asked,
    askPassword: (ssid: string) => Promise<string>
): Promise<Plan> {
    if (asked.board === SIMULATOR)
        throw new UsageError("the simulator has no flash to write: npx motewise sim")
    const board = boardFile(asked.board)
    const chip = chipOf(board.archId)
    const settings = asked.claim === undefined ? {} : settingsFrom(asked.claim)
    if (asked.broker !== undefined) settings[SETTING_BROKER] = asked.broker
    const broker = settings[SETTING_BROKER]
    if (broker !== undefined) checkBroker(broker, chip)
    return {
        board,
        chip,
        settings,
        wifi: await networkOf(asked, chip, askPassword),
        broker,
        claimedId: idOfClaim(settings[SETTING_CLAIM] ?? ""),
    }
}

async function networkOf(
    { wifi: ssid, wifiPasswordFile: file }: Asked,
    chip: Chip,
    askPassword: (ssid: string) => Promise<string>
): Promise<WifiNetwork | undefined> {
    if (ssid === undefined) {
        if (file === undefined) return undefined
        throw new UsageError("--wifi-password-file is of a network: give its name as --wifi")
    }
    // The name first: nobody should type a password for one that will be refused.
    checkNetwork({ ssid, password: "" }, chip)
    const password = file === undefined ? await askPassword(ssid) : passwordFrom(file)
    const network = { ssid, password }
    checkNetwork(network, chip)
    return network
}

function checkBroker(url: string, chip: Chip): void {
    const broker = parseBroker(url)
    if (broker === undefined)
        throw new UsageError(`broker "${url}": it takes mqtt://host or mqtt://host:port`)
    if (HERE.test(broker.host))
        throw new UsageError(
            `broker "${url}": to the board that is the board itself; give this machine's address in the network`
        )
    if (broker.tls && chip.kind === "rp2040")
        throw new UsageError(`broker "${url}": an RP2040 has no TLS; it takes mqtt://`)
}
