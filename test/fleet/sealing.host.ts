/** The far end's sealing: against the contract's vectors, which the node passes too, the node itself, and whatever a stranger may send. */
import assert from "node:assert/strict"
import { test } from "node:test"
import fc from "fast-check"
import { openReport } from "../../fleet/open"
import { openWith, sealWith, SessionKeys } from "../../fleet/sealing/seal"
import { RandomStream } from "../../sim/random"
import { SEALED_OTHER, SEALED_REPORT, sealNonce } from "../../src/telemetry/contract/sealing"
import { ackTopic, downTopic, upTopic } from "../../src/telemetry/contract/topics"
import {
    BOOT_HEX,
    SEALED_COMMAND_MESSAGE_HEX,
    SEALED_COMMAND_PLAIN_HEX,
    SEALED_NODE,
    SEALED_OTHER_MESSAGE_HEX,
    SEALED_OTHER_PLAIN_HEX,
    SEALED_REPORT_MESSAGE_HEX,
    SEALED_REPORT_PLAIN_HEX,
    SECRET_HEX,
} from "../../src/telemetry/contract/vectors"
import { askProgram, question } from "../harness/asking-host"
import {
    ASK_OPEN_COMMAND,
    ASK_SEAL_MESSAGE,
    ASK_SESSION,
    OPENED,
} from "../telemetry/sealing-contract"

const SEED = Number(process.env.MOTEWISE_SEED ?? 9052)
const UP = upTopic(SEALED_NODE)
const ACK = ackTopic(SEALED_NODE)
const DOWN = downTopic(SEALED_NODE)
const SECRET = Buffer.from(SECRET_HEX, "hex")
const BOOT = Buffer.from(BOOT_HEX, "hex")
const MESSAGE = Buffer.from(SEALED_REPORT_MESSAGE_HEX, "hex")
/** HKDF-SHA-256 of the vectors' secret for "motewise-up-1", by OpenSSL. */
const KEY_UP = Buffer.from(
    "93be6b76a1025d5e895b777d3d613aefe1ec62221962e8b24e2d4c386800afab",
    "hex"
)

const bytes = (hex: string) => Buffer.from(hex, "hex")
const session = () => new SessionKeys(SECRET)

test("the contract's messages open to what they were made of", () => {
    assert.deepEqual(session().openUp(UP, MESSAGE), {
        boot: BOOT_HEX,
        kind: SEALED_REPORT,
        number: 300,
        plaintext: bytes(SEALED_REPORT_PLAIN_HEX),
    })
    assert.deepEqual(session().openUp(ACK, bytes(SEALED_OTHER_MESSAGE_HEX)), {
        boot: BOOT_HEX,
        kind: SEALED_OTHER,
        number: 4294967295,
        plaintext: bytes(SEALED_OTHER_PLAIN_HEX),
    })
    const plaintext = bytes(SEALED_COMMAND_PLAIN_HEX)
    const command = session().sealCommand(DOWN, BOOT_HEX, 0x80000001, plaintext)
    assert.equal(command.toString("hex"), SEALED_COMMAND_MESSAGE_HEX)
})

test("a report opens from its message to its values", () => {
    const { boot, number, plaintext } = session().openUp(UP, MESSAGE) ?? assert.fail("refused")
    assert.deepEqual(openReport(plaintext, { boot, sequence: number }), {
        boot: BOOT_HEX,
        sequence: 300,
        uptimeMs: 59945880,
        samples: 1000,
        records: [],
    })
})

test("node and far end understand each other, in the VM's own time and at all lengths", async () => {
    const random = new RandomStream(`fleet/sealing/${SEED}`)
    const lengths = [
        0,
        15,
        16,
        58,
        247,
        248,
        512,
        ...Array.from({ length: 40 }, () => random.integer(1025)),
    ]
    const cases = lengths.map((length, i) => {
        const plaintext = Buffer.alloc(length)
        random.fill(plaintext)
        return { plaintext, number: i * 1000003, last: Buffer.from([0, 0, 0, 0]) }
    })
    for (const { number, last } of cases) last.writeUInt32BE(number)
    const fleet = session()
    const answers = await askProgram("test/telemetry/sealing.vm.ts", [
        question(ASK_SESSION, SECRET, BOOT),
        ...cases.flatMap(({ plaintext, number, last }) => [
            question(
                ASK_OPEN_COMMAND,
                Buffer.from(DOWN),
                fleet.sealCommand(DOWN, BOOT_HEX, number, plaintext)
            ),
            question(
                ASK_SEAL_MESSAGE,
                Buffer.from(UP),
                Buffer.from([SEALED_REPORT]),
                last,
                plaintext
            ),
        ]),
    ])
    cases.forEach(({ plaintext, number }, i) => {
        const [command, report] = answers.slice(1 + 2 * i)
        assert.deepEqual(
            command.bytes,
            Buffer.concat([Buffer.from([OPENED]), plaintext]),
            `seed ${SEED}`
        )
        assert.deepEqual(
            fleet.openUp(UP, report.bytes),
            { boot: BOOT_HEX, kind: SEALED_REPORT, number, plaintext },
            `seed ${SEED}`
        )
    })
})

test("any bit of any byte that is another makes it forged", () => {
    for (let i = 0; i < MESSAGE.length * 8; ++i) {
        const tampered = Buffer.from(MESSAGE)
        tampered[i >> 3] ^= 1 << (i & 7)
        assert.equal(session().openUp(UP, tampered), undefined, `bit ${i}`)
    }
})

test("cut short anywhere, or with anything after it, it is forged", () => {
    for (let length = 0; length < MESSAGE.length; ++length)
        assert.equal(session().openUp(UP, MESSAGE.subarray(0, length)), undefined, `${length} B`)
    assert.equal(session().openUp(UP, Buffer.concat([MESSAGE, Buffer.alloc(1)])), undefined)
})

test("it opens on its own topic, with its own session, and nowhere else", () => {
    for (const topic of [ACK, DOWN, upTopic("fedcba9876543211"), "", `${UP}/`])
        assert.equal(session().openUp(topic, MESSAGE), undefined, topic)
    const other = Buffer.from(SECRET)
    other[0] ^= 1
    assert.equal(new SessionKeys(other).openUp(UP, MESSAGE), undefined)
})

test("a command is no report, even if it comes back on a topic of the node's", () => {
    const command = session().sealCommand(UP, BOOT_HEX, 1, Buffer.from([0xf6]))
    assert.equal(session().openUp(UP, command), undefined)
    // nor, under the node's own key, anything of another kind
    for (const kind of [2, 3, 255]) {
        const message = sealWith(KEY_UP, sealNonce(BOOT, kind, 1), UP, Buffer.from([0xf6]))
        assert.ok(openWith(KEY_UP, UP, message), "genuine")
        assert.equal(session().openUp(UP, message), undefined, `kind ${kind}`)
    }
})

test("one message has one encoding", () => {
    const nonce = sealNonce(BOOT, SEALED_REPORT, 1)
    const short = sealWith(KEY_UP, nonce, UP, Buffer.from([1]))
    const long = sealWith(KEY_UP, nonce, UP, Buffer.alloc(20))
    assert.deepEqual([short[21], long.readUInt16BE(21)], [0x49, 0x581c])
    const forms: [string, Buffer, Buffer][] = [
        ["one byte too many", bytes("5809"), short.subarray(22)],
        ["two bytes too many", bytes("590009"), short.subarray(22)],
        ["two where one will do", bytes("59001c"), long.subarray(23)],
        ["four", bytes("5a0000001c"), long.subarray(23)],
        ["no length", Buffer.concat([bytes("5f"), long.subarray(21)]), bytes("ff")],
    ]
    for (const [what, head, rest] of forms) {
        const message = Buffer.concat([short.subarray(0, 21), head, rest])
        assert.equal(session().openUp(UP, message), undefined, what)
    }
    assert.equal(session().openUp(UP, Buffer.concat([bytes("d0"), short])), undefined, "tagged")
    assert.ok(session().openUp(UP, short), "as it should be")
})

test("messages up to a rollover's length open, longer ones are not looked at", () => {
    const open = (length: number) => {
        const nonce = sealNonce(BOOT, SEALED_OTHER, 1)
        return session().openUp(ACK, sealWith(KEY_UP, nonce, ACK, Buffer.alloc(length)))
    }
    // Head 8, nonce 13, length 3, tag 8: 2,600 B in all.
    assert.equal(open(2568)?.plaintext.length, 2568)
    assert.equal(open(2569), undefined)
})

test("a command's number is used once, and only upwards", () => {
    const keys = session()
    const seal = (number: number) => keys.sealCommand(DOWN, BOOT_HEX, number, Buffer.from([0xf6]))
    seal(9)
    seal(10)
    for (const number of [10, 9, 2, 0]) assert.throws(() => seal(number), RangeError, `${number}`)
    for (const number of [-1, 10.5, NaN, 2 ** 32]) assert.throws(() => seal(number), RangeError)
    seal(2 ** 32 - 1)
})

test("a secret, a nonce or a boot of another length is refused", () => {
    assert.throws(() => new SessionKeys(SECRET.subarray(1)), RangeError)
    assert.throws(() => sealWith(KEY_UP, BOOT, UP, BOOT), RangeError)
    for (const boot of ["", "0123456789abcde", "0123456789abcdef00", "0123456789abcdeg"])
        assert.throws(() => session().sealCommand(DOWN, boot, 1, BOOT), RangeError, boot)
})

test("whatever bytes come, they are refused and nothing else happens", () => {
    const keys = session()
    const mutated = fc
        .array(fc.tuple(fc.nat(MESSAGE.length - 1), fc.integer({ min: 1, max: 255 })), {
            minLength: 1,
            maxLength: 6,
        })
        .map(changes => {
            const copy = Buffer.from(MESSAGE)
            for (const [at, change] of changes) copy[at] ^= change
            return copy
        })
        .filter(copy => !copy.equals(MESSAGE))
    const headed = fc
        .uint8Array({ maxLength: 300 })
        .map(rest => Buffer.concat([MESSAGE.subarray(0, 21), rest]))
    fc.assert(
        fc.property(fc.oneof(mutated, headed, fc.uint8Array({ maxLength: 3000 })), payload => {
            assert.equal(keys.openUp(UP, payload), undefined)
        }),
        { numRuns: 10_000, seed: SEED }
    )
})
