/** P-256 for the VM, which cannot compute it: the one key of RFC 6979, and the two digests that the RFC signs with it. */
import { Curve } from "../../sim/parts/curve"
import { RFC6979_PUBLIC_KEY_HEX, RFC6979_SIGNED } from "./rfc6979-key"

export class RecordedCurve implements Curve {
    generate(): Buffer {
        return Buffer.from(RFC6979_PUBLIC_KEY_HEX, "hex")
    }

    sign(digest: Buffer): Buffer {
        const wanted = digest.toString("hex")
        const found = RFC6979_SIGNED.find(({ digestHex }) => digestHex === wanted)
        if (found === undefined) throw new Error(`no signature of ${wanted} on record`)
        return Buffer.from(found.signatureHex, "hex")
    }
}
