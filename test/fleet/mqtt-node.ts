/** A node on the host at a real broker: enrols with its claim, and reports with its credential. */
import { encode } from "cborg"
import { connectAsync, type MqttClient } from "mqtt"
import { randomBytes } from "node:crypto"
import { readFileSync } from "node:fs"
import { HostP256, type HostIdentity } from "../../bench/enrol/host-identity"
import { HostNode } from "../../bench/enrol/host-node"
import type { Claim } from "../../fleet/registrar/claim"
import {
    LABEL_NAME,
    LABEL_VALUE,
    NAME_SAMPLES,
    FIELD_UPTIME_MS,
} from "../../src/telemetry/contract/senml"
import {
    enrolDownTopic,
    enrolUpTopic,
    stateTopic,
    upTopic,
} from "../../src/telemetry/contract/topics"

const ANSWER_MS_MAX = 10_000

/** As a flash has it: the file that `motewise fleet claim` writes. */
export function claimIn(path: string): Claim {
    const [, id, secret] = /^CLAIM=([0-9a-f]{16})-([0-9a-f]{64})$/m.exec(
        readFileSync(path, "utf8")
    ) as RegExpExecArray
    return { id, secret }
}

export class MqttNode extends HostNode {
    client: MqttClient | undefined
    private reports = 0

    constructor(
        claim: Claim,
        private readonly port: number,
        identity: HostIdentity = new HostP256()
    ) {
        super(claim, identity, n => randomBytes(n))
    }

    /** From the claim to a credential. @throws Error when it is refused, or nobody answers */
    async enrol(): Promise<void> {
        const client = await this.connected(this.claimUser, this.claimPassword)
        let timer: NodeJS.Timeout | undefined
        try {
            await client.subscribeAsync(enrolDownTopic(this.id), { qos: 1 })
            await new Promise<void>((resolve, reject) => {
                timer = setTimeout(() => reject(new Error("no answer")), ANSWER_MS_MAX)
                client.once("close", () => reject(new Error("the broker closed")))
                const publish = (payload: Buffer) =>
                    void client.publish(enrolUpTopic(this.id), payload, { qos: 1 })
                client.on("message", (_topic, payload) => {
                    const step = this.hearEnrolment(payload)
                    if (step === undefined) return
                    if ("proof" in step) return publish(step.proof)
                    if ("refused" in step) reject(new Error(`refused: ${step.refused}`))
                    else resolve()
                })
                publish(this.hello())
            })
        } finally {
            clearTimeout(timer)
            await client.endAsync(true)
        }
    }

    /** With the credential: and says that it is online. */
    async connect(): Promise<MqttClient> {
        const state = (word: string) => JSON.stringify({ state: word })
        const topic = stateTopic(this.id)
        const will = {
            topic,
            payload: Buffer.from(state("offline")),
            qos: 1 as const,
            retain: true,
        }
        this.client = await this.connected(this.id, this.password ?? "", { will })
        await this.client.publishAsync(topic, state("online"), { qos: 1, retain: true })
        return this.client
    }

    async tell(): Promise<void> {
        const samples = ++this.reports
        const pack = [
            new Map<unknown, unknown>([
                [LABEL_NAME, NAME_SAMPLES],
                [LABEL_VALUE, samples],
                [FIELD_UPTIME_MS, samples * 1000],
            ]),
        ]
        const sealed = this.report(Buffer.from(encode(pack)))
        await this.client?.publishAsync(upTopic(this.id), sealed, { qos: 1 })
    }

    async leave(): Promise<void> {
        await this.client?.endAsync(true)
        this.client = undefined
    }

    private connected(user: string, password: string, more = {}): Promise<MqttClient> {
        return connectAsync(`mqtt://127.0.0.1:${this.port}`, {
            clientId: `mw-${user}`,
            username: user,
            password,
            protocolVersion: 4,
            reconnectPeriod: 0,
            ...more,
        })
    }
}
