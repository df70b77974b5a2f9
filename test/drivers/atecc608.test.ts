/** The secure element's driver against the simulated part. */
import * as ds from "@devicescript/core"
import { beforeEach, describe, expect, test } from "../suite"
import { SimAtecc608 } from "../../sim/parts/atecc608"
import { Part } from "../../sim/parts/part"
import { Atecc608 } from "../../src/trust/atecc608/atecc608"
import { serialNumber } from "../../src/trust/atecc608/configuration"
import { ChipError } from "../../src/trust/atecc608/fault"
import { Atecc608Link } from "../../src/trust/atecc608/link"
import { answerLength, commandPacket, crc16 } from "../../src/trust/atecc608/packet"
import { Atecc608Provisioning } from "../../src/trust/atecc608/provisioning"
import { expectBytes } from "../expect"
import { FakeClock, FakeI2C } from "../fakes"
import { Listener } from "./listener"
import { Meddled } from "./meddled"
import { PUBLIC_KEY, RecordedP256, SAMPLE_DIGEST, SAMPLE_SIGNATURE } from "./recorded-p256"
import { Stranger } from "./stranger"

const INFO = 0x30
const INFO_PACKET = "0307300000" + "00035d"
const AWAKE = "04113343"
/** A new chip gives this, and nobody must take it for random. */
const NOT_RANDOM = "ffff0000ffff0000ffff0000ffff0000ffff0000ffff0000ffff0000ffff0000"
// 01 23, the engine's first six, ee.
const SERIAL = "0123" + "010203040506" + "ee"

let clock: FakeClock
let part: SimAtecc608
let bus: FakeI2C
let chip: Atecc608

/** Wakes it as somebody else's traffic would. */
function wake(): void {
    part.overhear(0x01, hex`00`, false)
    clock.now += 2
}

/** Lets other fibers run at each wait; sleep(0) does not. */
class TurnTakingClock extends FakeClock {
    override async delay(ms: number): Promise<void> {
        this.now += ms
        await ds.sleep(1)
    }
}

/** A command put to the part itself, and what it answers when it is done. */
async function answerTo(
    opcode: number,
    mode: number,
    parameter: number,
    data: Buffer
): Promise<string> {
    part.write(hex`01`)
    wake()
    expect(part.write(commandPacket(opcode, mode, parameter, data))).toBe(true)
    await clock.delay(116)
    const head = part.read(1)
    part.write(hex`00`)
    return part
        .read(head[0])
        .slice(1, head[0] - 2)
        .toString("hex")
}

/** Gives the part a digest and has it signed, without a driver: the signature, or the status. */
async function signatureOfSample(): Promise<string> {
    part.write(hex`01`)
    wake()
    part.write(commandPacket(0x16, 0x43, 0, Buffer.from(SAMPLE_DIGEST, "hex")))
    await clock.delay(21)
    part.write(commandPacket(0x41, 0xa0, 0, hex``))
    await clock.delay(116)
    const frame = part.read(67)
    return frame.slice(1, frame[0] - 2).toString("hex")
}

/** Answers each command with this instead, its checksum right. */
class Answering implements Part {
    readonly address = 0x60
    private isAsked = false

    constructor(
        private readonly part: Part,
        private readonly data: string
    ) {}

    write(bytes: Buffer): boolean {
        this.isAsked = bytes[0] === 0x03
        return this.part.write(bytes)
    }

    read(length: number): Buffer | undefined {
        if (!this.isAsked) return this.part.read(length)
        const frame = Buffer.alloc(length)
        const count = this.data.length / 2 + 3
        frame.blitAt(1, Buffer.from(this.data, "hex"), 0, count - 3)
        frame[0] = count
        const crc = crc16(frame, 0, count - 2)
        frame[count - 2] = crc & 0xff
        frame[count - 1] = crc >> 8
        return frame
    }

    overhear(address: number, written: Buffer, isTaken: boolean): void {
        this.part.overhear(address, written, isTaken)
    }
}

async function expectChipFault(fault: string, body: () => Promise<any>): Promise<void> {
    let error: Error
    try {
        await body()
    } catch (e) {
        error = e as Error
    }
    if (error === undefined) throw new Error(`expected a ${fault} fault, got a value`)
    if (!(error instanceof ChipError)) throw error
    expect((error as ChipError).fault as string).toBe(fault)
}

/** A timeout; the part is done with it before anybody asks for something else. */
async function expectSlow(body: () => Promise<any>): Promise<void> {
    await expectChipFault("timeout", body)
    clock.now += 1000
}

describe("atecc608", () => {
    beforeEach(() => {
        clock = new FakeClock()
        part = new SimAtecc608(clock, new RecordedP256())
        part.provision()
        bus = new FakeI2C([part])
        chip = new Atecc608(bus, clock)
    })

    test("commands and checksums are Microchip's", () => {
        expectBytes(commandPacket(INFO, 0, 0, hex``), INFO_PACKET)
        // The published answer to being woken.
        expect(crc16(hex`0411`, 0, 2)).toBe(0x4333)
        expect(answerLength(hex`04113343`)).toBe(4)
        for (const wrong of ["04113342", "04113443", "04103343", "05113343", "03113343", "0411"])
            expect(answerLength(Buffer.from(wrong, "hex"))).toBe(0)
        expect(answerLength(hex`ffffffff`)).toBe(0)
        expect(answerLength(hex`00000000`)).toBe(0)
        // CRC-16/UMTS's check value with its bits from the other end: poly 0x8005, of "123456789" each byte reversed.
        expect(crc16(hex`8c4ccc2cac6cec1c9c`, 0, 9)).toBe(0xfee8)
    })

    test("it is put to sleep, woken through another address, asked, and put to sleep", async () => {
        const wires = new Listener(part)
        const others = new Listener(new Stranger(0x01, 0))
        bus.parts = [wires, others, part]
        await chip.revision()
        expect(others.heard).toBe("w00")
        expect(wires.heard).toBe(`w01 r4 w${INFO_PACKET} r7 w01`)
    })

    test("a chip that nothing wakes is a bus fault, after three tries", async () => {
        bus.parts = []
        await expectChipFault("bus", async () => await chip.revision())
        // Sleep; three times a pulse, a read and sleep.
        expect(bus.transactions).toBe(10)
        bus.parts = [part]
        await chip.revision()
    })

    test("what answers otherwise than a chip that was woken is a wake fault", async () => {
        for (const byte of [0x00, 0x04, 0x5a, 0xff]) {
            bus.parts = [new Stranger(0x60, byte)]
            await expectChipFault("wake", async () => await chip.revision())
        }
        bus.parts = [part]
        await chip.revision()
    })

    test("a chip that wakes with a failed self-test says so", async () => {
        part.wakeStatus = 0x07
        await expectChipFault("selfTest", async () => await chip.revision())
        part.wakeStatus = 0x11
        await chip.revision()
    })

    test("a chip of another kind is an identity fault", async () => {
        expectBytes(await chip.revision(), "00006003")
        part.revision = [0x00, 0x00, 0x60, 0x02]
        await chip.revision()
        for (const revision of [0x50, 0x10, 0x00, 0x61]) {
            part.revision = [0x00, 0x00, revision, 0x03]
            await expectChipFault("identity", async () => await chip.revision())
        }
    })

    test("each status that is final has its name, and is not asked for twice", async () => {
        for (const row of [
            { status: 0x01, fault: "miscompare" },
            { status: 0x03, fault: "parse" },
            { status: 0x07, fault: "selfTest" },
            { status: 0x08, fault: "health" },
            { status: 0x0f, fault: "execution" },
            { status: 0x42, fault: "status" },
        ]) {
            part.statuses = [row.status]
            await expectChipFault(row.fault, async () => await chip.random())
            expect(part.statuses.length).toBe(0)
            expect(part.commands).toBe(0)
        }
        await chip.random()
    })

    test("a status that may pass is tried again, three times in all", async () => {
        for (const row of [
            { status: 0x05, fault: "ecc" },
            { status: 0x11, fault: "communication" },
            { status: 0xee, fault: "watchdog" },
            { status: 0xff, fault: "communication" },
        ]) {
            part.statuses = [row.status, row.status]
            await chip.random()
            part.statuses = [row.status, row.status, row.status, row.status]
            await expectChipFault(row.fault, async () => await chip.random())
            expect(part.statuses.length).toBe(1)
            part.statuses = []
        }
    })

    test("a command that arrives with an error is sent again, and done once", async () => {
        part.corruptCommands = 2
        expect(await chip.countUp(0)).toBe(1)
        part.corruptCommands = 3
        await expectChipFault("communication", async () => await chip.countUp(0))
        expect(await chip.counter(0)).toBe(1)
    })

    test("an answer with a wrong bit is read again, and the command is not done again", async () => {
        for (const wrong of [1, 2]) {
            part.corruptAnswers = wrong
            expect(await chip.countUp(0)).toBe(wrong)
            expect(part.commands).toBe(wrong)
        }
        part.corruptAnswers = 3
        await expectChipFault("crc", async () => await chip.counter(0))
        expect(part.corruptAnswers).toBe(0)
        expect(await chip.counter(0)).toBe(2)
    })

    test("an answer of another length is none", async () => {
        // A success without its data; and 4 bytes for 32. The part itself is still busy.
        bus.parts = [new Answering(part, "00")]
        await expectChipFault("answer", async () => await chip.random())
        clock.now += 100
        bus.parts = [new Answering(part, "01020304")]
        await expectChipFault("answer", async () => await chip.random())
        clock.now += 100
        bus.parts = [part]
        await chip.random()
    })

    test("it is asked every 5 ms until it is done, and for three times as long as it may take", async () => {
        const digest = Buffer.from(SAMPLE_DIGEST, "hex")
        expectBytes(await chip.sign(0, digest), SAMPLE_SIGNATURE)
        // 2 to wake, 20 for the nonce, 115 to sign.
        expect(clock.now).toBe(137)
        part.slownessPercent = 290
        expectBytes(await chip.sign(0, digest), SAMPLE_SIGNATURE)
        part.slownessPercent = 320
        await expectChipFault("timeout", async () => await chip.sign(0, digest))
        part.slownessPercent = 100
        clock.now += 1000
        expectBytes(await chip.sign(0, digest), SAMPLE_SIGNATURE)
    })

    test("each command may take almost three times as long as published, and not five times", async () => {
        part.slownessPercent = 290
        await chip.revision()
        await chip.configuration()
        await chip.random()
        await chip.counter(0)
        await chip.publicKey(0)
        part.slownessPercent = 500
        await expectSlow(async () => await chip.revision())
        await expectSlow(async () => await chip.configuration())
        await expectSlow(async () => await chip.random())
        await expectSlow(async () => await chip.counter(0))
        await expectSlow(async () => await chip.publicKey(0))
    })

    test("what it was told last does not fall to its watchdog: it rests first, and forgets nothing", async () => {
        // Another fiber holds the program up before the first look for the nonce's answer.
        const late = new Meddled(part, transaction => {
            if (transaction === 4) clock.now += 400
        })
        const wires = new Listener(late)
        bus.parts = [wires, part]
        expectBytes(await chip.sign(0, Buffer.from(SAMPLE_DIGEST, "hex")), SAMPLE_SIGNATURE)
        expect(wires.heard.includes("r4 w02 r4 w030741a00000")).toBe(true)
    })

    test("a chip that others woke a second ago is not caught by its watchdog", async () => {
        wake()
        clock.now += 1200
        expectBytes(await chip.sign(0, Buffer.from(SAMPLE_DIGEST, "hex")), SAMPLE_SIGNATURE)
    })

    test("one that is lost in the middle of a signature is a bus fault or a timeout, and signs when it is back", async () => {
        let dyingAt = 0
        const dying = (transaction: number) => {
            if (transaction === dyingAt) part.setPower(false)
        }
        // Sleep, the answer to being woken, the nonce, four looks for its answer, the signature.
        for (const row of [
            { transaction: 2, fault: "bus" },
            { transaction: 3, fault: "bus" },
            { transaction: 4, fault: "timeout" },
            { transaction: 8, fault: "bus" },
            { transaction: 9, fault: "timeout" },
        ]) {
            dyingAt = row.transaction
            bus.parts = [new Meddled(part, dying)]
            await expectChipFault(
                row.fault,
                async () => await chip.sign(0, Buffer.from(SAMPLE_DIGEST, "hex"))
            )
            part.setPower(true)
        }
        bus.parts = [part]
        expectBytes(await chip.sign(0, Buffer.from(SAMPLE_DIGEST, "hex")), SAMPLE_SIGNATURE)
    })

    test("two that want it at once get it one after the other", async () => {
        clock = new TurnTakingClock()
        part = new SimAtecc608(clock, new RecordedP256())
        part.provision()
        const wires = new Listener(part)
        bus.parts = [wires, part]
        chip = new Atecc608(bus, clock)
        let signature: Buffer
        const sign = async () => {
            signature = await chip.sign(0, Buffer.from(SAMPLE_DIGEST, "hex"))
        }
        sign.start()
        await clock.delay(1)
        expectBytes(await chip.publicKey(0), PUBLIC_KEY)
        expectBytes(signature, SAMPLE_SIGNATURE)
        // The key was asked for while the nonce was under way, and had to wait.
        expect(wires.heard.indexOf("w030740") > wires.heard.indexOf("w030741")).toBe(true)
    })

    test("whoever waits for it longer than 5 s is told that it is taken, until it is given back", async () => {
        const link = new Atecc608Link(bus, clock, 0x60)
        await link.open()
        const startedAt = clock.now
        await expectChipFault("timeout", async () => await link.open())
        expect(clock.now - startedAt).toBe(5005)
        await link.close()
        await link.open()
        await link.close()
        bus.parts = []
        await expectChipFault("bus", async () => await link.open())
        bus.parts = [part]
        await link.open()
    })

    test("the configuration is read whole, with the serial number in two pieces", async () => {
        const configuration = await chip.configuration()
        expectBytes(configuration, part.eeprom.configuration.toString("hex"))
        expectBytes(serialNumber(configuration), SERIAL)
    })

    test("the public key is shown, of a slot that has none it is an execution fault", async () => {
        expectBytes(await chip.publicKey(0), PUBLIC_KEY)
        await expectChipFault("execution", async () => await chip.publicKey(1))
        await expectChipFault("execution", async () => await chip.publicKey(8))
        await expectChipFault("parse", async () => await chip.publicKey(16))
    })

    test("counters count up, each by itself, to 2,097,151 and no further", async () => {
        expect(await chip.counter(0)).toBe(0)
        expect(await chip.countUp(0)).toBe(1)
        expect(await chip.countUp(0)).toBe(2)
        expect(await chip.counter(1)).toBe(0)
        part.eeprom.counters[1] = 0x12345
        expect(await chip.counter(1)).toBe(0x12345)
        part.eeprom.counters[1] = 2097150
        expect(await chip.countUp(1)).toBe(2097151)
        await expectChipFault("execution", async () => await chip.countUp(1))
        await expectChipFault("parse", async () => await chip.counter(2))
    })

    test("random numbers are of 32 bytes, and others each time", async () => {
        const first = await chip.random()
        const second = await chip.random()
        expect(first.length).toBe(32)
        expect(first.toString("hex") !== second.toString("hex")).toBe(true)
    })

    test("it speaks to the address it was given, 0x60 by default", async () => {
        part = new SimAtecc608(clock, new RecordedP256(), 0x35)
        bus.parts = [part]
        await expectChipFault("bus", async () => await chip.revision())
        await new Atecc608(bus, clock, 0x35).revision()
    })

    test("provisioning makes a new chip one that signs, and then there is nothing to do", async () => {
        part = new SimAtecc608(clock, new RecordedP256())
        bus.parts = [part]
        const said: string[] = []
        const provisioning = new Atecc608Provisioning(chip, line => said.push(line))
        const plan = await provisioning.plan()
        expect(plan.serial).toBe(SERIAL)
        expect(plan.isDone).toBe(false)
        expect(plan.lines.length).toBe(6)
        expect(part.eeprom.configuration[87]).toBe(0x55)
        expectBytes(await provisioning.run(SERIAL), PUBLIC_KEY)
        expect(said.length).toBe(4)
        expectBytes(part.eeprom.configuration.slice(86, 90), "0000feff")
        expect((await provisioning.plan()).isDone).toBe(true)
        expectBytes(await chip.sign(0, Buffer.from(SAMPLE_DIGEST, "hex")), SAMPLE_SIGNATURE)
    })

    test("the simulated part wakes by 60 us of SDA low at 100 kHz, whoever is spoken to", () => {
        const isWokenBy = (address: number, written: Buffer, isTaken: boolean) => {
            part.setPower(true)
            part.overhear(address, written, isTaken)
            clock.now += 2
            return part.read(4) !== undefined
        }
        expect(isWokenBy(0x01, hex`00`, false)).toBe(true)
        // 0000100 and the write bit: four at the start, three at the end.
        expect(isWokenBy(0x04, hex`00`, false)).toBe(false)
        expect(isWokenBy(0x44, hex`fd`, true)).toBe(false)
        // Eight bits, and the acknowledgement.
        expect(isWokenBy(0x44, hex`00`, true)).toBe(true)
        expect(isWokenBy(0x40, hex`ff`, true)).toBe(true)
        part.setPower(false)
        part.overhear(0x01, hex`00`, false)
        clock.now += 2
        expect(part.read(4) === undefined).toBe(true)
    })

    test("the simulated part is ready 1.5 ms after it was woken, and asleep 1.3 s later", () => {
        part.overhear(0x01, hex`00`, false)
        clock.now += 1.4
        expect(part.read(4) === undefined).toBe(true)
        clock.now += 0.2
        expectBytes(part.read(4), AWAKE)
        expectBytes(part.read(2), "ffff")
        expect(part.write(hex`00`)).toBe(true)
        expectBytes(part.read(4), AWAKE)
        clock.now = 1299
        // Already awake: no notice is taken, and nothing begins anew.
        part.overhear(0x01, hex`00`, false)
        expect(part.write(hex`00`)).toBe(true)
        clock.now = 1301
        expect(part.write(hex`00`)).toBe(false)
        expect(part.read(4) === undefined).toBe(true)
    })

    test("the simulated part does not answer while busy, and refuses what its watchdog would interrupt", () => {
        wake()
        expect(part.write(Buffer.from(INFO_PACKET, "hex"))).toBe(true)
        expect(part.read(7) === undefined).toBe(true)
        expect(part.write(hex`00`)).toBe(false)
        clock.now += 5
        expectBytes(part.read(5), "0700006003")
        expect(part.write(hex`04`)).toBe(false)
        clock.now = 1250
        expect(part.write(commandPacket(0x40, 0, 0, hex``))).toBe(true)
        clock.now += 1
        expectBytes(part.read(2), "04ee")
    })

    test("the simulated part forgets a digest when it sleeps, not when it idles, and signs it once", async () => {
        const digest = Buffer.from(SAMPLE_DIGEST, "hex")
        expect(await answerTo(0x16, 0x03, 0, digest)).toBe("00")
        part.write(hex`02`)
        wake()
        part.write(commandPacket(0x41, 0x80, 0, hex``))
        clock.now += 116
        expectBytes(part.read(65).slice(1, 65), SAMPLE_SIGNATURE)
        part.write(commandPacket(0x41, 0x80, 0, hex``))
        clock.now += 116
        expectBytes(part.read(2), "040f")
        expect(await answerTo(0x16, 0x43, 0, digest)).toBe("00")
        // answerTo puts it to sleep first.
        expect(await answerTo(0x41, 0xa0, 0, hex``)).toBe("0f")
    })

    test("the simulated part refuses what a new chip refuses", async () => {
        part = new SimAtecc608(clock, new RecordedP256())
        expect(await answerTo(0x1b, 0, 0, hex``)).toBe(NOT_RANDOM)
        expect(await answerTo(0x40, 0x04, 0, hex``)).toBe("0f")
        expect(await answerTo(0x40, 0x00, 0, hex``)).toBe("0f")
        expect(await answerTo(0x41, 0xa0, 0, hex``)).toBe("0f")
        expect(await answerTo(0x24, 0, 0, hex``)).toBe("0f")
        // Data zone and slot before the configuration.
        expect(await answerTo(0x17, 0x81, 0, hex``)).toBe("0f")
        expect(await answerTo(0x17, 0x02, 0, hex``)).toBe("0f")
        // Another CRC than that of its configuration.
        expect(await answerTo(0x17, 0x00, 0x1234, hex``)).toBe("0f")
        // Serial number, and the lock bytes.
        expect(await answerTo(0x12, 0x00, 3, hex`00000000`)).toBe("0f")
        expect(await answerTo(0x12, 0x00, 21, hex`00000000`)).toBe("0f")
        expect(await answerTo(0x12, 0x00, 5, hex`83208720`)).toBe("00")
        const crc = crc16(part.eeprom.configuration, 0, 128)
        expect(await answerTo(0x17, 0x00, crc, hex``)).toBe("00")
        expect(await answerTo(0x17, 0x80, 0, hex``)).toBe("0f")
        expect(await answerTo(0x12, 0x00, 5, hex`83208720`)).toBe("0f")
        // Now keys can be made, but nothing signed before the data zone is locked.
        expect(await answerTo(0x40, 0x04, 0, hex``)).toBe(PUBLIC_KEY)
        expect(await answerTo(0x40, 0x04, 3, hex``)).toBe("0f")
        expect(await signatureOfSample()).toBe("0f")
        expect(await answerTo(0x17, 0x02, 0, hex``)).toBe("0f")
        expect(await answerTo(0x17, 0x81, 0, hex``)).toBe("00")
        expect(await signatureOfSample()).toBe(SAMPLE_SIGNATURE)
        expect(await answerTo(0x17, 0x81, 0, hex``)).toBe("0f")
        expect(await answerTo(0x40, 0x04, 0, hex``)).toBe(PUBLIC_KEY)
        expect(await answerTo(0x17, 0x02, 0, hex``)).toBe("00")
        expect(await answerTo(0x17, 0x02, 0, hex``)).toBe("0f")
        expect(await answerTo(0x40, 0x04, 0, hex``)).toBe("0f")
        // Slot 3 is not lockable.
        expect(await answerTo(0x17, 0x0e, 0, hex``)).toBe("0f")
    })

    test("the simulated part calls what it does not know a parse error", async () => {
        for (const row of [
            { opcode: 0x45, mode: 0 },
            { opcode: 0x30, mode: 1 },
            { opcode: 0x1b, mode: 2 },
            { opcode: 0x16, mode: 0 },
            { opcode: 0x02, mode: 0x01 },
            { opcode: 0x12, mode: 0x02 },
            { opcode: 0x17, mode: 0x01 },
            { opcode: 0x17, mode: 0x03 },
            { opcode: 0x40, mode: 0x10 },
            { opcode: 0x41, mode: 0x00 },
            { opcode: 0x24, mode: 2 },
        ])
            expect(await answerTo(row.opcode, row.mode, 0, hex``)).toBe("03")
        expect(await answerTo(INFO, 0, 0, hex`00`)).toBe("03")
        expect(await answerTo(0x02, 0x80, 32, hex``)).toBe("03")
    })
})
