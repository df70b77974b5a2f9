/** Makes a signing key in RAM (7 s on an RP2040), signs with it, checks the signature: LMS (RFC 8554), SHA-256/192, W=4, H=5. */
import * as ds from "@devicescript/core"
import { randomBuffer } from "@devicescript/crypto"
import { LmsKey } from "../src/trust/lms-key"
import { LMOTS_SHA256_N24_W4, LMS_SHA256_M24_H5, lmsParameters } from "../src/trust/lms-parameters"
import { verifyLms } from "../src/trust/lms-verify"

const parameters = lmsParameters(LMS_SHA256_M24_H5, LMOTS_SHA256_N24_W4)
// A key that counts for something takes its seed from ClaimedRandom, and its count from the store: LmsIdentity does both.
const key = new LmsKey(parameters, randomBuffer(parameters.hashBytes), randomBuffer(16))
const startMs = ds.millis()
for (let q = 0; q < key.leafCount; ++q) await key.makeLeaf(q)
console.log(`key made in ${ds.millis() - startMs} ms`)

const message = Buffer.from("motewise")
const signature = Buffer.alloc(parameters.signatureBytes)
await key.sign(0, message, signature, 0)
console.log(`${signature.length} B: ${await verifyLms(key.publicKey(), message, signature)}`)
message[0] = 0
console.log(`of another message: ${await verifyLms(key.publicKey(), message, signature)}`)
