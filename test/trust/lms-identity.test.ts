import * as ds from "@devicescript/core"
import { beforeEach, describe, expect, test } from "../suite"
import { ClaimedRandom } from "../../src/trust/claimed-random"
import { IdentityError, IdentityFault } from "../../src/trust/identity"
import { LmsIdentity } from "../../src/trust/lms-identity"
import { LmsKey } from "../../src/trust/lms-key"
import { lmsParameters } from "../../src/trust/lms-parameters"
import {
    encodeKey,
    encodeLeaves,
    encodeState,
    keyName,
    leavesName,
    stateName,
} from "../../src/trust/lms-records"
import { verifyLms } from "../../src/trust/lms-verify"
import { u32At } from "../../src/trust/big-endian"
import { rolloverStatement } from "../../src/telemetry/contract/rollover"
import { MemoryStore } from "../telemetry/memory-store"
import { FIRST_KEY, MadeKey, SECOND_KEY } from "./keys"

const NODE_ID = hex`0123456789abcdef`
const MESSAGE = Buffer.from("motewise")
let store: MemoryStore
let identity: LmsIdentity
/** Leaves made since the last boot. */
let progress: number[]

/** A store in which a key lies whole: to make one under a collection at every allocation takes a minute. */
async function keep(made: MadeKey, generation: number): Promise<void> {
    const key = new LmsKey(lmsParameters(10, 7), made.seed, made.identifier)
    key.leaves.blitAt(0, made.leaves, 0, made.leaves.length)
    await store.write(keyName(generation), encodeKey(key, generation))
    for (let chunk = 0; chunk < 4; ++chunk)
        await store.write(leavesName(generation, chunk), encodeLeaves(key, 8 * chunk, 8))
}

/** Both slots, as after `used` signatures. */
async function keepStates(counter: number, generation: number, used: number): Promise<void> {
    for (const back of [1, 0]) {
        const state = { counter: counter - back, generation, used: used - back }
        await store.write(stateName(state.counter), encodeState(state))
    }
    store.writes = 0
}

async function boot(): Promise<void> {
    progress = []
    identity = new LmsIdentity({
        store,
        random: new ClaimedRandom(hex`5ec4e7`),
        nodeId: NODE_ID,
        onProgress: (done, all) => {
            expect(all).toBe(32)
            progress.push(done)
        },
    })
    await identity.start()
}

async function isShown(key: MadeKey): Promise<boolean> {
    return (await identity.publicKey()).toString("hex") === key.publicKey.toString("hex")
}

async function expectIdentityFault(fault: IdentityFault, body: () => Promise<any>): Promise<void> {
    let error: Error
    try {
        await body()
    } catch (e) {
        error = e as Error
    }
    if (!(error instanceof IdentityError)) throw new Error(`no ${fault} fault`)
    expect((error as IdentityError).fault as string).toBe(fault)
}

describe("lms identity", () => {
    beforeEach(async () => {
        store = new MemoryStore()
        await keep(FIRST_KEY, 0)
        await keepStates(5, 0, 3)
    })

    test("it takes up its key, and boots without a write", async () => {
        await boot()
        expect(await isShown(FIRST_KEY)).toBe(true)
        expect(identity.algorithm).toBe("LMS_SHA256_M24_H5/LMOTS_SHA256_N24_W4")
        // 32, of which 3 are used, and 4 kept for the next key
        expect(await identity.remaining()).toBe(25)
        expect(store.writes).toBe(0)
        expect(progress.length).toBe(0)
    })

    test("a signature is genuine, the next one-time key's, and one write", async () => {
        await boot()
        const signature = await identity.sign(MESSAGE)
        expect(u32At(signature, 0)).toBe(3)
        expect(await verifyLms(FIRST_KEY.publicKey, MESSAGE, signature)).toBe("genuine")
        expect(store.writes).toBe(1)
        await boot()
        expect(u32At(await identity.sign(MESSAGE), 0)).toBe(4)
    })

    test("fibers that sign at the same time wait for each other", async () => {
        await boot()
        const signatures: Buffer[] = []
        const sign = async () => {
            const signature = await identity.sign(MESSAGE)
            // The next one takes its place.
            signatures.push(signature.slice(0, signature.length))
        }
        sign.start()
        await sign()
        while (signatures.length < 2) await ds.sleep(1)
        for (let i = 0; i < 2; ++i) {
            expect(u32At(signatures[i], 0)).toBe(3 + i)
            const verdict = await verifyLms(FIRST_KEY.publicKey, MESSAGE, signatures[i])
            expect(verdict).toBe("genuine")
        }
    })

    test("a store that does not keep the count gets no signature, and that one-time key is given up", async () => {
        await boot()
        store.full = true
        await expectIdentityFault("store", async () => await identity.sign(MESSAGE))
        await expectIdentityFault("store", async () => await identity.sign(MESSAGE))
        store.full = false
        expect(u32At(await identity.sign(MESSAGE), 0)).toBe(5)
    })

    test("a count that is torn may have been used: it is passed over, and written anew", async () => {
        for (const torn of [undefined, hex`00`, await store.read(stateName(0))]) {
            await keepStates(5, 0, 3)
            await store.write(stateName(5), torn)
            store.writes = 0
            await boot()
            expect(store.writes).toBe(1)
            // 4 says 2 are used; 5 may have said 3
            expect(u32At(await identity.sign(MESSAGE), 0)).toBe(3)
        }
    })

    test("a key that may have signed, nobody knows how often, is not taken up", async () => {
        await store.write(stateName(0), undefined)
        await store.write(stateName(1), undefined)
        store.full = true
        let told = ""
        try {
            await boot()
        } catch (e) {
            told = (e as Error).message
        }
        // It would write another one.
        expect(told).toBe("identity: store: k0 cannot be read back")
    })

    test("leaves that are another key's are made again, and written anew", async () => {
        const chunk = await store.read(leavesName(0, 2))
        await keep(SECOND_KEY, 2)
        const other = await store.read(leavesName(2, 2))
        await keep(FIRST_KEY, 0)
        expect(chunk.length === other.length).toBe(true)
        await store.write(leavesName(0, 2), other)
        store.writes = 0
        await boot()
        expect(progress.length).toBe(8)
        expect(progress[0]).toBe(17)
        expect(progress[7]).toBe(24)
        expect(store.writes).toBe(1)
        expect(await isShown(FIRST_KEY)).toBe(true)
    })

    test("a start that failed leaves nothing to sign with", async () => {
        await store.write(leavesName(0, 3), hex`00`)
        store.full = true
        await expectIdentityFault("store", async () => await boot())
        await expectIdentityFault("notReady", async () => await identity.sign(MESSAGE))
    })

    test("what cannot be signed is refused before a one-time key is taken", async () => {
        await boot()
        await expectIdentityFault("notBytes", async () => await identity.sign("motewise" as any))
        await expectIdentityFault("notBytes", async () => await identity.sign(undefined))
        expect(await identity.remaining()).toBe(25)
        expect(store.writes).toBe(0)
    })

    test("before it is started it says so", async () => {
        const unstarted = new LmsIdentity({
            store,
            random: new ClaimedRandom(hex`00`),
            nodeId: NODE_ID,
        })
        await expectIdentityFault("notReady", async () => await unstarted.sign(MESSAGE))
        await expectIdentityFault("notReady", async () => await unstarted.publicKey())
        await expectIdentityFault("notReady", async () => await unstarted.rollover())
        await expectIdentityFault("notReady", async () => await unstarted.switchKey())
    })

    test("the last four are kept for the next key", async () => {
        await keepStates(31, 0, 27)
        await boot()
        expect(identity.isRolloverDue()).toBe(true)
        await identity.sign(MESSAGE)
        expect(await identity.remaining()).toBe(0)
        await expectIdentityFault("exhausted", async () => await identity.sign(MESSAGE))
        expect(store.writes).toBe(1)
    })

    test("the next key is due with eight left", async () => {
        await keepStates(21, 0, 19)
        await boot()
        expect(identity.isRolloverDue()).toBe(false)
        await identity.sign(MESSAGE)
        expect(await identity.remaining()).toBe(8)
        expect(identity.isRolloverDue()).toBe(true)
    })

    test("the old key signs the next one, once; and only then does that one sign", async () => {
        await keep(SECOND_KEY, 1)
        await keepStates(31, 0, 28)
        await boot()
        const message = await identity.rollover()
        // [version 1, generation 1, 48 bytes of key]
        expect(message.slice(0, 6).toString("hex")).toBe("010000000130")
        expect(message.slice(6, 54).toString("hex")).toBe(SECOND_KEY.publicKey.toString("hex"))
        const statement = rolloverStatement(NODE_ID, 1, SECOND_KEY.publicKey)
        const verdict = await verifyLms(FIRST_KEY.publicKey, statement, message.slice(54))
        expect(verdict).toBe("genuine")
        expect(u32At(message, 54)).toBe(28)
        expect((await identity.rollover()) === message).toBe(true)
        expect(store.writes).toBe(1)
        expect(await isShown(FIRST_KEY)).toBe(true)
        await identity.switchKey()
        expect(store.writes).toBe(2)
        expect(await isShown(SECOND_KEY)).toBe(true)
        expect(u32At(await identity.sign(MESSAGE), 0)).toBe(0)
        await expectIdentityFault("notReady", async () => await identity.switchKey())
        await boot()
        expect(await isShown(SECOND_KEY)).toBe(true)
        expect(u32At(await identity.sign(MESSAGE), 0)).toBe(1)
    })

    test("power that fails before the switch leaves the old key, and the message is signed with another one-time key", async () => {
        await keep(SECOND_KEY, 1)
        await boot()
        await identity.rollover()
        await boot()
        expect(await isShown(FIRST_KEY)).toBe(true)
        expect(u32At(await identity.rollover(), 54)).toBe(4)
    })

    test("a switch that cannot be written is none", async () => {
        await keep(SECOND_KEY, 1)
        await boot()
        await identity.rollover()
        store.full = true
        await expectIdentityFault("store", async () => await identity.switchKey())
        expect(await isShown(FIRST_KEY)).toBe(true)
        store.full = false
        expect(u32At(await identity.sign(MESSAGE), 0)).toBe(4)
        await identity.switchKey()
        expect(await isShown(SECOND_KEY)).toBe(true)
    })

    test("a key that is used up makes way for the next, though nothing was left to sign it", async () => {
        await keep(SECOND_KEY, 1)
        await keepStates(36, 0, 32)
        await boot()
        expect(await isShown(SECOND_KEY)).toBe(true)
        expect(await identity.remaining()).toBe(28)
        expect(store.writes).toBe(1)
    })

    test("a key that is lost makes way for the next", async () => {
        await store.write(keyName(0), hex`0a07`)
        await keep(SECOND_KEY, 1)
        await boot()
        expect(await isShown(SECOND_KEY)).toBe(true)
        expect(u32At(await identity.sign(MESSAGE), 0)).toBe(0)
    })

    test("random bytes are as many as asked for, and others each time", async () => {
        await boot()
        expect((await identity.random(0)).length).toBe(0)
        const bytes = await identity.random(70)
        expect(bytes.length).toBe(70)
        const halves = [bytes.slice(0, 32).toString("hex"), bytes.slice(32, 64).toString("hex")]
        expect(halves[0] === halves[1]).toBe(false)
        expect((await identity.random(32)).toString("hex") === halves[0]).toBe(false)
    })
})
