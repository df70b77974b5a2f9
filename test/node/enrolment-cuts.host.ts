/**
 * Power fails while a node makes its key, enrols, and after it: at any moment, and in the middle of every write to its flash. Whatever
 * scripted-fleet.ts remembers from before is still there, so a one-time index or a nonce that comes again fails the test.
 */
import assert from "node:assert/strict"
import { before, test } from "node:test"
import { Flash, PowerLost } from "../../sim/flash"
import { changedBytes, tornImage } from "../../sim/flash-faults"
import { RandomStream } from "../../sim/random"
import { isThorough } from "../harness/needs"
import { benchImage, ClaimedDesk } from "./claimed-desk"

const SEED = Number(process.env.MOTEWISE_SEED ?? 9053)
const OFF_MS = 2000
/** From the last cut: a boot, a key, a backoff of 32 s at the most, and with a formatted store all of it again. */
const BACK_S_MAX = 120
/** Key, its leaves in four parts, both slots of its state, the signature, the credential. */
const WRITES = 9

let image: Uint8Array

before(async () => {
    image = await benchImage()
})

/** The power fails in one save, after some of its bytes. */
class CutFlash extends Flash {
    /** Bytes that the cut save would have written. */
    bytes = 0

    constructor(
        image: Uint8Array,
        private readonly cutSave: number,
        private readonly share: number
    ) {
        super(image)
    }

    override save(image: Uint8Array): void {
        if (this.saves !== this.cutSave) {
            super.save(image)
            return
        }
        const before = this.load()
        this.bytes = changedBytes(before, image)
        super.save(tornImage(before, image, Math.round(this.bytes * this.share)))
        throw new PowerLost(OFF_MS)
    }
}

/** It is in its fleet, and a report that was sampled after that has opened. */
function expectEnrolled(desk: ClaimedDesk, where: string): void {
    const { fleet } = desk
    const told = fleet.states.length
    const opened = fleet.opened.length
    // A session that stands tells nothing new before the next report.
    fleet.hangUp()
    const isBack = desk.until(
        () => fleet.states.length > told && fleet.opened.length > opened,
        BACK_S_MAX
    )
    assert.ok(isBack, `${where}: not enrolled\n${desk.lines.slice(-20).join("\n")}`)
    assert.deepEqual(desk.node.panics, [], where)
}

test("power may fail in any write: the node ends enrolled, with no index and no nonce used twice", () => {
    const shares = isThorough() ? 12 : 4
    let writes = 0
    for (let save = 0; save < WRITES + 1; ++save)
        for (let part = 0; part <= shares; ++part) {
            const flash = new CutFlash(image, save, part / shares)
            const desk = new ClaimedDesk(image, flash)
            desk.until(() => desk.fleet.states.length > 0, BACK_S_MAX)
            const where = `write ${save}, ${part} of ${shares}`
            expectEnrolled(desk, where)
            if (flash.bytes > 0) writes = Math.max(writes, save + 1)
            // What was torn is mended: the next boot needs nothing more.
            const { length } = desk.fleet.proofs
            desk.node.powerCut(OFF_MS)
            expectEnrolled(desk, `${where}, and again`)
            assert.equal(desk.fleet.proofs.length, length, where)
        }
    assert.equal(writes, WRITES)
})

test("power may fail at any moment of it, again and again", t => {
    t.diagnostic(`seed ${SEED}`)
    const random = new RandomStream(`enrolment cuts/${SEED}`)
    const rounds = isThorough() ? 200 : 25
    for (let round = 0; round < rounds; ++round) {
        const desk = new ClaimedDesk(image, undefined, round)
        for (let cuts = random.integer(6); cuts >= 0; --cuts) {
            desk.run(random.integer(4500) / 1000)
            desk.node.powerCut(1 + random.integer(OFF_MS))
        }
        expectEnrolled(desk, `seed ${SEED}, round ${round}`)
        assert.equal(desk.node.storeFormatted, 0)
        // One key, whatever came between.
        const keys = desk.fleet.proofs.map(({ publicKey }) => publicKey.toString("hex"))
        assert.equal(new Set(keys).size, 1)
    }
})
