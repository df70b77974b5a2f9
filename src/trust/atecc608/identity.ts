/**
 * A node's identity in an ATECC608: a P-256 key that the chip made, keeps, and signs with as often as it is asked.
 *
 * It takes the chip as it is. One that was never locked, or that somebody locked for another purpose, is refused by name: what cannot be
 * undone is done by examples/provision-se.ts, and only when somebody asks for it.
 */
import { digest } from "@devicescript/crypto"
import { I2C } from "@devicescript/i2c"
import { Clock } from "../../drivers/sensor"
import { IdentityError, IdentityProvider } from "../identity"
import { Atecc608, RANDOM_BYTES } from "./atecc608"
import { KEY_SLOT, isForeign, isProvisioned, serialNumber } from "./configuration"
import { ChipError } from "./fault"

export class Atecc608Identity implements IdentityProvider {
    /** JOSE's and COSE's name for ECDSA with SHA-256; here always on P-256. */
    readonly algorithm = "ES256"
    private readonly chip: Atecc608
    private key: Buffer

    constructor(bus: I2C, clock: Clock) {
        this.chip = new Atecc608(bus, clock)
    }

    /** x and y, 32 bytes each, big-endian. @throws IdentityError notProvisioned, chip */
    async publicKey(): Promise<Buffer> {
        try {
            await this.prepare()
        } catch (e) {
            throw told(e)
        }
        return this.key
    }

    /** r and s of the message's SHA-256, 32 bytes each, big-endian; 0.2 s. @throws IdentityError notBytes, notProvisioned, chip */
    async sign(message: Buffer): Promise<Buffer> {
        // A digest of something else throws while it holds the runtime's only hash, and the next one aborts the VM.
        if (!(message instanceof Buffer)) throw new IdentityError("notBytes", "no message")
        try {
            await this.prepare()
            return await this.chip.sign(KEY_SLOT, digest("sha256", message))
        } catch (e) {
            throw told(e)
        }
    }

    /** There is no limit. */
    async remaining(): Promise<number> {
        return -1
    }

    /** The chip's, 32 at a time. @throws IdentityError notProvisioned, chip */
    async random(n: number): Promise<Buffer> {
        const bytes = Buffer.alloc(n)
        try {
            await this.prepare()
            for (let at = 0; at < n; at += RANDOM_BYTES)
                bytes.blitAt(at, await this.chip.random(), 0, Math.min(RANDOM_BYTES, n - at))
        } catch (e) {
            throw told(e)
        }
        return bytes
    }

    /** Once: looks whose chip it is, and asks for its key. */
    private async prepare(): Promise<void> {
        if (this.key !== undefined) return
        await this.chip.revision()
        const configuration = await this.chip.configuration()
        const serial = serialNumber(configuration).toString("hex")
        if (isForeign(configuration)) throw new ChipError("foreign", serial)
        if (!isProvisioned(configuration)) throw new ChipError("unlocked", serial)
        this.key = await this.chip.publicKey(KEY_SLOT)
    }
}

function told(e: unknown): unknown {
    if (!(e instanceof ChipError)) return e
    const { fault, message } = e as ChipError
    if (fault === "unlocked")
        return new IdentityError("notProvisioned", `${message} is not locked: run provision-se`)
    if (fault === "foreign")
        return new IdentityError(
            "notProvisioned",
            `${message} was locked for another purpose: take another chip`
        )
    return new IdentityError("chip", message)
}
