/**
 * Mosquitto's dynamic security, over its topic `$CONTROL/dynamic-security/v1`: commands as JSON, answered in their order.
 * https://mosquitto.org/documentation/dynamic-security/ and, for what it leaves out, mosquitto 2.0.11.
 *
 * One message is under way at a time; commands that come meanwhile go together in the next. One that is not answered, for the broker
 * went away, is sent again: every command here comes to the same when it is done twice.
 */
import type { MqttClient } from "mqtt"

const CONTROL = "$CONTROL/dynamic-security/v1"
const RESPONSE = `${CONTROL}/response`
const ANSWER_MS_MAX = 3000
/** A broker may take no longer packets than we let ours take (fleet/brokers/mosquitto-process.ts). */
export const CONTROL_BYTES_MAX = 60_000

export interface Command {
    command: string
    [parameter: string]: unknown
}

export interface Answer {
    command: string
    error?: string
    data?: unknown
}

interface Waiting {
    text: string
    resolve: (answer: Answer) => void
}

export class DynamicSecurity {
    private readonly waiting: Waiting[] = []
    private batch: Waiting[] = []
    private number = 0
    private timer: NodeJS.Timeout | undefined
    private isClosed = false

    private constructor(private readonly client: MqttClient) {
        client.on("message", this.hear)
        client.on("connect", this.again)
    }

    /** Undefined when there is none, or we may not use it: a broker does not tell these apart. @param client connected */
    static async open(client: MqttClient): Promise<DynamicSecurity | undefined> {
        await client.subscribeAsync(RESPONSE, { qos: 1 }).catch(() => undefined)
        const security = new DynamicSecurity(client)
        const answer = security.run([{ command: "getDefaultACLAccess" }])
        let timer: NodeJS.Timeout | undefined
        const late = new Promise<undefined>(
            resolve => (timer = setTimeout(() => resolve(undefined), ANSWER_MS_MAX))
        )
        const [first] = (await Promise.race([answer, late])) ?? []
        clearTimeout(timer)
        if (first?.error === undefined && first !== undefined) return security
        security.close()
        return undefined
    }

    /** Waits as long as the broker is away. */
    async run(commands: readonly Command[]): Promise<Answer[]> {
        const answers = commands.map(
            command =>
                new Promise<Answer>(resolve =>
                    this.waiting.push({ text: JSON.stringify(command), resolve })
                )
        )
        if (this.batch.length === 0) this.next()
        return await Promise.all(answers)
    }

    /** What is not answered by then never is. */
    close(): void {
        this.isClosed = true
        clearTimeout(this.timer)
        this.client.off("message", this.hear)
        this.client.off("connect", this.again)
    }

    private next(): void {
        let bytes = 0
        while (this.waiting.length > 0 && bytes + this.waiting[0].text.length < CONTROL_BYTES_MAX) {
            const [first] = this.waiting.splice(0, 1)
            bytes += first.text.length + 40
            this.batch.push(first)
        }
        this.number++
        this.send()
    }

    private send(): void {
        if (this.batch.length === 0 || this.isClosed) return
        clearTimeout(this.timer)
        this.timer = setTimeout(this.again, ANSWER_MS_MAX)
        const mark = `"correlationData":"${this.number}"`
        const commands = this.batch.map(({ text }) => `{${mark},${text.slice(1)}`)
        // At QoS 0: mosquitto's PUBACK would come first, and its answer wait 40 ms for our TCP to acknowledge that.
        if (this.client.connected)
            this.client.publish(CONTROL, `{"commands":[${commands.join(",")}]}`, { qos: 0 })
    }

    private readonly again = () => this.send()

    private readonly hear = (topic: string, payload: Buffer) => {
        if (topic !== RESPONSE) return
        const { responses = [] } = JSON.parse(payload.toString()) as {
            responses?: (Answer & { correlationData?: string })[]
        }
        const isOurs = responses[0]?.correlationData === String(this.number)
        if (!isOurs || responses.length !== this.batch.length) return
        clearTimeout(this.timer)
        const batch = this.batch
        this.batch = []
        batch.forEach(({ resolve }, i) => resolve(responses[i]))
        if (this.waiting.length > 0) this.next()
    }
}
