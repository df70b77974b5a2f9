/** The fleet's broker in its own process: aedes. */
import { AedesAccess, type OnRefused } from "../access/aedes"
import { Broker } from "../broker"
import { InputError } from "../../table/input-error"
import { EVERY_TOPIC, type FleetBroker } from "./fleet-broker"

const SAYS: Record<string, string> = {
    EADDRINUSE: "is taken: end what listens there, or choose another with --port",
    EACCES: "may not be used by this user: choose one above 1023 with --port",
    EADDRNOTAVAIL: "is no address of this machine: choose another with --host",
}

/** aedes as the fleet uses it, wherever its clients come from. */
export function overAedes(
    url: string,
    access: AedesAccess,
    broker: Pick<Broker, "subscribe" | "publish" | "close">
): FleetBroker {
    return {
        url,
        told: "aedes",
        isConnected: true,
        isShut: true,
        access,
        async start(onMessage) {
            for (const filter of EVERY_TOPIC) await broker.subscribe(filter, onMessage)
        },
        publish: (topic, payload) => broker.publish(topic, payload),
        tick: async () => {},
        close: () => broker.close(),
    }
}

/** @throws InputError from `start`, when its port is taken */
export async function openEmbedded(
    { host, port }: { host: string; port: number },
    onRefused: OnRefused,
    nowMs: () => number
): Promise<FleetBroker> {
    const access = new AedesAccess(nowMs, onRefused)
    const broker = await Broker.create(undefined, access.rules)
    const aedes = overAedes(`mqtt://${host}:${port}`, access, broker)
    return {
        ...aedes,
        async start(onMessage) {
            await aedes.start(onMessage)
            try {
                await broker.listenOn(host, port)
            } catch (e) {
                const why = SAYS[(e as NodeJS.ErrnoException).code ?? ""]
                throw why === undefined ? e : new InputError(`port ${port} at ${host} ${why}`)
            }
        },
    }
}
