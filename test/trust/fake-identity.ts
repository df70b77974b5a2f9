/** An identity for tests of what asks for signatures: at once, countable, and it fails as told. It proves nothing. */
import { hmac } from "@devicescript/crypto"
import { IdentityError, IdentityFault, IdentityProvider } from "../../src/trust/identity"

export class FakeIdentity implements IdentityProvider {
    readonly algorithm = "fake"
    left = 32
    /** What it was asked to sign, in order. */
    readonly signed: Buffer[] = []
    /** What the next signature fails with. */
    fault: IdentityFault
    private drawn = 0

    constructor(private readonly key: Buffer = hex`f00d`) {}

    async publicKey(): Promise<Buffer> {
        return this.key
    }

    /** HMAC with the public key: whoever tests can make it too. */
    async sign(message: Buffer): Promise<Buffer> {
        if (this.fault !== undefined) throw new IdentityError(this.fault, "as told")
        if (this.left === 0) throw new IdentityError("exhausted", "none left")
        this.left--
        this.signed.push(message)
        return hmac(this.key, "sha256", message)
    }

    async remaining(): Promise<number> {
        return this.left
    }

    /** 1, 2, 3, ...: never the same twice, and known beforehand. */
    async random(n: number): Promise<Buffer> {
        const bytes = Buffer.alloc(n)
        for (let i = 0; i < n; ++i) {
            this.drawn++
            bytes[i] = this.drawn
        }
        return bytes
    }
}
