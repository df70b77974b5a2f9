/** The identity in a SIM, from Node's side: what it signs verifies, and no answer of a modem brings it down. */
import assert from "node:assert/strict"
import { createHash, createPublicKey, randomBytes, verify } from "node:crypto"
import { test } from "node:test"
import { compile } from "../../image/compile"
import { runProgram } from "../../rehearsal/program"
import { parseFaults } from "../../sim/faults"
import { P256 } from "../../sim/p256"
import { RandomStream } from "../../sim/random"
import { runToEnd } from "../harness/vm-suite"
import { RFC6979_PRIVATE_KEY_HEX, RFC6979_PUBLIC_KEY_HEX, RFC6979_SIGNED } from "./rfc6979-key"

/** @param publicKey x || y @param signature r || s, over SHA-256 of the message */
function verifies(publicKey: Buffer, message: Buffer, signature: Buffer): boolean {
    const coordinate = (from: number) => publicKey.subarray(from, from + 32).toString("base64url")
    const key = createPublicKey({
        format: "jwk",
        key: { kty: "EC", crv: "P-256", x: coordinate(0), y: coordinate(32) },
    })
    return verify("sha256", message, { key, dsaEncoding: "ieee-p1363" }, signature)
}

test("what the VM has on record is genuine", () => {
    const publicKey = Buffer.from(RFC6979_PUBLIC_KEY_HEX, "hex")
    for (const { message, digestHex, signatureHex } of RFC6979_SIGNED) {
        const bytes = Buffer.from(message)
        assert.equal(createHash("sha256").update(bytes).digest("hex"), digestHex)
        assert.equal(verifies(publicKey, bytes, Buffer.from(signatureHex, "hex")), true)
    }
})

/** Draws what it is told to. */
function drawing(...numbers: string[]): P256 {
    return new P256({ fill: bytes => bytes.set(Buffer.from(numbers.shift() ?? "", "hex")) })
}

test("the simulated P-256 gives RFC 6979's key and signatures", () => {
    const curve = drawing(RFC6979_PRIVATE_KEY_HEX)
    const key = curve.makeKey()
    assert.equal(curve.publicKey(key).toString("hex"), RFC6979_PUBLIC_KEY_HEX)
    for (const { digestHex, signatureHex } of RFC6979_SIGNED)
        assert.equal(curve.sign(key, Buffer.from(digestHex, "hex")).toString("hex"), signatureHex)
})

test("the simulated P-256 draws again what is 0, or not below the order", () => {
    const order = "ffffffff00000000ffffffffffffffffbce6faada7179e84f3b9cac2fc632551"
    const curve = drawing("00".repeat(32), order, "ff".repeat(32), RFC6979_PRIVATE_KEY_HEX)
    assert.equal(curve.makeKey().toString("hex"), RFC6979_PRIVATE_KEY_HEX)
})

test("whatever the simulated P-256 signs, verifies, and nothing else", () => {
    for (let n = 0; n < 50; ++n) {
        const curve = new P256(new RandomStream(`iot-safe/${n}`))
        const key = curve.makeKey()
        const publicKey = curve.publicKey(key)
        const message = randomBytes(n)
        const signature = curve.sign(key, createHash("sha256").update(message).digest())
        assert.deepEqual([publicKey.length, signature.length], [64, 64])
        assert.equal(verifies(publicKey, message, signature), true)
        assert.equal(
            verifies(publicKey, Buffer.concat([message, message, publicKey]), signature),
            false
        )
    }
})

async function example(faults: string): Promise<string[]> {
    const lines: string[] = []
    const panics = await runProgram({
        image: (await compile("examples/iot-safe.ts")).bytes,
        seats: [{ part: "sc16is750" }],
        conditions: {},
        faults: parseFaults(faults, ["sc16is750"]),
        seed: 1,
        seconds: 60,
        virtual: true,
        print: line => line.startsWith("> ") && lines.push(line.slice(2)),
        stopped: () => lines.length === 3,
    })
    assert.deepEqual(panics, [])
    return lines
}

test("a node in the simulator has its SIM sign, through bridge and modem, and it verifies", async () => {
    const said = new Map(
        (await example("")).map(line => line.split(/ (?=[0-9a-f]+$)/) as [string, string])
    )
    const [publicKey, message, signature] = ["public key", "message", "signature"].map(name =>
        Buffer.from(said.get(name) ?? "", "hex")
    )
    assert.deepEqual([publicKey.length, message.length, signature.length], [64, 16, 64])
    assert.equal(verifies(publicKey, message, signature), true)
    message[0] ^= 1
    assert.equal(verifies(publicKey, message, signature), false)
})

test("a node whose bridge comes loose says so", async () => {
    assert.deepEqual(await example("absent:part=sc16is750"), [
        "identity: noAnswer: sc16is750: bus: I2C error -1 dev=72: write [Buffer[2] 3855], read 0 B",
    ])
})

test("5,000 answers that no modem should give: a value or a named fault, in time, and well again", async t => {
    const { bytes } = await compile("test/trust/iot-safe-fuzz.vm.ts")
    const { lines, ended } = runToEnd(bytes, {})
    const told = lines.filter(line => /^(WRONG|seed)/.test(line))
    t.diagnostic(told.at(-1) ?? "")
    assert.deepEqual(told.slice(0, -1), [], lines.slice(-20).join("\n"))
    const sums = /^seed \d+: (\d+) values, (\d+) faults, (\d+) ms$/.exec(told[0])
    assert.ok(sums, `${ended}: ${lines.slice(-20).join("\n")}`)
    const [values, faults] = sums.slice(1).map(Number)
    assert.equal(values + faults, 5000)
    assert.ok(faults > 1000, `${faults} faults`)
})
