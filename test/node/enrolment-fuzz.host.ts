/** What no registrar and no fleet says, into a whole node: it never enrols by it, never does what it says, and never falls over. */
import assert from "node:assert/strict"
import { before, test } from "node:test"
import { RandomStream } from "../../sim/random"
import { isThorough } from "../harness/needs"
import { benchImage, CLAIM_ID, ClaimedDesk } from "./claimed-desk"
import { seal } from "./scripted-fleet"

const SEED = Number(process.env.MOTEWISE_SEED ?? 9052)
const MESSAGES = isThorough() ? 10_000 : 2_000
/** Apart from each other: a node hangs up on whoever sends faster than it reads. */
const EVERY_MS = 20
const LONGER_BYTES_MAX = 4000

let image: Uint8Array

before(async () => {
    image = await benchImage()
})

/** Another message than this, in one of many ways. */
function mutated(message: Buffer, random: RandomStream): Buffer {
    const bytes = Buffer.from(message)
    const at = random.integer(bytes.length)
    const some = Buffer.alloc(1 + random.integer(random.integer(10) === 0 ? LONGER_BYTES_MAX : 16))
    random.fill(some)
    switch (random.integer(7)) {
        case 0:
            bytes[at] ^= 1 << random.integer(8)
            return bytes
        case 1: // one that lengths break at
            bytes[at] = [0, 0x18, 0x1b, 0x5f, 0x7f, 0x9b, 0xff].filter(b => b !== bytes[at])[
                random.integer(6)
            ]
            return bytes
        case 2:
            return bytes.subarray(0, at)
        case 3:
            return Buffer.concat([bytes.subarray(0, at), some, bytes.subarray(at)])
        case 4:
            return Buffer.concat([bytes.subarray(0, at), bytes.subarray(at + some.length)])
        case 5:
            return Buffer.concat([bytes, some])
        default:
            return some
    }
}

test(`${MESSAGES} mutated answers: the node never enrols by one, and does by the next true one`, t => {
    t.diagnostic(`seed ${SEED}`)
    const random = new RandomStream(`enrolment fuzz/${SEED}`)
    const desk = new ClaimedDesk(image)
    const { fleet, clock } = desk
    let sent = 0
    // By kind: the last true answer of each, so that what is awaited is mutated, and what is not.
    const answers: Buffer[] = []
    fleet.twist = (answer, kind) => {
        answers[kind] = answer
        const known = answers.filter(one => one !== undefined)
        for (let i = 0; i < 60; ++i)
            clock.after(i * EVERY_MS, () => {
                const which = random.integer(4) === 0 ? known[random.integer(known.length)] : answer
                const message = mutated(which, random)
                if (message.equals(which)) return
                sent++
                fleet.publish(`mw/${CLAIM_ID}/enrol/down`, message)
            })
        // To be heard out on the way to a proof; the credential itself never comes.
        return kind === 2 && random.integer(2) === 0 ? [answer] : []
    }
    assert.ok(
        desk.until(() => sent >= MESSAGES, 24 * 3600),
        `${sent} messages`
    )
    desk.run(60)
    assert.ok(
        fleet.connects.every(connect => connect === `claim-${CLAIM_ID}: 0`),
        fleet.connects.join()
    )
    assert.ok(fleet.proofs.length > 1, "no proof was ever asked for")
    assert.deepEqual(desk.node.panics, [])
    fleet.twist = answer => [answer]
    assert.ok(
        desk.until(() => fleet.states.length > 0, 700),
        "not enrolled"
    )
    desk.run(600)
    assert.ok(fleet.opened.length > 2, "no reports")
    assert.deepEqual(desk.node.panics, [])
})

test(`${MESSAGES} mutated commands: none is answered, and the next true one is`, t => {
    t.diagnostic(`seed ${SEED}`)
    const random = new RandomStream(`command fuzz/${SEED}`)
    const desk = new ClaimedDesk(image)
    const { fleet } = desk
    assert.ok(
        desk.until(() => fleet.states.length > 0, 60),
        "not enrolled"
    )
    const { boot } = JSON.parse(fleet.states[0]) as { boot: string }
    const topic = `mw/${CLAIM_ID}/down`
    const nonce = Buffer.concat([Buffer.from(boot, "hex"), Buffer.from("02000000ff", "hex")])
    // Sealed under another key, it is in form what a command is.
    const foreign = seal(Buffer.alloc(32), nonce, topic, Buffer.from("a165616c6976650a", "hex"))
    for (let sent = 0; sent < MESSAGES; ++sent) {
        fleet.publish(topic, sent === 0 ? foreign : mutated(foreign, random))
        desk.run(EVERY_MS / 1000)
    }
    const answered = () =>
        fleet.opened.filter(({ plaintext }) => plaintext.includes("alive", 0, "latin1")).length
    assert.equal(answered(), 0)
    assert.deepEqual(fleet.connects, [`claim-${CLAIM_ID}: 0`, `${CLAIM_ID}: 0`])
    fleet.command(boot, { alive: 1 })
    desk.run(5)
    assert.equal(answered(), 1)
    assert.deepEqual(desk.node.panics, [])
})
