/**
 * A node's identity in its SIM: a key that GSMA's IoT SAFE applet keeps, P-256 and ECDSA.
 *
 * The message is hashed here, with SHA-256, and the applet signs the hash ("pad and sign"): every applet can, and a message of any
 * length takes the same 100 characters to the modem. Each call has a logical channel of its own, which is closed whatever happens: a
 * SIM has few of them, and the modem needs some itself.
 */
import { digest } from "@devicescript/crypto"
import { IdentityError, IdentityProvider } from "../identity"
import { Applet } from "./applet"
import { AtTransport } from "./at-transport"
import { Card } from "./card"
import { Csim } from "./csim"

/** GSMA's. Some issuers install the applet under one of their own. */
const IOT_SAFE_AID = hex`a0000005590010`
const FIRST_KEY_ID = hex`01`
/** Between looks whether another fiber has done with the modem. */
const TURN_MS = 5

export interface IotSafeOptions {
    /** 5..16 bytes */
    aid?: Buffer
    /** 1..20 bytes; 01 when left out. The issuer of the SIM says which ids its keys have. */
    privateKeyId?: Buffer
    publicKeyId?: Buffer
}

export class IotSafeIdentity implements IdentityProvider {
    readonly algorithm = "ES256"
    private readonly csim: Csim
    private readonly card: Card
    private readonly aid: Buffer
    private readonly privateKeyId: Buffer
    private readonly publicKeyId: Buffer
    private isInUse = false

    constructor(transport: AtTransport, options: IotSafeOptions = {}) {
        this.csim = new Csim(transport)
        this.card = new Card(this.csim)
        this.aid = options.aid ?? IOT_SAFE_AID
        this.privateKeyId = options.privateKeyId ?? FIRST_KEY_ID
        this.publicKeyId = options.publicKeyId ?? FIRST_KEY_ID
    }

    /** x || y, 64 bytes. @throws IdentityError noAnswer, garbled, busy, locked, noSim, noApplet, noKey, refused */
    async publicKey(): Promise<Buffer> {
        const id = this.publicKeyId
        return await this.withApplet(async applet => await applet.readPublicKey(id))
    }

    /** r || s over SHA-256 of the message, 64 bytes: 1 s at 9,600 baud, and what the SIM takes. @throws IdentityError as `publicKey`, notBytes */
    async sign(message: Buffer): Promise<Buffer> {
        if (!(message instanceof Buffer)) throw new IdentityError("notBytes", "no message")
        const id = this.privateKeyId
        const hash = digest("sha256", message)
        return await this.withApplet(async applet => await applet.sign(id, hash))
    }

    async remaining(): Promise<number> {
        return -1
    }

    async random(n: number): Promise<Buffer> {
        return await this.withApplet(async applet => await applet.random(n))
    }

    /** Makes the key, where the issuer leaves that to the node; it replaces one that is there. @returns as `publicKey` @throws as `publicKey` */
    async generateKeyPair(): Promise<Buffer> {
        const id = this.privateKeyId
        return await this.withApplet(async applet => await applet.generateKeyPair(id))
    }

    /** What the issuer put in beside the key, such as its certificate. @throws as `publicKey` */
    async readFile(fileId: Buffer, bytesMax: number): Promise<Buffer> {
        return await this.withApplet(async applet => await applet.readFile(fileId, bytesMax))
    }

    /** One call at a time: lines of two would mix. */
    private async withApplet(work: (applet: Applet) => Promise<Buffer>): Promise<Buffer> {
        while (this.isInUse) await this.csim.transport.clock.delay(TURN_MS)
        this.isInUse = true
        try {
            await this.csim.prepare()
            const channel = await this.card.openChannel()
            try {
                await this.card.select(channel, this.aid)
                return await work(new Applet(this.card, channel))
            } finally {
                await this.close(channel)
            }
        } finally {
            this.isInUse = false
        }
    }

    private async close(channel: number): Promise<void> {
        try {
            await this.card.closeChannel(channel)
        } catch (e) {
            // What came before it counts. A channel that could not be closed shows when none is left to open.
            if (!(e instanceof IdentityError)) throw e
        }
    }
}
