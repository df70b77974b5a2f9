/**
 * Power fails at every byte of every flash write of a node that makes a key, signs, makes the next key, and goes over to it. The runtime's
 * own store is written and mounted, inside the VM.
 */
import assert from "node:assert/strict"
import { test } from "node:test"
import { openRollover } from "../../fleet/keys/rollover"
import { oneTimeIndex, verifyLms } from "../../fleet/keys/lms"
import { compile } from "../../image/compile"
import { changedBytes, tornImage } from "../../sim/flash-faults"
import { provision } from "../../sim/provision"
import { RandomStream } from "../../sim/random"
import { ROLLOVER_KEY_AT } from "../../src/telemetry/contract/rollover"
import { isThorough } from "../harness/needs"
import { SIGNER_NODE_ID_HEX, TELL_KEY, TELL_ROLLOVER, TELL_SIGNED } from "./signer-contract"
import { live, type Plan, type Save, type Told } from "./signer-host"

const SEED = Number(process.env.MOTEWISE_SEED ?? 8554)
const MESSAGE_BYTES = 4
const PUBLIC_KEY_BYTES = 48
/** No write of a record changes as many. */
const COMPACTION_BYTES = 1000
const COMPACTION_STRIDE = isThorough() ? 97 : 499
/** Of an entry in the store: what it ends with. */
const LENGTH_BYTES = 4
const FIRST: Plan = { before: 2, rollsOver: true, after: 2 }
/** Rolls over too, for the power may have failed while it did: what was begun is taken up. */
const AGAIN: Plan = { before: 2, rollsOver: true, after: 1 }

/** All that a node ever told: every signature is genuine, and no one-time key of any of its keys was used twice. @returns its keys */
function checkHistory(history: Told[], where: string): string[] {
    const used = new Set<string>()
    const keys: string[] = []
    const use = (key: string, signature: Buffer) => {
        const oneTimeKey = `${key}/${oneTimeIndex(signature)}`
        assert.equal(used.has(oneTimeKey), false, `${where}: ${oneTimeKey} is used twice`)
        used.add(oneTimeKey)
    }
    for (const { kind, data } of history) {
        const key = keys.at(-1) ?? ""
        if (kind === TELL_KEY) keys.push(data.toString("hex"))
        if (kind === TELL_SIGNED) {
            const signature = data.subarray(MESSAGE_BYTES)
            const isGenuine = verifyLms(
                Buffer.from(key, "hex"),
                data.subarray(0, MESSAGE_BYTES),
                signature
            )
            assert.equal(isGenuine, true, `${where}: a signature is not genuine`)
            use(key, signature)
        }
        if (kind === TELL_ROLLOVER) {
            const nodeId = Buffer.from(SIGNER_NODE_ID_HEX, "hex")
            const rollover = openRollover(Buffer.from(key, "hex"), nodeId, data)
            assert.ok(rollover !== undefined, `${where}: the next key is not signed by this one`)
            use(key, rollover.signature)
        }
    }
    return keys
}

/** The keys by which the far end may know the node: the last it showed, or the one that this has signed. */
function knownKeys(history: Told[]): string[] {
    const last = history.findLast(({ kind }) => kind === TELL_KEY)
    const signed = history.findLast(({ kind }) => kind === TELL_ROLLOVER)
    return [last?.data, signed?.data.subarray(ROLLOVER_KEY_AT, ROLLOVER_KEY_AT + PUBLIC_KEY_BYTES)]
        .filter(key => key !== undefined)
        .map(key => key.toString("hex"))
}

/** The node after a cut. @returns whether the runtime has formatted its store: else it works on, with the key it was known by */
function isFormattedBy(history: Told[], flash: Uint8Array, boot: string): boolean {
    const second = live(flash, AGAIN, boot)
    if (second.isFormatted) return true
    assert.equal(second.ended, undefined, `${boot}: ${second.lines.slice(-5).join("\n")}`)
    checkHistory([...history, ...second.told], boot)
    const known = knownKeys(history)
    const shown = second.told.find(({ kind }) => kind === TELL_KEY)?.data.toString("hex") ?? ""
    if (known.length > 0) assert.ok(known.includes(shown), `${boot}: the node lost its key`)
    return false
}

/** Lives until the store is compacted: the save before that, the compaction, and the save after it. */
async function untilCompaction(image: Uint8Array): Promise<{ history: Told[]; saves: Save[] }> {
    let flash = provision(image, {})
    let history: Told[] = []
    const saves: Save[] = []
    for (let boot = 0; ; ++boot) {
        const life = live(flash, AGAIN, `boot ${boot}`)
        assert.equal(life.ended, undefined, `boot ${boot}`)
        saves.push(...life.saves.map(save => ({ ...save, told: save.told + history.length })))
        history = [...history, ...life.told]
        flash = life.flash
        const at = saves.findIndex(
            ({ before, after }) => changedBytes(before, after) > COMPACTION_BYTES
        )
        if (at >= 0) return { history, saves: saves.slice(at - 1, at + 2) }
    }
}

test("power may fail at any byte of any write: no one-time key is used twice, and the node goes on with a key that works", async () => {
    const { bytes } = await compile("test/trust/signer.vm.ts")
    const first = live(provision(bytes, {}), FIRST, "first")
    assert.equal(first.ended, undefined)
    assert.equal(checkHistory(first.told, "first").length, 2)
    // Key, leaves in four parts, both slots of the state; two signatures; key, leaves, one signature and the switch; two signatures.
    assert.equal(first.saves.length, 7 + 2 + 7 + 2)
    for (const [index, { before, after, told }] of first.saves.entries()) {
        const all = changedBytes(before, after)
        for (let written = 0; written <= all; ++written) {
            const boot = `write ${index}, ${written} of ${all} bytes`
            const flash = tornImage(before, after, written)
            const isFormatted = isFormattedBy(first.told.slice(0, told), flash, boot)
            assert.ok(!isFormatted || (written > 0 && written < all), boot)
        }
    }
})

test("power may fail while the runtime compacts its store, or writes first after it", async () => {
    const { bytes } = await compile("test/trust/signer.vm.ts")
    const { history, saves } = await untilCompaction(bytes)
    for (const { before, after, told } of saves.slice(1)) {
        const all = changedBytes(before, after)
        const stride = all > COMPACTION_BYTES ? COMPACTION_STRIDE : 1
        for (let written = 0; written <= all; written += stride)
            isFormattedBy(
                history.slice(0, told),
                tornImage(before, after, written),
                `${written} of ${all} bytes`
            )
    }
})

test("torn in its last bytes, the last write before a compaction crashes the runtime at the next, and nothing is signed", async () => {
    const { bytes } = await compile("test/trust/signer.vm.ts")
    const { history, saves } = await untilCompaction(bytes)
    const { before, after, told } = saves[0]
    const all = changedBytes(before, after)
    for (let written = 0; written <= all; ++written) {
        const second = live(tornImage(before, after, written), AGAIN, `${written} of ${all}`)
        checkHistory([...history.slice(0, told), ...second.told], `${written} of ${all}`)
        // Upstream's: the length that the entry ends with is garbage then, and is gone by.
        const mayCrash = written >= all - LENGTH_BYTES && written < all
        if (!mayCrash) assert.ok(second.isFormatted || second.ended === undefined, `${written}`)
    }
})

test("a node whose store was formatted is provisioned again, and makes a key that it never had", async () => {
    const { bytes } = await compile("test/trust/signer.vm.ts")
    const first = live(provision(bytes, {}), FIRST, "first")
    const anew = live(provision(bytes, {}), FIRST, "anew")
    assert.equal(anew.ended, undefined)
    assert.equal(new Set(checkHistory([...first.told, ...anew.told], "anew")).size, 4)
})

test("power may fail again and again, anywhere", async () => {
    const { bytes } = await compile("test/trust/signer.vm.ts")
    const random = new RandomStream(`power-cuts/${SEED}`)
    const rounds = isThorough() ? 100 : 20
    let flash = provision(bytes, {})
    let history: Told[] = []
    for (let round = 0; round < rounds; ++round) {
        const where = `seed ${SEED}, round ${round}`
        const life = live(flash, AGAIN, where)
        if (life.isFormatted) {
            flash = provision(bytes, {})
            continue
        }
        assert.equal(life.ended, undefined, `${where}: ${life.lines.slice(-5).join("\n")}`)
        const save = life.saves[random.integer(life.saves.length)]
        const written = random.integer(changedBytes(save.before, save.after) + 1)
        history = [...history, ...life.told.slice(0, save.told)]
        flash = tornImage(save.before, save.after, written)
        checkHistory(history, where)
    }
})
