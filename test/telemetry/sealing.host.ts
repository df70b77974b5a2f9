/** The node's sealing, inside the VM, against OpenSSL and the COSE working group's examples. */
import assert from "node:assert/strict"
import { createCipheriv, hkdfSync } from "node:crypto"
import { readFileSync } from "node:fs"
import { test } from "node:test"
import { decode, encode } from "cborg"
import { RandomStream } from "../../sim/random"
import { askProgram, question, type Answer } from "../harness/asking-host"
import { sharedFile } from "../harness/needs"
import {
    ASK_BLOCK,
    ASK_KEY,
    ASK_OPEN,
    ASK_OPEN_COMMAND,
    ASK_OPEN_SEALED,
    ASK_SEAL,
    ASK_SEAL_MESSAGE,
    ASK_SESSION,
    OPENED,
    REFUSED,
} from "./sealing-contract"

const SEED = Number(process.env.MOTEWISE_SEED ?? 9053)
const MESSAGES = 400
const PLAINTEXT_BYTES_MAX = 1024
const TOPIC = "mw/0123456789abcdef/up"

const random = new RandomStream(`sealing/${SEED}`)
const bytesOf = (length: number) => {
    const bytes = Buffer.alloc(length)
    random.fill(bytes)
    return bytes
}
const ask = (questions: Iterable<Buffer>) => askProgram("test/telemetry/sealing.vm.ts", questions)
const opened = (plaintext: Uint8Array) => Buffer.concat([Buffer.from([OPENED]), plaintext])
const REFUSAL = Buffer.from([REFUSED])

function opensslCcm(key: Buffer, nonce: Buffer, associated: Uint8Array, plaintext: Buffer): Buffer {
    const cipher = createCipheriv("aes-256-ccm", key, nonce, { authTagLength: 8 })
    cipher.setAAD(associated, { plaintextLength: plaintext.length })
    return Buffer.concat([cipher.update(plaintext), cipher.final(), cipher.getAuthTag()])
}

/** By cborg and OpenSSL: nothing of ours. */
function otherSealed(key: Buffer, nonce: Buffer, topic: string, plaintext: Buffer): Buffer {
    const head = encode(new Map([[1, 11]]))
    const associated = encode(["Encrypt0", head, Buffer.from(topic)])
    const ciphertext = opensslCcm(key, nonce, associated, plaintext)
    return Buffer.from(encode([head, new Map([[5, nonce]]), ciphertext]))
}

const derived = (secret: Buffer, purpose: string) =>
    Buffer.from(hkdfSync("sha256", secret, Buffer.alloc(0), purpose, 32))

function hexOf(answers: Answer[]): string[] {
    return answers.map(({ bytes }) => bytes.toString("hex"))
}

test("blocks of AES-256 are OpenSSL's, whatever the key", async () => {
    const cases = Array.from({ length: 100 }, () => ({ key: bytesOf(32), block: bytesOf(16) }))
    const answers = await ask(cases.map(({ key, block }) => question(ASK_BLOCK, key, block)))
    const expected = cases.map(({ key, block }) => {
        const cipher = createCipheriv("aes-256-ecb", key, null).setAutoPadding(false)
        return Buffer.concat([cipher.update(block), cipher.final()]).toString("hex")
    })
    assert.deepEqual(hexOf(answers), expected, `seed ${SEED}`)
})

test("what is sealed is OpenSSL's AES-CCM, and opens, at all lengths up to 1,024 bytes", async () => {
    // All lengths around a block's edges, and many that are not; another key now and then.
    const lengths = Array.from({ length: MESSAGES }, (_, i) =>
        i < 70 ? i : random.integer(PLAINTEXT_BYTES_MAX + 1)
    ).concat(PLAINTEXT_BYTES_MAX)
    let key = bytesOf(32)
    const cases = lengths.map((length, i) => {
        if (i % 10 === 0) key = bytesOf(32)
        return {
            key,
            nonce: bytesOf(13),
            associated: bytesOf(1 + (i < 50 ? i : random.integer(300))),
            plaintext: bytesOf(length),
        }
    })
    const answers = await ask(
        cases.flatMap(({ key, nonce, associated, plaintext }) => [
            question(ASK_KEY, key),
            question(ASK_SEAL, nonce, associated, plaintext),
            question(ASK_OPEN, nonce, associated, opensslCcm(key, nonce, associated, plaintext)),
        ])
    )
    cases.forEach(({ key, nonce, associated, plaintext }, i) => {
        const [, sealed, plain] = answers.slice(3 * i)
        const what = `seed ${SEED}: ${plaintext.length} B beside ${associated.length} B`
        const expected = opensslCcm(key, nonce, associated, plaintext)
        assert.equal(sealed.bytes.toString("hex"), expected.toString("hex"), what)
        assert.equal(plain.bytes.toString("hex"), opened(plaintext).toString("hex"), what)
    })
})

test("a nonce of nothing but ones, which sealing asks the runtime with, is a nonce like any", async () => {
    const [key, plaintext, associated] = [bytesOf(32), bytesOf(60), bytesOf(37)]
    const nonce = Buffer.alloc(13, 0xff)
    const answers = await ask([
        question(ASK_KEY, key),
        question(ASK_SEAL, nonce, associated, plaintext),
    ])
    const expected = opensslCcm(key, nonce, associated, plaintext).toString("hex")
    assert.equal(answers[1].bytes.toString("hex"), expected, `seed ${SEED}`)
})

test("messages are COSE_Encrypt0 as another encoder and OpenSSL make it, under HKDF's keys", async () => {
    const [secret, boot] = [bytesOf(32), bytesOf(8)]
    const up = derived(secret, "motewise-up-1")
    const down = derived(secret, "motewise-down-1")
    const lengths = [0, 1, 15, 16, 23, 24, 61, 247, 248, 512, 1024]
    const cases = lengths.map((length, i) => {
        const number = [i, 2 ** 31 + i, 2 ** 32 - 1 - lengths.length + i][i % 3]
        const last = Buffer.alloc(4)
        last.writeUInt32BE(number)
        const nonce = (kind: number) => Buffer.concat([boot, Buffer.from([kind]), last])
        return { number: last, nonce, plaintext: bytesOf(length) }
    })
    const inOrder = [...cases].sort((a, b) => a.number.readUInt32BE() - b.number.readUInt32BE())
    const answers = await ask([
        question(ASK_SESSION, secret, boot),
        ...inOrder.flatMap(({ number, nonce, plaintext }) => [
            question(ASK_SEAL_MESSAGE, Buffer.from(TOPIC), Buffer.from([1]), number, plaintext),
            question(
                ASK_OPEN_COMMAND,
                Buffer.from(TOPIC),
                otherSealed(down, nonce(2), TOPIC, plaintext)
            ),
        ]),
    ])
    inOrder.forEach(({ nonce, plaintext }, i) => {
        const [sealed, command] = answers.slice(1 + 2 * i)
        const expected = otherSealed(up, nonce(1), TOPIC, plaintext)
        assert.equal(sealed.bytes.toString("hex"), expected.toString("hex"), `seed ${SEED}`)
        assert.equal(command.bytes.toString("hex"), opened(plaintext).toString("hex"))
    })
})

test("a long message opens, and not with any byte of it another, nor cut short anywhere", async () => {
    const key = bytesOf(32)
    const nonce = bytesOf(13)
    const plaintext = bytesOf(260)
    const message = otherSealed(key, nonce, TOPIC, plaintext)
    const topic = Buffer.from(TOPIC)
    const tampered = Array.from(message, (byte, i) => {
        const copy = Buffer.from(message)
        copy[i] = byte ^ (1 << random.integer(8))
        return copy
    })
    const cut = Array.from(message, (_, length) => message.subarray(0, length))
    const wrongKey = Buffer.from(key)
    wrongKey[31] ^= 1
    const answers = await ask([
        question(ASK_OPEN_SEALED, key, topic, message),
        ...[...tampered, ...cut].map(other => question(ASK_OPEN_SEALED, key, topic, other)),
        question(ASK_OPEN_SEALED, wrongKey, topic, message),
        question(ASK_OPEN_SEALED, key, Buffer.from("mw/0123456789abcdef/ack"), message),
        question(ASK_OPEN_SEALED, key, topic, Buffer.concat([message, Buffer.alloc(1)])),
        question(ASK_OPEN_SEALED, key, topic, Buffer.concat([Buffer.from([0xd0]), message])),
    ])
    assert.equal(answers[0].bytes.toString("hex"), opened(plaintext).toString("hex"))
    answers
        .slice(1)
        .forEach(({ bytes }, i) => assert.deepEqual(bytes, REFUSAL, `seed ${SEED}, ${i}`))
})

test("whatever bytes come as a command, none is taken", async () => {
    const [secret, boot] = [bytesOf(32), bytesOf(8)]
    const nonce = Buffer.concat([boot, Buffer.from([2]), bytesOf(4)])
    const genuine = otherSealed(derived(secret, "motewise-down-1"), nonce, TOPIC, bytesOf(30))
    const others = Array.from({ length: 600 }, (_, i) => {
        if (i % 2 === 0) return bytesOf(random.integer(120))
        const copy = Buffer.from(genuine)
        const changes = bytesOf(1 + random.integer(4))
        for (const change of changes) copy[random.integer(copy.length)] ^= change | 1
        return copy.equals(genuine) ? copy.subarray(1) : copy
    })
    const answers = await ask([
        question(ASK_SESSION, secret, boot),
        ...others.map(other => question(ASK_OPEN_COMMAND, Buffer.from(TOPIC), other)),
        question(ASK_OPEN_COMMAND, Buffer.from(TOPIC), genuine),
    ])
    answers
        .slice(1, -1)
        .forEach(({ bytes }, i) =>
            assert.deepEqual(bytes, REFUSAL, `seed ${SEED}: ${others[i].toString("hex")}`)
        )
    assert.equal(answers.at(-1)?.bytes[0], OPENED)
})

const example = sharedFile("vectors/cose/aes-ccm-enc-05.json")
test(
    "the COSE working group's example with this algorithm opens, and is what is sealed",
    { skip: example.skip },
    async () => {
        const { input, intermediates, output } = JSON.parse(readFileSync(example.path, "utf8")) as {
            input: { plaintext: string; rng_stream: string[] }
            intermediates: { AAD_hex: string; CEK_hex: string }
            output: { cbor: string }
        }
        const key = Buffer.from(intermediates.CEK_hex, "hex")
        const nonce = Buffer.from(input.rng_stream[0], "hex")
        const plaintext = Buffer.from(input.plaintext)
        // Ours is not tagged: without the 0xd0. Its external_aad is empty, as the topic "" is.
        const message = Buffer.from(output.cbor, "hex").subarray(1)
        const [, , ciphertext] = decode(message, { useMaps: true }) as Uint8Array[]
        const answers = await ask([
            question(ASK_OPEN_SEALED, key, Buffer.alloc(0), message),
            question(ASK_OPEN_SEALED, key, Buffer.from("x"), message),
            question(ASK_KEY, key),
            question(ASK_SEAL, nonce, Buffer.from(intermediates.AAD_hex, "hex"), plaintext),
        ])
        assert.deepEqual(answers[0].bytes, opened(plaintext))
        assert.deepEqual(answers[1].bytes, REFUSAL)
        assert.deepEqual(answers[3].bytes, Buffer.from(ciphertext))
    }
)

// The other examples have other algorithms: keys of 128 bits, tags of 128, nonces of 7 bytes. Their form is to be refused.
for (const n of ["01", "02", "03", "04", "06", "07", "08"]) {
    const other = sharedFile(`vectors/cose/aes-ccm-enc-${n}.json`)
    test(`the example ${n}, of another algorithm, is refused`, { skip: other.skip }, async () => {
        const { intermediates, output } = JSON.parse(readFileSync(other.path, "utf8")) as {
            intermediates: { CEK_hex: string }
            output: { cbor: string }
        }
        const key = Buffer.alloc(32)
        Buffer.from(intermediates.CEK_hex, "hex").copy(key)
        const message = Buffer.from(output.cbor, "hex").subarray(1)
        const answers = await ask([question(ASK_OPEN_SEALED, key, Buffer.alloc(0), message)])
        assert.deepEqual(answers[0].bytes, REFUSAL)
    })
}
