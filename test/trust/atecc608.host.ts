/** The secure element with a real P-256 behind it: what it signs, and how it is provisioned, whatever the power does. */
import assert from "node:assert/strict"
import { createHash, createPublicKey, verify } from "node:crypto"
import { test } from "node:test"
import { compile } from "../../image/compile"
import { runProgram } from "../../rehearsal/program"
import { SecureElementDesk } from "../../rehearsal/secure-element"
import { PART_NAMES, partsOf } from "../../sim/breadboard"
import { Clock } from "../../sim/clock"
import { parseFaults } from "../../sim/faults"
import { P256 } from "../../sim/p256"
import { SimAtecc608 } from "../../sim/parts/atecc608"
import { RandomStream } from "../../sim/random"
import { DESK } from "../../sim/worlds/desk"
import { Atecc608 } from "../../src/trust/atecc608/atecc608"
import { Atecc608Provisioning } from "../../src/trust/atecc608/provisioning"

function p256(name: string): P256 {
    return new P256(new RandomStream(name))
}

const SEED = 608
const READ = 0x02
const WRITE = 0x12
const LOCK = 0x17
const INFO = 0x30
const GENKEY = 0x40

/** A chip on wires of its own. Time passes when somebody waits. */
class Desk {
    nowMs = 0
    readonly part: SimAtecc608
    readonly chip: Atecc608
    readonly provisioning: Atecc608Provisioning
    /** Opcode and mode of each command that went over. */
    readonly commands: string[] = []
    transactions = 0
    /** Power fails before this one. */
    cutAt = Infinity
    /** Called after each command, done or not. */
    after: (opcode: number) => void = () => {}

    constructor(seed: number | string = SEED) {
        const clock = {
            millis: () => this.nowMs,
            delay: async (ms: number) => void (this.nowMs += ms),
        }
        this.part = new SimAtecc608(clock, p256(`test/${seed}`))
        this.chip = new Atecc608(this, clock)
        this.provisioning = new Atecc608Provisioning(this.chip, () => {})
    }

    async xfer(address: number, write: Buffer, readLength = 0): Promise<Buffer> {
        if (++this.transactions === this.cutAt) this.part.setPower(false)
        if (address !== this.part.address) {
            this.part.overhear(address, write, false)
            throw new Error("NACK")
        }
        if (write.length > 0 && !this.part.write(write)) throw new Error("NACK")
        if (write[0] === 0x03) {
            this.commands.push(write.toString("hex", 2, 4))
            this.after(write[2])
        }
        const answer = readLength === 0 ? Buffer.alloc(0) : this.part.read(readLength)
        if (answer === undefined) throw new Error("NACK")
        return answer
    }

    sent(opcode: number): number {
        return this.commands.filter(command => parseInt(command.slice(0, 2), 16) === opcode).length
    }

    get serial(): string {
        const { configuration } = this.part.eeprom
        return configuration.toString("hex", 0, 4) + configuration.toString("hex", 8, 13)
    }

    get locks(): string {
        return this.part.eeprom.configuration.toString("hex", 86, 90)
    }
}

const LOCKED = "0000feff"
const OPEN = "5555ffff"

function isGenuine(publicKey: Buffer, message: Buffer, signature: Buffer): boolean {
    const key = createPublicKey({
        format: "jwk",
        key: {
            kty: "EC",
            crv: "P-256",
            x: publicKey.toString("base64url", 0, 32),
            y: publicKey.toString("base64url", 32),
        },
    })
    return verify("sha256", message, { key, dsaEncoding: "ieee-p1363" }, signature)
}

function sha256(message: Buffer): Buffer {
    return createHash("sha256").update(message).digest()
}

test("what the chip signs is genuine to node:crypto, of that message and under that key alone", async () => {
    const desk = new Desk()
    const key = await desk.provisioning.run(desk.serial)
    const other = new Desk("other")
    const otherKey = await other.provisioning.run(other.serial)
    for (let length = 0; length < 20; ++length) {
        const message = Buffer.alloc(length * 7, length)
        const signature = await desk.chip.sign(0, sha256(message))
        assert.equal(isGenuine(key, message, signature), true, `${length * 7} B`)
        assert.equal(isGenuine(key, Buffer.from("another"), signature), false)
        assert.equal(isGenuine(otherKey, message, signature), false)
    }
})

test("a look changes nothing: it asks for the revision and reads", async () => {
    const desk = new Desk()
    const before = Buffer.from(desk.part.eeprom.configuration)
    const plan = await desk.provisioning.plan()
    assert.equal(plan.serial, desk.serial)
    assert.equal(desk.sent(INFO) + desk.sent(READ), desk.commands.length)
    assert.deepEqual(desk.part.eeprom.configuration, before)
    assert.deepEqual(plan.lines.slice(1), [
        "write nothing: the configuration is right as it is",
        "lock the configuration: FOR EVER, as all 128 bytes stand",
        "make a key in slot 0: one that is there is LOST",
        "lock the data zone: FOR EVER, as its slots stand",
        "lock slot 0: FOR EVER this key, and no other",
    ])
})

/** As somebody left it who tried something else: all the bytes that matter are wrong. */
function disturb({ part }: Desk): void {
    for (const at of [18, 19, 20, 21, 68, 70, 71, 96]) part.eeprom.configuration[at] ^= 0x41
}

test("what is written is told beforehand, word by word, and is all that is written", async () => {
    const desk = new Desk()
    disturb(desk)
    const before = Buffer.from(desk.part.eeprom.configuration)
    const { lines } = await desk.provisioning.plan()
    assert.deepEqual(
        lines.filter(line => line.startsWith("write")),
        [
            "write c0000000 over c0004141 at 16",
            "write 83208720 over c2618720 at 20",
            "write 00000000 over 41004141 at 68",
            "write 33003300 over 72003300 at 96",
        ]
    )
    await desk.provisioning.run(desk.serial)
    assert.equal(desk.sent(WRITE), 4)
    const { configuration } = desk.part.eeprom
    const changed = [...before.keys()].filter(at => before[at] !== configuration[at])
    assert.deepEqual(changed, [18, 19, 20, 21, 68, 70, 71, 86, 87, 88, 96])
})

test("power that fails before any transaction leaves a chip that the next run finishes", async () => {
    const whole = new Desk()
    disturb(whole)
    await whole.provisioning.run(whole.serial)
    assert.ok(whole.transactions > 200, `${whole.transactions} transactions`)
    for (let cutAt = 1; cutAt <= whole.transactions; ++cutAt) {
        const desk = new Desk()
        disturb(desk)
        desk.cutAt = cutAt
        const name = `before transaction ${cutAt}`
        await desk.provisioning.run(desk.serial).catch(() => undefined)
        desk.part.setPower(true)
        const locksBefore = desk.locks
        const { isDone } = await desk.provisioning.plan()
        assert.equal(isDone, desk.locks === LOCKED, name)
        assert.equal(desk.locks, locksBefore, name)
        const key = await desk.provisioning.run(desk.serial)
        assert.equal(desk.locks, LOCKED, name)
        // Each lock once, and the last of what is done.
        assert.deepEqual(
            [...new Set(desk.commands.filter(command => command.startsWith("17")))],
            ["1700", "1781", "1702"],
            name
        )
        const signature = await desk.chip.sign(0, sha256(Buffer.from("x")))
        assert.equal(isGenuine(key, Buffer.from("x"), signature), true, name)
    }
})

test("power that fails five times at random is no matter either", async () => {
    const random = new RandomStream(`cuts/${SEED}`)
    for (let round = 0; round < 100; ++round) {
        const desk = new Desk(round)
        disturb(desk)
        for (let cuts = 0; cuts < 5; ++cuts) {
            desk.cutAt = desk.transactions + 1 + random.integer(150)
            await desk.provisioning.run(desk.serial).catch(() => undefined)
            desk.part.setPower(true)
        }
        desk.cutAt = Infinity
        await desk.provisioning.run(desk.serial)
        assert.equal(desk.locks, LOCKED, `seed ${SEED}, round ${round}`)
    }
})

test("a word that power left half written is written again before anything is locked", async () => {
    const desk = new Desk()
    disturb(desk)
    desk.after = opcode => {
        if (opcode !== WRITE) return
        desk.part.eeprom.configuration[21] = 0xff
        desk.part.setPower(false)
    }
    await assert.rejects(desk.provisioning.run(desk.serial), /atecc608: (timeout|bus)/)
    desk.after = () => {}
    desk.part.setPower(true)
    assert.equal(desk.sent(LOCK), 0)
    await desk.provisioning.run(desk.serial)
    assert.equal(desk.part.eeprom.configuration.toString("hex", 20, 22), "8320")
})

test("a chip that does not hold what was written is never locked, and says which byte", async () => {
    for (const at of [18, 20, 71, 97, 45]) {
        const desk = new Desk()
        disturb(desk)
        desk.after = opcode => {
            if (opcode === WRITE) desk.part.eeprom.configuration[at] = 0xa5
        }
        await assert.rejects(
            desk.provisioning.run(desk.serial),
            new RegExp(`atecc608: readback: byte ${at} is 165`)
        )
        assert.equal(desk.sent(LOCK), 0)
        assert.equal(desk.locks, OPEN)
    }
})

test("what changes between the last look and the lock is noticed by the chip: it compares the checksum", async () => {
    const desk = new Desk()
    let reads = 0
    desk.after = opcode => {
        // Two looks of four blocks.
        if (opcode === READ && ++reads === 8) desk.part.eeprom.configuration[50] ^= 1
    }
    await assert.rejects(desk.provisioning.run(desk.serial), /atecc608: execution/)
    assert.equal(desk.sent(LOCK), 1)
    assert.equal(desk.locks, OPEN)
})

test("a lock that did not hold is not gone over", async () => {
    for (const [byte, mode] of [
        [87, "1700"],
        [86, "1781"],
        [88, "1702"],
    ] as [number, string][]) {
        const desk = new Desk()
        desk.after = opcode => {
            const isThat = desk.commands.at(-1) === mode
            if (opcode === LOCK && isThat)
                desk.part.eeprom.configuration[byte] = byte === 88 ? 255 : 85
        }
        await assert.rejects(
            desk.provisioning.run(desk.serial),
            /atecc608: readback: .* did not lock/
        )
        assert.equal(desk.commands.filter(command => command.startsWith("17")).at(-1), mode)
    }
})

test("a slot that shows another key than was made is not locked", async () => {
    const desk = new Desk()
    desk.after = opcode => {
        if (opcode === GENKEY && desk.commands.at(-1) === "4004")
            desk.part.eeprom.keys[0] = p256("another").makeKey()
    }
    await assert.rejects(desk.provisioning.run(desk.serial), /atecc608: readback: slot 0 shows/)
    assert.equal(desk.locks, "0000ffff")
})

test("a key that does not sign is not locked", async () => {
    const desk = new Desk()
    desk.after = () => {
        if (desk.commands.at(-1) === "4000") desk.part.eeprom.keys[0] = undefined
    }
    await assert.rejects(desk.provisioning.run(desk.serial), /atecc608: execution/)
    assert.equal(desk.locks, "0000ffff")
})

test("a key that somebody put into an unlocked slot is not taken up", async () => {
    for (const locks of ["55", "00"]) {
        const desk = new Desk()
        const { configuration, keys } = desk.part.eeprom
        configuration[87] = 0
        configuration[86] = parseInt(locks, 16)
        const known = p256("known").makeKey()
        keys[0] = known
        const key = await desk.provisioning.run(desk.serial)
        assert.notDeepEqual(keys[0], known)
        assert.notDeepEqual(key, p256("").publicKey(known))
        assert.equal(desk.locks, LOCKED)
    }
})

test("another chip than the one that was named is left alone", async () => {
    const desk = new Desk()
    const other = new Desk("other")
    await assert.rejects(desk.provisioning.run(other.serial), /atecc608: identity: chip 0123/)
    await assert.rejects(desk.provisioning.run(""), /atecc608: identity/)
    assert.equal(desk.sent(INFO) + desk.sent(READ), desk.commands.length)
    assert.equal(desk.locks, OPEN)
})

test("a chip that was locked for another purpose is left alone, and told as such", async () => {
    for (const at of [18, 19, 20, 21, 68, 71, 96, 97])
        for (const locks of ["55", "00"]) {
            const desk = new Desk()
            const { configuration } = desk.part.eeprom
            configuration[at] ^= 0x10
            configuration[87] = 0
            configuration[86] = parseInt(locks, 16)
            await assert.rejects(desk.provisioning.plan(), /atecc608: foreign: .* another chip/)
            await assert.rejects(desk.provisioning.run(desk.serial), /atecc608: foreign/)
            assert.equal(desk.sent(INFO) + desk.sent(READ), desk.commands.length)
        }
})

test("a chip that was locked in another order is left alone", async () => {
    // Configuration, data zone, slot 0: only in this order.
    for (const locks of ["0055ffff", "0055feff", "5555feff", "5500feff"]) {
        const desk = new Desk()
        Buffer.from(locks, "hex").copy(desk.part.eeprom.configuration, 86)
        await assert.rejects(desk.provisioning.plan(), /foreign: .* in another order/)
        await assert.rejects(desk.provisioning.run(desk.serial), /foreign: .* in another order/)
        assert.equal(desk.locks, locks)
        assert.equal(desk.sent(INFO) + desk.sent(READ), desk.commands.length)
    }
})

test("a wire that flips a bit in one answer of twenty is no matter to 200 signatures", async () => {
    const desk = new Desk()
    const key = await desk.provisioning.run(desk.serial)
    const random = new RandomStream(`bits/${SEED}`)
    for (let round = 0; round < 200; ++round) {
        if (random.integer(20) === 0) desk.part.corruptAnswers = 1
        if (random.integer(20) === 0) desk.part.corruptCommands = 1
        const message = Buffer.from(`message ${round}`)
        const signature = await desk.chip.sign(0, sha256(message))
        assert.equal(isGenuine(key, message, signature), true, `seed ${SEED}, round ${round}`)
    }
})

test("two nodes have two chips, and a node the same one in each run", () => {
    const chipOf = (node: string) =>
        partsOf([{ part: "atecc608" }], new Clock(), () => ({}), node).get(
            "atecc608"
        ) as SimAtecc608
    const keyOf = (node: string) => chipOf(node).eeprom.keys[0]?.toString("hex")
    const serialOf = (node: string) => chipOf(node).eeprom.configuration.toString("hex", 0, 13)
    assert.equal(keyOf("a"), keyOf("a"))
    assert.notEqual(keyOf("a"), keyOf("b"))
    assert.notEqual(serialOf("a"), serialOf("b"))
})

/** Lines of examples/secure-element.ts. */
function signatureIn(lines: string[]): { publicKey: Buffer; signature: Buffer } {
    const publicKey = lines.find(line => line.startsWith("public key "))
    const at = lines.findIndex(line => line.startsWith("signature of"))
    assert.ok(publicKey !== undefined && at >= 0, lines.join("\n"))
    return {
        publicKey: Buffer.from(publicKey.slice("public key ".length), "hex"),
        signature: Buffer.from(lines[at + 1], "hex"),
    }
}

const MOTEWISE = Buffer.from("motewise")

/** What examples/secure-element.ts prints, on a node of this seed. */
async function signedWith(faults: string, seed: number): Promise<string[]> {
    const image = await compile("examples/secure-element.ts")
    assert.deepEqual(
        image.parts.map(({ part, address }) => [part, address]),
        [["atecc608", 0x60]]
    )
    const lines: string[] = []
    const panics = await runProgram({
        image: image.bytes,
        seats: image.parts,
        conditions: DESK,
        faults: faults === "" ? [] : parseFaults(faults, PART_NAMES),
        seed,
        seconds: 30,
        virtual: true,
        print: line => line.startsWith("> ") && lines.push(line.slice(2)),
        stopped: () => /^(random|identity:) /.test(lines.at(-1) ?? ""),
    })
    assert.deepEqual(panics, [])
    return lines
}

test("the example's signature, made in the VM over the simulated bus, is genuine to node:crypto", async () => {
    const { publicKey, signature } = signatureIn(await signedWith("", 1))
    assert.equal(isGenuine(publicKey, MOTEWISE, signature), true)
})

test("over a bad wire it is genuine too, or the fault has a name", async () => {
    let signed = 0
    for (const faults of ["crc:part=atecc608,p=0.2", "nack:part=atecc608,p=0.02"])
        for (let seed = 1; seed <= 10; ++seed) {
            const lines = await signedWith(faults, seed)
            if (!lines.some(line => line.startsWith("random "))) {
                assert.match(lines.at(-1) ?? "", /^identity: chip: atecc608: \w+: /)
                continue
            }
            signed++
            const { publicKey, signature } = signatureIn(lines)
            assert.equal(isGenuine(publicKey, MOTEWISE, signature), true, `${faults}, ${seed}`)
        }
    assert.ok(signed >= 5 && signed < 20, `${signed} of 20 signed`)
})

test("the program of provision-se, in the VM, makes a new chip one that the example signs with", async () => {
    const desk = new SecureElementDesk(SEED)
    const { configuration, keys } = desk.chip.eeprom
    const dry = await desk.run("examples/provision-se.ts", "")
    const serial = configuration.toString("hex", 0, 4) + configuration.toString("hex", 8, 13)
    assert.equal(dry[0], `chip ${serial}, revision 00006003`)
    assert.equal(dry.at(-1), 'nothing was done: PROVISION_SE is ""')
    assert.equal(configuration.toString("hex", 86, 90), OPEN)
    const wrong = await desk.run("examples/provision-se.ts", "0123ffffffffffffee")
    assert.equal(wrong.at(-1), 'nothing was done: PROVISION_SE is "0123ffffffffffffee"')
    assert.equal(configuration.toString("hex", 86, 90), OPEN)
    const lines = await desk.run("examples/provision-se.ts", serial)
    assert.equal(configuration.toString("hex", 86, 90), LOCKED)
    const again = await desk.run("examples/provision-se.ts", serial)
    assert.equal(again.at(-1), lines.at(-1))
    assert.equal(again[1], "it is provisioned: there is nothing to do")
    const key = keys[0]
    assert.ok(key !== undefined, "there is a key")
    assert.equal(lines.at(-1), `public key ${p256("").publicKey(key).toString("hex")}`)
})
