/** LMS and HSS on both sides, against the RFCs' vectors and each other; the node's side runs inside the VM. */
import assert from "node:assert/strict"
import { test } from "node:test"
import { verifyHss } from "../../fleet/keys/hss-verify"
import { verifyLms } from "../../fleet/keys/lms"
import { ASK_KEY, ASK_SIGN, ASK_VERIFY_HSS, ASK_VERIFY_LMS } from "./signing-contract"
import { ask, question } from "./signing-host"
import { SIGN_VECTORS, VERIFY_VECTORS } from "./vectors"

test("the RFCs' signatures are genuine, on the host and in the VM", async () => {
    const answers = await ask(
        VERIFY_VECTORS.map(({ publicKey, message, signature }) =>
            question(ASK_VERIFY_HSS, publicKey, message, signature)
        )
    )
    VERIFY_VECTORS.forEach(({ name, publicKey, message, signature }, index) => {
        assert.equal(verifyHss(publicKey, message, signature), true, name)
        assert.equal(answers[index].bytes.toString(), "genuine", name)
    })
})

test("from the RFCs' private keys the VM makes their public keys and signatures, byte for byte", async () => {
    const answers = await ask(
        SIGN_VECTORS.flatMap(({ lmsType, otsType, seed, identifier, q, message, ...signed }) => [
            question(ASK_KEY, Buffer.from([lmsType, otsType]), seed, identifier),
            question(ASK_SIGN, Buffer.from([q]), message),
            question(ASK_VERIFY_LMS, signed.publicKey, message, signed.signature),
        ])
    )
    SIGN_VECTORS.forEach(({ name, publicKey, message, signature }, index) => {
        const [key, signed, verdict] = answers.slice(3 * index)
        assert.equal(key.bytes.toString("hex"), publicKey.toString("hex"), name)
        assert.equal(signed.bytes.toString("hex"), signature.toString("hex"), name)
        assert.equal(verdict.bytes.toString(), "genuine", name)
        assert.equal(verifyLms(publicKey, message, signature), true, name)
    })
})
