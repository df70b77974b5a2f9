/**
 * A broker that is another process, somebody else's or our own mosquitto, with dynamic security when it has it and we may use it.
 *
 * The fleet has a session there that outlives its connections, so that what nodes say while it is away is kept for it.
 */
import { connect, type IClientOptions, type MqttClient } from "mqtt"
import type { OnRefused } from "../access/aedes"
import { DynamicSecurity } from "../access/dynamic-security"
import { MosquittoAccess } from "../access/mosquitto"
import type { OnMessage } from "../broker"
import type { Access } from "../registrar/access"
import { InputError } from "../../table/input-error"
import { EVERY_TOPIC, type FleetBroker } from "./fleet-broker"
import { MosquittoLog } from "./mosquitto-log"

const RECONNECT_MS = 1000
const CONNECT_MS_MAX = 10_000
/** Kept until the fleet is ready to hear. */
const EARLY_MAX = 10_000
const LOG = "$SYS/broker/log/#"

export interface RemoteOptions {
    /** May hold user and password, which are never told. */
    url: string
    user?: string
    password?: string
    /** Of the fleet's session there: one a fleet. */
    clientId: string
    onRefused: OnRefused
    nowMs: () => number
    say: (line: string) => void
}

/** Where nobody can be shut out: everybody may do everything as far as we are concerned. */
const NO_ACCESS: Access = { grant: async () => {}, withdraw: async () => {} }

/** @throws InputError when nobody answers, or we are not let in */
export async function openRemote(options: RemoteOptions): Promise<FleetBroker> {
    const { onRefused, nowMs, say } = options
    const url = new URL(options.url)
    const shown = `${url.protocol}//${url.host}`
    const client = connect(shown, {
        clientId: options.clientId,
        clean: false,
        protocolVersion: 4,
        reconnectPeriod: RECONNECT_MS,
        connectTimeout: CONNECT_MS_MAX,
        username: options.user ?? (decodeURIComponent(url.username) || undefined),
        password: options.password ?? (decodeURIComponent(url.password) || undefined),
    } satisfies IClientOptions)
    const early: [string, Buffer][] = []
    let hear: OnMessage = (topic, payload) =>
        void (early.length < EARLY_MAX && early.push([topic, payload]))
    const log = new MosquittoLog(onRefused)
    client.on("message", (topic, payload) => {
        if (topic.startsWith("mw/")) hear(topic, payload)
        else if (topic.startsWith("$SYS/broker/log/")) log.hear(logLine(payload))
    })
    try {
        await connection(client, shown)
    } catch (e) {
        await client.endAsync(true)
        throw e
    }
    client.on("error", () => {})
    client.on("offline", () => say(`broker ${shown}: it does not answer; tried every second`))
    const security = await DynamicSecurity.open(client)
    const access = security && (await MosquittoAccess.open(security, nowMs))
    await client.subscribeAsync(LOG).catch(() => undefined)
    const isShut = access !== undefined && (await isDeniedByDefault(security as DynamicSecurity))
    return {
        url: shown,
        told: toldOf(access !== undefined, isShut),
        get isConnected() {
            return client.connected
        },
        isShut,
        access: access ?? NO_ACCESS,
        async start(onMessage) {
            hear = onMessage
            for (const [topic, payload] of early.splice(0)) hear(topic, payload)
            try {
                await client.subscribeAsync(EVERY_TOPIC, { qos: 1 })
            } catch {
                throw new InputError(
                    `broker ${shown}: it does not let us hear mw/#: give our user a role that may`
                )
            }
        },
        publish: (topic, payload) => void client.publish(topic, payload, { qos: 1 }),
        tick: async () => await access?.tick(),
        close: async () => {
            security?.close()
            await client.endAsync()
        },
    }
}

function connection(client: MqttClient, shown: string): Promise<void> {
    return new Promise((resolve, reject) => {
        const fail = (why: string) => {
            clearTimeout(timer)
            reject(new InputError(`broker ${shown}: ${why}`))
        }
        const timer = setTimeout(() => fail("nobody answers"), CONNECT_MS_MAX)
        client.once("error", e => fail(e.message.split("\n")[0] || "nobody answers"))
        client.once("connect", () => {
            clearTimeout(timer)
            resolve()
        })
    })
}

/** `1234567890: text`, where times are on. */
function logLine(payload: Buffer): string {
    return payload.toString().replace(/^\d+: /, "")
}

function toldOf(hasSecurity: boolean, isShut: boolean): string {
    if (isShut) return "dynamic security"
    return hasSecurity
        ? "dynamic security, but its default lets others into what it does not name: topics are NOT shut to them"
        : "topics are NOT shut: it has no dynamic security, or our user may not use it; sealed reports stay secret all the same"
}

async function isDeniedByDefault(security: DynamicSecurity): Promise<boolean> {
    const [{ data }] = await security.run([{ command: "getDefaultACLAccess" }])
    const { acls = [] } = (data ?? {}) as { acls?: { acltype: string; allow: boolean }[] }
    return ["publishClientSend", "subscribe"].every(type =>
        acls.some(({ acltype, allow }) => acltype === type && !allow)
    )
}
