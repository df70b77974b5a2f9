/**
 * The other end of a node with a claim: a broker with one seat and a registrar, on the simulator's clock, written from the contract with
 * node:crypto. It remembers all it ever heard, and fails when a one-time index or a nonce comes twice for different bytes.
 */
import assert from "node:assert/strict"
import { createDecipheriv, createCipheriv, createHmac, hkdfSync } from "node:crypto"
import { decode, encode } from "cborg"
import { generate, parser as packetParser, type IConnectPacket, type Packet } from "mqtt-packet"
import { oneTimeIndex, verifyLms } from "../../fleet/keys/lms"
import { LATENCY_MS, type Connection, type ConnectionEvents, type Network } from "../../sim/network"
import type { Clock } from "../../sim/clock"
import { RandomStream } from "../../sim/random"

const TAG_BYTES = 8
const ACCEPTED = 0
const NOT_AUTHORISED = 5

export interface Opened {
    topic: string
    boot: string
    kind: number
    number: number
    plaintext: Buffer
}

export interface Proof {
    publicKey: Buffer
    generation: number
    index: number
    /** Of the whole message. */
    bytes: number
}

function hkdf(key: Buffer, salt: Buffer, info: string): Buffer {
    return Buffer.from(hkdfSync("sha256", key, salt, info, 32))
}

function encStructure(topic: string): Buffer {
    return Buffer.from(encode(["Encrypt0", Buffer.from("a1010b", "hex"), Buffer.from(topic)]))
}

export function seal(key: Buffer, nonce: Buffer, topic: string, plaintext: Buffer): Buffer {
    const cipher = createCipheriv("aes-256-ccm", key, nonce, { authTagLength: TAG_BYTES })
    cipher.setAAD(encStructure(topic), { plaintextLength: plaintext.length })
    const ciphertext = Buffer.concat([cipher.update(plaintext), cipher.final()])
    const head = Buffer.concat([Buffer.from("8343a1010ba1054d", "hex"), nonce])
    return Buffer.concat([head, encode(Buffer.concat([ciphertext, cipher.getAuthTag()]))])
}

function open(key: Buffer, topic: string, sealed: Buffer): { nonce: Buffer; plaintext: Buffer } {
    assert.equal(sealed.subarray(0, 8).toString("hex"), "8343a1010ba1054d")
    const nonce = sealed.subarray(8, 21)
    const whole = Buffer.from(decode(sealed.subarray(21)) as Uint8Array)
    const decipher = createDecipheriv("aes-256-ccm", key, nonce, { authTagLength: TAG_BYTES })
    decipher.setAuthTag(whole.subarray(-TAG_BYTES))
    const plaintextLength = whole.length - TAG_BYTES
    decipher.setAAD(encStructure(topic), { plaintextLength })
    const plaintext = decipher.update(whole.subarray(0, plaintextLength))
    decipher.final()
    return { nonce, plaintext }
}

export class ScriptedFleet implements Network {
    /** What the registrar says in place of each of its answers. */
    twist: (answer: Buffer, kind: number) => Buffer[] = answer => [answer]
    /** In place of its own judgement of a CONNECT: the return code. */
    onConnect: ((packet: IConnectPacket) => number) | undefined
    /** True: the message is taken care of. */
    onPublish: (topic: string, payload: Buffer) => boolean = () => false
    /** The registrar hears, and does nothing. */
    isDeaf = false
    /** Why it refuses every proof; 0: it does not. */
    refusal = 0
    readonly proofs: Proof[] = []
    readonly opened: Opened[] = []
    /** In the open: topic and text. */
    readonly states: string[] = []
    /** "user: code" of every CONNECT. */
    readonly connects: string[] = []
    /** Of every credential it ever gave, in hex: its session's secret. */
    readonly secrets = new Map<string, Buffer>()
    /** Application bytes and MQTT bytes each way, of every connection. */
    bytesFromNode = 0
    bytesToNode = 0
    /** What each message of enrolment came to, in its order: "HELLO 20", ... */
    readonly sizes: string[] = []
    /** Credentials with which the broker lets the node in. */
    private readonly admitted = new Set<string>()
    private readonly random = new RandomStream("scripted fleet")
    private readonly usedIndices = new Map<string, string>()
    private readonly usedNonces = new Map<string, string>()
    private say: ((packet: Packet) => void) | undefined
    private close: (() => void) | undefined
    private secret: Buffer | undefined
    private commands = 0

    constructor(
        private readonly clock: Clock,
        readonly id: string,
        private readonly claimSecret: Buffer
    ) {}

    connect(_host: string, _port: number, _tls: boolean, events: ConnectionEvents): Connection {
        let ended = false
        const later = (run: () => void) => this.clock.after(LATENCY_MS, () => ended || run())
        const parser = packetParser({ protocolVersion: 4 })
        const hangUp = () =>
            later(() => {
                ended = true
                events.closed()
            })
        const say = (packet: Packet) => {
            const bytes = generate(packet)
            this.bytesToNode += bytes.length
            later(() => events.data(bytes))
        }
        parser.on("error", error => assert.fail(error))
        parser.on("packet", packet => {
            if (packet.cmd === "connect") {
                const returnCode = (this.onConnect ?? this.admit).call(this, packet)
                this.connects.push(`${packet.username}: ${returnCode}`)
                this.say = say
                this.close = hangUp
                say({ cmd: "connack", returnCode, sessionPresent: false })
                if (returnCode !== ACCEPTED) hangUp()
            } else this.take(packet, say)
        })
        later(() => events.open())
        return {
            write: bytes => {
                this.bytesFromNode += bytes.length
                later(() => parser.parse(Buffer.from(bytes)))
            },
            end: () => void (ended = true),
            abandon: () => void (ended = true),
        }
    }

    /** From now on the broker knows no credential that was ever given; and it ends the connection. */
    turnAway(): void {
        this.admitted.clear()
        this.hangUp()
    }

    /** It knows the last one again. */
    admitAgain(): void {
        this.admitted.add([...this.secrets.keys()].at(-1) ?? "")
    }

    /** The broker ends the connection, if there is one. */
    hangUp(): void {
        this.close?.()
    }

    /** To the node, under its session's secret, for its boot. @param number the next one if left out */
    command(boot: string, plaintext: unknown, number = this.commands++): void {
        const key = hkdf(
            this.secret ?? assert.fail("no secret"),
            Buffer.alloc(0),
            "motewise-down-1"
        )
        const nonce = Buffer.alloc(13)
        nonce.write(boot, "hex")
        nonce[8] = 2
        nonce.writeUInt32BE(number, 9)
        const topic = `mw/${this.id}/down`
        this.publish(topic, seal(key, nonce, topic, Buffer.from(encode(plaintext))))
    }

    publish(topic: string, payload: Buffer): void {
        this.say?.({
            cmd: "publish",
            topic,
            payload,
            qos: 1,
            messageId: 7,
            dup: false,
            retain: false,
        })
    }

    private admit({ clientId, username, password, clean, will }: IConnectPacket): number {
        const said = password?.toString() ?? ""
        if (username === `claim-${this.id}`) {
            assert.equal(clientId, `mw-claim-${this.id}`)
            assert.equal(clean, true)
            assert.equal(will, undefined)
            const expected = hkdf(this.claimSecret, Buffer.alloc(0), "motewise-claim-1")
            return said === expected.toString("hex", 0, 16) ? ACCEPTED : NOT_AUTHORISED
        }
        assert.equal(username, this.id)
        assert.equal(clientId, `mw-${this.id}`)
        assert.equal(clean, false)
        assert.equal(will?.topic, `mw/${this.id}/state`)
        if (!this.admitted.has(said)) return NOT_AUTHORISED
        this.secret = this.secrets.get(said)
        return ACCEPTED
    }

    private take(packet: Packet, say: (packet: Packet) => void): void {
        if (packet.cmd === "subscribe")
            say({ cmd: "suback", messageId: packet.messageId, granted: [1] })
        if (packet.cmd === "pingreq") say({ cmd: "pingresp" })
        if (packet.cmd !== "publish") return
        if (packet.qos === 1) say({ cmd: "puback", messageId: packet.messageId })
        this.hear(packet.topic, Buffer.from(packet.payload as Buffer))
    }

    private hear(topic: string, payload: Buffer): void {
        if (this.onPublish(topic, payload)) return
        if (topic === `mw/${this.id}/enrol/up`) this.enrol(payload)
        else if (topic === `mw/${this.id}/state`) this.states.push(payload.toString())
        else this.openUp(topic, payload)
    }

    /** Whatever it says beside its state opens under the secret before last at the oldest, and no nonce is there twice for two messages. */
    private openUp(topic: string, payload: Buffer): void {
        assert.ok(
            [`mw/${this.id}/up`, `mw/${this.id}/ack`].includes(topic),
            `${topic} is not its own`
        )
        for (const secret of [...this.secrets.values()].reverse()) {
            let opened: { nonce: Buffer; plaintext: Buffer }
            try {
                opened = open(hkdf(secret, Buffer.alloc(0), "motewise-up-1"), topic, payload)
            } catch {
                continue
            }
            const { nonce, plaintext } = opened
            const name = `${secret.toString("hex")} ${nonce.toString("hex")}`
            const message = `${topic} ${payload.toString("hex")}`
            assert.equal(this.usedNonces.get(name) ?? message, message, "a nonce for two messages")
            this.usedNonces.set(name, message)
            this.opened.push({
                topic,
                boot: nonce.toString("hex", 0, 8),
                kind: nonce[8],
                number: nonce.readUInt32BE(9),
                plaintext,
            })
            return
        }
        assert.fail(`${topic}: ${payload.toString("hex")} does not open`)
    }

    private enrol(payload: Buffer): void {
        const items = decode(payload) as unknown[]
        assert.deepEqual(Buffer.from(encode(items)), payload, "not in preferred serialization")
        const [version, kind, nodeNonce] = items as [number, number, Uint8Array]
        assert.equal(version, 1, "version")
        assert.equal(nodeNonce.length, 16)
        this.sizes.push(`${["", "HELLO", "", "PROOF"][kind]} ${payload.length}`)
        if (this.isDeaf) return
        if (kind === 1) {
            this.answer(2, [1, 2, nodeNonce, this.bytes(20)])
            return
        }
        assert.equal(kind, 3)
        assert.equal(items.length, 9)
        this.checkProof(items, payload.length)
    }

    private checkProof(items: unknown[], bytes: number): void {
        const [nodeNonce, registrarNonce, algorithm, generation, publicKey, signature, mac] =
            items.slice(2) as [Buffer, Buffer, number, number, Buffer, Buffer, Buffer]
        const number = Buffer.alloc(4)
        number.writeUInt32BE(generation)
        const statement = Buffer.concat([
            Buffer.from("motewise-enrol-1"),
            Buffer.from(this.id, "hex"),
            nodeNonce,
            registrarNonce,
            number,
            publicKey,
        ])
        assert.equal(algorithm, -46)
        assert.ok(verifyLms(Buffer.from(publicKey), statement, Buffer.from(signature)), "forged")
        const salt = Buffer.concat([nodeNonce, registrarNonce])
        const macKey = hkdf(this.claimSecret, salt, "motewise-enrol-mac-1")
        const macOver = (...parts: Uint8Array[]) =>
            createHmac("sha256", macKey).update(Buffer.concat(parts)).digest().subarray(0, 16)
        assert.deepEqual(Buffer.from(mac), macOver(statement, signature), "mac")
        const index = oneTimeIndex(Buffer.from(signature))
        const oneTimeKey = `${Buffer.from(publicKey).toString("hex")}/${index}`
        const signed = statement.toString("hex")
        assert.equal(this.usedIndices.get(oneTimeKey) ?? signed, signed, "an index used twice")
        this.usedIndices.set(oneTimeKey, signed)
        this.proofs.push({ publicKey: Buffer.from(publicKey), generation, index, bytes })
        const reason = this.refusal
        if (reason !== 0) {
            this.answer(5, [1, 5, nodeNonce, reason, macOver(Buffer.from([5, reason]), nodeNonce)])
            return
        }
        const [secret, token] = [this.bytes(32), this.bytes(180)]
        this.secrets.set(token.toString("hex"), secret)
        this.admitted.add(token.toString("hex"))
        const topic = `mw/${this.id}/enrol/down`
        const sealKey = hkdf(this.claimSecret, salt, "motewise-enrol-seal-1")
        const inside = Buffer.from(encode([secret, token]))
        this.answer(4, [1, 4, nodeNonce, seal(sealKey, this.bytes(13), topic, inside)])
    }

    private answer(kind: number, items: unknown[]): void {
        const name = ["", "", "NONCE", "", "CREDENTIAL", "REFUSED"][kind]
        for (const bytes of this.twist(Buffer.from(encode(items)), kind)) {
            this.sizes.push(`${name} ${bytes.length}`)
            this.publish(`mw/${this.id}/enrol/down`, bytes)
        }
    }

    private bytes(n: number): Buffer {
        const bytes = Buffer.alloc(n)
        this.random.fill(bytes)
        return bytes
    }
}
