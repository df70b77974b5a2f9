/** A broker by what a person calls it: `aedes`, `mosquitto`, or the URL of somebody else's. */
import { InputError } from "../../table/input-error"
import type { OnRefused } from "../access/aedes"
import { openEmbedded } from "./embedded"
import type { FleetBroker } from "./fleet-broker"
import { MosquittoLog } from "./mosquitto-log"
import { startMosquitto } from "./mosquitto-process"
import { openRemote } from "./remote"

/** The password at somebody else's broker, where it is not to stand in a URL: every user of the machine can read our arguments. */
export const PASSWORD_VARIABLE = "MOTEWISE_BROKER_PASSWORD"

export interface BrokerOptions {
    broker: string
    /** Of the fleet. */
    folder: string
    host: string
    port: number
    /** Of the fleet's session at a broker that is another process. */
    clientId: string
    onRefused: OnRefused
    /** Milliseconds since 1970. */
    nowMs: () => number
    say: (line: string) => void
}

/** @throws InputError when it cannot be had */
export async function openBroker(options: BrokerOptions): Promise<FleetBroker> {
    const { broker, onRefused, nowMs } = options
    if (broker === "aedes") return await openEmbedded(options, onRefused, nowMs)
    if (broker === "mosquitto") return await openMosquitto(options)
    const password = process.env[PASSWORD_VARIABLE]
    return await openRemote({ ...options, url: broker, password })
}

async function openMosquitto(options: BrokerOptions): Promise<FleetBroker> {
    const { host, port, say } = options
    const log = new MosquittoLog(options.onRefused)
    const mosquitto = await startMosquitto({
        ...options,
        onLog: line => log.hear(line),
        onEnd: why => say(`${why}: nobody is heard until motewise fleet up is started again`),
    })
    try {
        const url = `mqtt://${host === "0.0.0.0" ? "127.0.0.1" : host}:${port}`
        const remote = await openRemote({ ...options, ...mosquitto, url })
        if (!remote.isShut) throw new InputError("mosquitto: its dynamic security does not answer")
        return {
            ...remote,
            url: `mqtt://${host}:${port}`,
            told: "mosquitto, dynamic security",
            get isConnected() {
                return remote.isConnected
            },
            close: async () => {
                await remote.close()
                await mosquitto.stop()
            },
        }
    } catch (e) {
        await mosquitto.stop()
        throw e
    }
}
