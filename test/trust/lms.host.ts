/** LMS and HSS on both sides, against the RFCs' vectors and each other; the node's side runs inside the VM. */
import assert from "node:assert/strict"
import { mkdtempSync, readFileSync, rmSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { test } from "node:test"
import { decode, encode, type TagDecoder } from "cborg"
import { HssKey } from "../../fleet/keys/hss"
import { verifyHss } from "../../fleet/keys/hss-verify"
import { verifyLms } from "../../fleet/keys/lms"
import { LmsHash } from "../../fleet/keys/lms-hash"
import { openRollover } from "../../fleet/keys/rollover"
import { LmsTree } from "../../fleet/keys/lms-tree"
import { lmsType } from "../../fleet/keys/lms-types"
import { RandomStream } from "../../sim/random"
import { rolloverHead, rolloverStatement } from "../../src/telemetry/contract/rollover"
import { sharedFile } from "../harness/needs"
import { ASK_KEY, ASK_SIGN, ASK_VERIFY_HSS, ASK_VERIFY_LMS } from "./signing-contract"
import { ask, question } from "./signing-host"
import { SIGN_VECTORS, VERIFY_VECTORS } from "./vectors"

const SEED = Number(process.env.MOTEWISE_SEED ?? 8554)
const HOST_MUTANTS = 10_000
const VM_MUTANTS = 300
const NODE_ID = Buffer.from("0123456789abcdef", "hex")

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

test("from the same private keys the host makes the same", async () => {
    for (const {
        name,
        lmsType: lmsCode,
        otsType,
        seed,
        identifier,
        q,
        ...signed
    } of SIGN_VECTORS) {
        const type = lmsType(lmsCode, otsType)
        assert.ok(type !== undefined, name)
        const tree = await LmsTree.make(type, seed, identifier, () => {})
        assert.deepEqual(tree.publicKey(), signed.publicKey, name)
        assert.deepEqual(tree.sign(q, signed.message), signed.signature, name)
    }
})

test("what the fleet signs is genuine in the VM", async t => {
    const folder = mkdtempSync(join(tmpdir(), "motewise-keys-"))
    t.after(() => rmSync(folder, { recursive: true, force: true }))
    const key = await HssKey.create(join(folder, "fleet.key"))
    const message = Buffer.from("checkpoint")
    const publicKey = key.publicKey()
    const signature = await key.sign(message)
    await key.close()
    const verdicts = await ask([
        question(ASK_VERIFY_HSS, publicKey, message, signature),
        question(ASK_VERIFY_HSS, publicKey, Buffer.from("another"), signature),
    ])
    assert.deepEqual(
        verdicts.map(({ bytes }) => bytes.toString()),
        ["genuine", "forged"]
    )
})

/** One of the ways in which bytes go wrong: a bit, a word, too short, too long, a part twice. */
function mutated(bytes: Buffer, random: RandomStream): Buffer {
    const mutant = Buffer.from(bytes)
    const at = random.integer(mutant.length)
    const kind = random.integer(6)
    if (kind === 0) return mutant.subarray(0, at)
    if (kind === 1) return Buffer.concat([mutant, Buffer.alloc(1 + random.integer(40), at)])
    if (kind === 2) return Buffer.concat([mutant.subarray(at), mutant.subarray(0, at)])
    // The words that say what follows are the first: q, and the types.
    if (kind === 3) mutant.writeUInt32BE(random.integer(2 ** 31) * 2, 4 * random.integer(4))
    else mutant[at] ^= 1 << random.integer(8)
    return mutant
}

/** A public key or a signature with something wrong, and the rest as it was. */
function forgeries(count: number): { name: string; fields: [Buffer, Buffer, Buffer] }[] {
    const random = new RandomStream(`lms/${SEED}`)
    return Array.from({ length: count }, (_, index) => {
        for (;;) {
            const vector = VERIFY_VECTORS[random.integer(VERIFY_VECTORS.length)]
            const { publicKey, message, signature } = vector
            const isKey = random.integer(4) === 0
            const key = isKey ? mutated(publicKey, random) : publicKey
            const signed = isKey ? signature : mutated(signature, random)
            if (key.equals(publicKey) && signed.equals(signature)) continue
            const name = `seed ${SEED}, mutant ${index} of ${vector.name}`
            return { name, fields: [key, message, signed] }
        }
    })
}

test(`${HOST_MUTANTS} signatures and keys with something wrong are refused on the host`, () => {
    for (const { name, fields } of forgeries(HOST_MUTANTS))
        assert.equal(verifyHss(...fields), false, name)
})

test(`${VM_MUTANTS} of them are refused in the VM, each by a name`, async () => {
    const mutants = forgeries(VM_MUTANTS)
    const answers = await ask(mutants.map(({ fields }) => question(ASK_VERIFY_HSS, ...fields)))
    const names = ["publicKey", "levels", "type", "length", "index", "forged"]
    answers.forEach(({ bytes }, index) =>
        assert.ok(names.includes(bytes.toString()), `${mutants[index].name}: ${bytes}`)
    )
    const seen = new Set(answers.map(({ bytes }) => bytes.toString()))
    assert.deepEqual([...seen].sort(), [...names].sort())
})

test("a one-time key that the tree has not is refused, though all hashes fit", () => {
    const type = lmsType(10, 7)
    assert.ok(type !== undefined, "SHA-256/192, W=4, H=5")
    const q = 40
    const identifier = Buffer.alloc(16, 1)
    const hash = new LmsHash(type, identifier)
    const message = Buffer.from("motewise")
    const secrets = Array.from({ length: type.chains }, (_, i) =>
        hash.secret(q, i, Buffer.alloc(24))
    )
    const digits = hash.digits(q, Buffer.alloc(24), message)
    const ends = secrets.map((secret, i) => hash.walk(q, i, secret, 0, 15))
    const links = secrets.map((secret, i) => hash.walk(q, i, secret, 0, digits[i]))
    // Leaf 72 lies six levels below the root; the five hashes of the path are zeros, the sixth is not there.
    const path = Array.from({ length: 5 }, () => Buffer.alloc(24))
    let r = 32 + q
    let node = hash.leaf(r, hash.oneTimeKey(q, ends))
    for (const sibling of [...path, Buffer.alloc(0)]) {
        const [left, right] = r % 2 === 1 ? [sibling, node] : [node, sibling]
        r = Math.floor(r / 2)
        node = hash.above(r, left, right)
    }
    const words = (...numbers: number[]) => Buffer.from(numbers.flatMap(n => [0, 0, 0, n]))
    const publicKey = Buffer.concat([words(10, 7), identifier, node])
    const ots = Buffer.concat([words(7), Buffer.alloc(24), ...links])
    const signature = Buffer.concat([words(q), ots, words(10), ...path])
    assert.equal(signature.length, 1380)
    assert.equal(verifyLms(publicKey, message, signature), false)
})

test("a rollover is taken from the node whose old key signed it, and from no other", async () => {
    const [old, next] = SIGN_VECTORS.slice(2)
    const type = lmsType(old.lmsType, old.otsType)
    assert.ok(type !== undefined, old.name)
    const tree = await LmsTree.make(type, old.seed, old.identifier, () => {})
    const statement = rolloverStatement(NODE_ID, 7, next.publicKey)
    assert.equal(
        statement.toString("hex"),
        Buffer.from("motewise-rollover-1").toString("hex") +
            "0123456789abcdef" +
            "00000007" +
            next.publicKey.toString("hex")
    )
    const message = Buffer.concat([rolloverHead(7, next.publicKey), tree.sign(0, statement)])
    const opened = openRollover(old.publicKey, NODE_ID, message)
    assert.deepEqual([opened?.generation, opened?.publicKey], [7, next.publicKey])
    assert.equal(openRollover(next.publicKey, NODE_ID, message), undefined)
    assert.equal(openRollover(old.publicKey, Buffer.alloc(8), message), undefined)
    for (let length = 0; length < 60; ++length)
        assert.equal(openRollover(old.publicKey, NODE_ID, message.subarray(0, length)), undefined)
    const random = new RandomStream(`rollover/${SEED}`)
    for (let index = 0; index < 300; ++index) {
        const mutant = mutated(message, random)
        if (mutant.equals(message)) continue
        const name = `seed ${SEED}, mutant ${index}`
        assert.equal(openRollover(old.publicKey, NODE_ID, mutant), undefined, name)
    }
})

/** [protected header, unprotected header, signature or payload, ...] */
type CoseArray = [Uint8Array, unknown, Uint8Array, ...unknown[]]

/** What is signed, and its signature: of COSE_Sign1, or of COSE_Sign's first signer [RFC 9052 §4.4]. */
function signedIn(cose: Buffer): { signed: Buffer; signature: Uint8Array } {
    const tags: TagDecoder[] = []
    tags[18] = inner => {
        const [header, , payload, signature] = inner() as CoseArray
        return { signature, structure: ["Signature1", header, new Uint8Array(0), payload] }
    }
    tags[98] = inner => {
        const [header, , payload, signers] = inner() as CoseArray
        const [[signer, , signature]] = signers as CoseArray[]
        const structure = ["Signature", header, signer, new Uint8Array(0), payload]
        return { signature, structure }
    }
    const { signature, structure } = decode(cose, { tags, useMaps: true })
    return { signed: Buffer.from(encode(structure)), signature }
}

/** The examples of the COSE working group: one level of H=10, W=4 [RFC 8778]. */
for (const name of ["hashsig-01", "hsssig-sig-01"]) {
    const { path, skip } = sharedFile(`vectors/cose/${name}.json`)
    test(`the COSE example ${name} is genuine, on the host and in the VM`, { skip }, async () => {
        const { input, output } = JSON.parse(readFileSync(path, "utf8"))
        const { key } = input.sign0 ?? input.sign.signers[0]
        const publicKey = Buffer.from(key.public, "hex")
        const { signed, signature } = signedIn(Buffer.from(output.cbor, "hex"))
        assert.equal(verifyHss(publicKey, signed, signature), true)
        assert.equal(verifyHss(publicKey, signed.subarray(1), signature), false)
        const [verdict] = await ask([question(ASK_VERIFY_HSS, publicKey, signed, signature)])
        assert.equal(verdict.bytes.toString(), "genuine")
    })
}
