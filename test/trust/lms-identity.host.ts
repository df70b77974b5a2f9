/** The identity with each of its parameter sets, in the runtime's own store, its signatures checked by the far end. */
import assert from "node:assert/strict"
import { test } from "node:test"
import { oneTimeIndex, verifyLms } from "../../fleet/keys/lms"
import { openRollover } from "../../fleet/keys/rollover"
import { compile } from "../../image/compile"
import { provision } from "../../sim/provision"
import { SIGNER_NODE_ID_HEX, TELL_KEY, TELL_ROLLOVER, TELL_SIGNED } from "./signer-contract"
import { live, type Life } from "./signer-host"

const MESSAGE_BYTES = 4

/** RFC 8554 and RFC 9858: types, then bytes of a public key and of a signature. */
const SETS: [name: string, types: [number, number], key: number, signature: number][] = [
    ["SHA-256/192, W=4", [10, 7], 48, 1380],
    ["SHA-256/192, W=8", [10, 8], 48, 780],
    ["SHA-256, W=4", [5, 3], 56, 2348],
    ["SHA-256, W=8", [5, 4], 56, 1292],
]

function toldBy(life: Life, wanted: number): Buffer[] {
    return life.told.filter(({ kind }) => kind === wanted).map(({ data }) => data)
}

for (const [name, types, keyBytes, signatureBytes] of SETS)
    test(`${name}: a key is made, kept over a reboot, and replaced by one that it has signed`, async () => {
        const { bytes } = await compile("test/trust/signer.vm.ts")
        const plan = { before: 1, rollsOver: false, after: 0, types }
        const first = live(provision(bytes, {}), plan, `${name}, first`)
        const second = live(first.flash, { ...plan, rollsOver: true, after: 1 }, `${name}, second`)
        assert.deepEqual([first.ended, second.ended], [undefined, undefined])
        const [key] = toldBy(first, TELL_KEY)
        const [again, next] = toldBy(second, TELL_KEY)
        assert.equal(key.length, keyBytes)
        assert.deepEqual(again, key)
        const nodeId = Buffer.from(SIGNER_NODE_ID_HEX, "hex")
        const rollover = openRollover(key, nodeId, toldBy(second, TELL_ROLLOVER)[0])
        assert.deepEqual([rollover?.generation, rollover?.publicKey], [1, next])
        const signed = [...toldBy(first, TELL_SIGNED), ...toldBy(second, TELL_SIGNED)]
        const keys = [key, key, next]
        assert.equal(signed.length, keys.length)
        const indices = signed.map((data, index) => {
            const signature = data.subarray(MESSAGE_BYTES)
            assert.equal(signature.length, signatureBytes)
            assert.equal(verifyLms(keys[index], data.subarray(0, MESSAGE_BYTES), signature), true)
            return oneTimeIndex(signature)
        })
        // The old key's third signed the new one.
        assert.deepEqual(indices, [0, 1, 0])
    })
