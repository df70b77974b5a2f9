/** The fleet's key: what it signs, what it keeps, and what becomes of it when it is killed, copied, damaged. */
import assert from "node:assert/strict"
import { spawn } from "node:child_process"
import { once } from "node:events"
import { mkdtempSync, readFileSync, readdirSync, rmSync, statSync, writeFileSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { createInterface } from "node:readline"
import { test, type TestContext } from "node:test"
import { HssKey } from "../../fleet/keys/hss"
import { hssIndex, verifyHss } from "../../fleet/keys/hss-verify"
import { KeyFileError } from "../../fleet/keys/key-file"
import { inProject } from "../../image/project"
import { RandomStream } from "../../sim/random"
import { isThorough } from "../harness/needs"

const SEED = Number(process.env.MOTEWISE_SEED ?? 9858)
/** Two levels of 32: a key that is made in a moment, and used up after 1,024. */
const SMALL = { lmsCode: 0x0a, otsCode: 0x07 }
const MESSAGE = Buffer.from("checkpoint")

function keyPath(t: TestContext): string {
    const folder = mkdtempSync(join(tmpdir(), "motewise-keys-"))
    t.after(() => rmSync(folder, { recursive: true, force: true }))
    return join(folder, "fleet.key")
}

test("a key signs what it is given, in order, and others' messages and keys are refused", async t => {
    const key = await HssKey.create(keyPath(t), SMALL)
    const other = await HssKey.create(keyPath(t), SMALL)
    const messages = [MESSAGE, Buffer.alloc(0), Buffer.alloc(100_000, 7)]
    const signatures = await Promise.all(messages.map(message => key.sign(message)))
    signatures.forEach((signature, index) => {
        assert.equal(verifyHss(key.publicKey(), messages[index], signature), true)
        assert.equal(hssIndex(key.publicKey(), signature), index)
        assert.equal(verifyHss(other.publicKey(), messages[index], signature), false)
        assert.equal(verifyHss(key.publicKey(), Buffer.from("another"), signature), false)
    })
    assert.equal(key.index, 3)
    assert.equal(key.remaining, 1021)
    await key.close()
    await other.close()
})

test("the fleet's own key has two levels of 1,024, and signatures of 3,052 bytes", async t => {
    const progress: number[] = []
    const path = keyPath(t)
    const key = await HssKey.create(path, {
        onProgress: (done, all) => {
            assert.equal(all, 1024)
            progress.push(done)
        },
    })
    assert.deepEqual([progress.length, progress[0], progress[1023]], [1024, 1, 1024])
    assert.equal(key.remaining, 1024 * 1024)
    const signature = await key.sign(MESSAGE)
    // 4 + 2 * (4 + 4 + 24 + 51 * 24 + 4 + 10 * 24) + 48, and 4 + 4 + 4 + 16 + 24
    assert.equal(signature.length, 3052)
    assert.equal(key.publicKey().length, 52)
    assert.equal(verifyHss(key.publicKey(), MESSAGE, signature), true)
    await key.close()
})

test("a lower tree that is used up is followed by the next, and the last signature by none", async t => {
    const key = await HssKey.create(keyPath(t), SMALL)
    await key.floor(31)
    for (const index of [31, 32, 33]) {
        const signature = await key.sign(MESSAGE)
        assert.equal(hssIndex(key.publicKey(), signature), index)
        assert.equal(verifyHss(key.publicKey(), MESSAGE, signature), true, `${index}`)
    }
    await key.floor(1023)
    assert.equal(verifyHss(key.publicKey(), MESSAGE, await key.sign(MESSAGE)), true)
    await assert.rejects(key.sign(MESSAGE), /all 1024 are used up/)
    await key.close()
})

test("the file holds the count before there is a signature, and the key goes on from it", async t => {
    const path = keyPath(t)
    const key = await HssKey.create(path, SMALL)
    const publicKey = key.publicKey()
    const first = await key.sign(MESSAGE)
    await key.close()
    const again = await HssKey.open(path)
    assert.deepEqual(again.publicKey(), publicKey)
    const second = await again.sign(MESSAGE)
    assert.deepEqual(
        [first, second].map(s => hssIndex(publicKey, s)),
        [0, 1]
    )
    await again.close()
    await assert.rejects(again.sign(MESSAGE), /closed/)
})

test("only its owner may read the file, and nothing is left beside it", async t => {
    const path = keyPath(t)
    const key = await HssKey.create(path, SMALL)
    await key.sign(MESSAGE)
    assert.equal(statSync(path).mode & 0o777, 0o600)
    await key.close()
    assert.deepEqual(readdirSync(join(path, "..")), ["fleet.key"])
})

test("an old file that is put back does not sign below its floor; put back under a running key it is noticed", async t => {
    const path = keyPath(t)
    const key = await HssKey.create(path, SMALL)
    const old = readFileSync(path)
    for (let i = 0; i < 5; ++i) await key.sign(MESSAGE)
    const last = await key.sign(MESSAGE)
    writeFileSync(path, old)
    await assert.rejects(key.sign(MESSAGE), /somebody else has written it: it holds 0, not 6/)
    await key.close()
    const restored = await HssKey.open(path)
    await restored.floor(hssIndex(restored.publicKey(), last) + 1)
    await restored.floor(2)
    assert.equal(hssIndex(restored.publicKey(), await restored.sign(MESSAGE)), 6)
    await assert.rejects(restored.floor(-1), RangeError)
    await assert.rejects(restored.floor(1025), RangeError)
    await restored.close()
})

test("one process at a time, and once; a lock that a killed one left is no hindrance", async t => {
    const path = keyPath(t)
    const key = await HssKey.create(path, SMALL)
    await assert.rejects(HssKey.open(path), /has it open/)
    await key.close()
    writeFileSync(`${path}.lock`, "1\n") // init, which lives
    await assert.rejects(HssKey.open(path), /process 1 has it open.*delete .*fleet\.key\.lock/)
    for (const pid of ["99999999", String(process.pid), ""]) {
        writeFileSync(`${path}.lock`, `${pid}\n`)
        await (await HssKey.open(path)).close()
    }
    assert.deepEqual(readdirSync(join(path, "..")), ["fleet.key"])
})

test("a key is never written over", async t => {
    const path = keyPath(t)
    await (await HssKey.create(path, SMALL)).close()
    const before = readFileSync(path)
    await assert.rejects(HssKey.create(path, SMALL), /there is a key already/)
    assert.deepEqual(readFileSync(path), before)
    await (await HssKey.open(path)).close()
})

test("a damaged file is refused by what is wrong with it, and none of it is told", async t => {
    const path = keyPath(t)
    await (await HssKey.create(path, SMALL)).close()
    const state = JSON.parse(readFileSync(path, "utf8"))
    const damages: [string, RegExp][] = [
        ["", /no JSON/],
        [JSON.stringify(state).slice(0, -20), /no JSON/],
        ["null", /no key of ours/],
        [JSON.stringify({ ...state, format: "x" }), /no key of ours/],
        [JSON.stringify({ ...state, lmsCode: 99 }), /types/],
        [JSON.stringify({ ...state, otsCode: 3 }), /types/],
        [JSON.stringify({ ...state, seed: state.seed.slice(2) }), /seed is not whole/],
        [JSON.stringify({ ...state, seed: "00".repeat(32) }), /does not make its public key/],
        [JSON.stringify({ ...state, index: -1 }), /index/],
        [JSON.stringify({ ...state, index: "1" }), /index/],
        [JSON.stringify({ ...state, publicKey: undefined }), /public key is missing/],
    ]
    for (const [text, expected] of damages) {
        writeFileSync(path, text)
        await assert.rejects(HssKey.open(path), error => {
            assert.ok(error instanceof KeyFileError, `${error}`)
            assert.match(error.message, expected)
            assert.ok(!error.message.includes(state.seed.slice(0, 16)), "it tells its seed")
            return true
        })
    }
    await assert.rejects(HssKey.open(`${path}.none`), /cannot be read/)
    await assert.rejects(HssKey.open(join(path, "..", "none", "x")), /no such file/)
})

test("killed at any moment, again and again, the key uses no index twice", async t => {
    const path = keyPath(t)
    const random = new RandomStream(`kill/${SEED}`)
    const key = await HssKey.create(path, SMALL)
    const publicKey = key.publicKey()
    await key.close()
    const indices: number[] = []
    for (let round = 0; round < (isThorough() ? 40 : 8); ++round) {
        const child = spawn(
            process.execPath,
            ["--import", "tsx", inProject("test/fleet/sign-for-ever.ts"), path],
            { stdio: ["ignore", "pipe", "inherit"], cwd: inProject() }
        )
        const killAfter = 1 + random.integer(6)
        let heard = 0
        for await (const line of createInterface({ input: child.stdout })) {
            const signature = Buffer.from(line, "hex")
            // The last line may be cut off.
            if (!verifyHss(publicKey, MESSAGE, signature)) continue
            indices.push(hssIndex(publicKey, signature))
            if (++heard === killAfter) setTimeout(() => child.kill("SIGKILL"), random.integer(30))
        }
        if (child.exitCode === null && child.signalCode === null) await once(child, "exit")
        assert.equal(child.signalCode, "SIGKILL", `seed ${SEED}, round ${round}`)
    }
    assert.equal(new Set(indices).size, indices.length, `seed ${SEED}: ${indices.join(" ")}`)
    const after = await HssKey.open(path)
    assert.ok(after.index > Math.max(...indices), `${after.index} is behind`)
    await after.close()
})
