/**
 * The identity in a SIM against the simulated one, and APDU by APDU against what IoT.05 and TS 102 221 say: those are written out by hand.
 */
import * as ds from "@devicescript/core"
import { beforeEach, describe, expect, test } from "../suite"
import { IotSafeApplet } from "../../sim/parts/iot-safe-applet"
import { Modem } from "../../sim/parts/modem"
import { Uicc } from "../../sim/parts/uicc"
import { IdentityProvider } from "../../src/trust/identity"
import { apdu, classOf } from "../../src/trust/iot-safe/card"
import { IotSafeIdentity } from "../../src/trust/iot-safe/iot-safe-identity"
import { isDone } from "../../src/trust/iot-safe/status"
import { field, valueOf } from "../../src/trust/iot-safe/tlv"
import { expectBytes } from "../expect"
import { FakeClock } from "../fakes"
import { expectIdentityFault } from "./expect-identity-fault"
import { ModemLines } from "./modem-lines"
import { RecordedP256 } from "../drivers/recorded-p256"
import { RFC6979_PUBLIC_KEY_HEX, RFC6979_SIGNED } from "./rfc6979-key"
import { Line, ScriptedCard } from "./scripted-card"

const OPEN = "0070000001"
const SELECT = "01a4040007a0000005590010"
const CLOSE = "0070800100"
const READ_KEY = "81cd00000385010100"
const KEY_DATA = "34454943864104" + RFC6979_PUBLIC_KEY_HEX

/** Lets other fibers run while it waits. */
class SharingClock extends FakeClock {
    override async delay(ms: number): Promise<void> {
        this.now += ms
        await ds.sleep(1)
    }
}

let applet: IotSafeApplet
let card: Uicc
let modem: Modem
let lines: ModemLines
let identity: IotSafeIdentity

/** An identity in a SIM that says what is written down, once its channel is open and the applet selected. */
function scripted(script: Line[]): ScriptedCard {
    const before: Line[] = [
        { sent: OPEN, answered: "019000" },
        { sent: SELECT, answered: "9000" },
    ]
    before.pushRange(script)
    before.push({ sent: CLOSE, answered: "9000" })
    const written = new ScriptedCard(before)
    identity = new IotSafeIdentity(new ModemLines(new Modem(written)))
    return written
}

async function publicKey(): Promise<Buffer> {
    return await identity.publicKey()
}

async function sign(): Promise<Buffer> {
    return await identity.sign(Buffer.from("sample"))
}

async function expectCutOff(fields: Buffer): Promise<void> {
    await expectIdentityFault("garbled", "cut off", async () => valueOf(fields, 0x85))
}

describe("iot safe", () => {
    beforeEach(() => {
        applet = new IotSafeApplet(new RecordedP256())
        applet.personalise()
        card = new Uicc([applet])
        modem = new Modem(card)
        lines = new ModemLines(modem)
        identity = new IotSafeIdentity(lines)
    })

    test("it is an identity: its algorithm by its registered name, and no end to its signatures", async () => {
        const provider: IdentityProvider = identity
        expect(provider.algorithm).toBe("ES256")
        expect(await provider.remaining()).toBe(-1)
    })

    test("the public key is the applet's, x and y", async () => {
        expectBytes(await publicKey(), RFC6979_PUBLIC_KEY_HEX)
        expect(card.heard.join()).toBe(
            [OPEN, SELECT, "01c0000002", READ_KEY, "01c0000047", CLOSE].join()
        )
    })

    test("a signature is the one of RFC 6979, and the applet is given the hash of the message", async () => {
        for (const signed of RFC6979_SIGNED) {
            const { message, digestHex, signatureHex } = signed
            while (card.heard.length > 0) card.heard.pop()
            expectBytes(await identity.sign(Buffer.from(message)), signatureHex)
            expect(card.heard.join()).toBe(
                [
                    OPEN,
                    SELECT,
                    "01c0000002",
                    "812a010100",
                    "812a00010d840101a1010391020001920104",
                    `812b8001229e20${digestHex}00`,
                    "01c0000043",
                    CLOSE,
                ].join()
            )
        }
        expect(applet.signed.length).toBe(2)
    })

    test("a signature's length may be in one byte or in two, and nothing else may be there", async () => {
        const { digestHex, signatureHex } = RFC6979_SIGNED[0]
        const script = (answered: string): Line[] => [
            { sent: "812a010100", answered: "6985" },
            { sent: "812a00010d840101a1010391020001920104", answered: "9000" },
            { sent: `812b8001229e20${digestHex}00`, answered },
        ]
        scripted(script(`3340${signatureHex}9000`))
        expectBytes(await sign(), signatureHex)
        scripted(script(`330040${signatureHex}9120`))
        expectBytes(await sign(), signatureHex)
        const wrong = [
            `3440${signatureHex}9000`,
            `333f${signatureHex}9000`,
            `3340${signatureHex}009000`,
            `3340${signatureHex.slice(2)}9000`,
            `330041${signatureHex}009000`,
            `33000040${signatureHex}9000`,
            // As ASN.1, which some applets are said to give.
            `33463044022000${signatureHex.slice(0, 62)}022000${signatureHex.slice(64, 126)}9000`,
            "339000",
            "9000",
        ]
        for (const answered of wrong) {
            scripted(script(answered))
            await expectIdentityFault("garbled", "no signature", sign)
        }
    })

    test("a key is made in place of the one there was, and told", async () => {
        applet.publicKey = undefined
        expectBytes(await identity.generateKeyPair(), RFC6979_PUBLIC_KEY_HEX)
        expect(card.heard[3]).toBe("81b900000384010100")
        expectBytes(await publicKey(), RFC6979_PUBLIC_KEY_HEX)
    })

    test("random bytes come 64 at a time, and none are asked for when none are wanted", async () => {
        const twin = new IotSafeApplet(new RecordedP256())
        const first = twin.command(0x84, 0, 0, hex``, 64).data
        const second = twin.command(0x84, 0, 0, hex``, 36).data
        expectBytes(await identity.random(100), first.toString("hex") + second.toString("hex"))
        expect(card.heard[3]).toBe("8184000040")
        expect(card.heard[4]).toBe("8184000024")
        expect(card.heard[5]).toBe(CLOSE)
        expect((await identity.random(0)).length).toBe(0)
        scripted([{ sent: "8184000003", answered: "01029000" }])
        await expectIdentityFault(
            "garbled",
            "2 random bytes, not 3",
            async () => await identity.random(3)
        )
    })

    test("a file is read piece by piece, and one that is longer than allowed not at all", async () => {
        const content = Buffer.alloc(300)
        for (let at = 0; at < 300; ++at) content[at] = at & 0xff
        applet.files.push({ id: hex`0203`, content })
        expectBytes(await identity.readFile(hex`0203`, 300), content.toString("hex"))
        expect(card.heard[3]).toBe("81cbc3000483020203" + "00")
        // The fifth and last: 44 bytes from 256 on.
        expect(card.heard[13]).toBe("81b001000483020203" + "2c")
        const read = async () => await identity.readFile(hex`0203`, 299)
        await expectIdentityFault("refused", "300 bytes, not 299", read)
        const miss = async () => await identity.readFile(hex`0204`, 300)
        await expectIdentityFault("refused", "looking for a file: status 6A82", miss)
    })

    test("a file that ends before its end, or without one, is garbled", async () => {
        const read = async () => await identity.readFile(hex`02`, 99)
        scripted([
            { sent: "81cbc3000383010200", answered: "200200049000" },
            { sent: "81b000000383010204", answered: "01029000" },
            { sent: "81b000020383010202", answered: "9000" },
        ])
        await expectIdentityFault("garbled", "ends at 2 of 4", read)
        scripted([{ sent: "81cbc3000383010200", answered: "2001049000" }])
        await expectIdentityFault("garbled", "no size", read)
        scripted([{ sent: "81cbc3000383010200", answered: "8301029000" }])
        await expectIdentityFault("garbled", "no field 20", read)
    })

    test("an answer in pieces is put together, however many 61xx it takes", async () => {
        card.announcedMax = 16
        expectBytes(await publicKey(), RFC6979_PUBLIC_KEY_HEX)
        // 71 bytes: four times 16, and 7.
        expect(card.heard.slice(4, 9).join()).toBe(
            "01c0000010,01c0000010,01c0000010,01c0000010,01c0000007"
        )
    })

    test("an answer may come at once, or begin with the 61xx that tells of its rest", async () => {
        card.usesGetResponse = false
        expectBytes(await publicKey(), RFC6979_PUBLIC_KEY_HEX)
        const written = scripted([
            { sent: READ_KEY, answered: KEY_DATA.slice(0, 20) + "613d" },
            { sent: "01c000003d", answered: KEY_DATA.slice(20) + "9000" },
        ])
        expectBytes(await publicKey(), RFC6979_PUBLIC_KEY_HEX)
        expect(written.left.length).toBe(0)
    })

    test("an answer without end is given up after eight pieces", async () => {
        const script: Line[] = [{ sent: READ_KEY, answered: "6101" }]
        for (let round = 0; round < 8; ++round)
            script.push({ sent: "01c0000001", answered: "006101" })
        const written = scripted(script)
        await expectIdentityFault("garbled", "more than 8 pieces", publicKey)
        expect(written.left.length).toBe(0)
    })

    test("6Cxx has the command repeated with the length it says, once", async () => {
        let written = scripted([
            { sent: READ_KEY, answered: "6c47" },
            { sent: "81cd00000385010147", answered: KEY_DATA + "9000" },
        ])
        expectBytes(await publicKey(), RFC6979_PUBLIC_KEY_HEX)
        written = scripted([
            { sent: READ_KEY, answered: "6147" },
            { sent: "01c0000047", answered: "6c48" },
            { sent: "01c0000048", answered: KEY_DATA + "9000" },
        ])
        expectBytes(await publicKey(), RFC6979_PUBLIC_KEY_HEX)
        written = scripted([
            { sent: READ_KEY, answered: "6c47" },
            { sent: "81cd00000385010147", answered: "6c46" },
        ])
        await expectIdentityFault("refused", "6C46", publicKey)
        expect(written.left.length).toBe(0)
    })

    test("a public key that is cut off, of another form or of another curve is garbled", async () => {
        const wrong = [
            "",
            "34",
            "3445",
            KEY_DATA.slice(0, 140),
            "3545" + KEY_DATA.slice(4),
            "34454a43864104" + RFC6979_PUBLIC_KEY_HEX,
            "34454943854104" + RFC6979_PUBLIC_KEY_HEX,
            // Compressed, and with the mark of a point of infinity.
            "34254923862103" + RFC6979_PUBLIC_KEY_HEX.slice(0, 64),
            "34454943864100" + RFC6979_PUBLIC_KEY_HEX,
            "3465496386610400" + RFC6979_PUBLIC_KEY_HEX + RFC6979_PUBLIC_KEY_HEX.slice(0, 62),
            // The inner fields reach beyond the outer.
            "34444943864104" + RFC6979_PUBLIC_KEY_HEX,
            "34454942864104" + RFC6979_PUBLIC_KEY_HEX,
        ]
        for (const data of wrong) {
            scripted([{ sent: READ_KEY, answered: data + "9000" }])
            await expectIdentityFault("garbled", "", publicKey)
        }
    })

    test("without the applet it says to ask for one, and closes its channel", async () => {
        applet.aid = hex`a0000000871002`
        await expectIdentityFault("noApplet", "ask its issuer", publicKey)
        expect(card.openChannels()).toBe(0)
        expect(card.heard.join()).toBe([OPEN, SELECT, CLOSE].join())
    })

    test("an applet without a key says how to make one, and closes its channel", async () => {
        applet.publicKey = undefined
        await expectIdentityFault("noKey", "generateKeyPair()", publicKey)
        await expectIdentityFault("noKey", "generateKeyPair()", sign)
        applet.personalise()
        applet.keyId = hex`02`
        await expectIdentityFault("noKey", "no key 01", publicKey)
        await expectIdentityFault("noKey", "no key 01", sign)
        const make = async () => await identity.generateKeyPair()
        await expectIdentityFault("noKey", "ask the SIM's issuer", make)
        expect(card.openChannels()).toBe(0)
    })

    test("keys and applets of another issuer are found under their own names", async () => {
        applet.aid = hex`a00000003053f1240177010149534100`
        applet.keyId = hex`0105`
        identity = new IotSafeIdentity(lines, {
            aid: hex`a00000003053f12401770101495341`,
            privateKeyId: hex`0105`,
            publicKeyId: hex`0105`,
        })
        expectBytes(await publicKey(), RFC6979_PUBLIC_KEY_HEX)
        expectBytes(await sign(), RFC6979_SIGNED[0].signatureHex)
    })

    test("when no channel is left it says so, whatever status the SIM has for it", async () => {
        card.channelsMax = 1
        await expectIdentityFault("busy", "6A81", publicKey)
        expect(card.heard.join()).toBe(OPEN)
        for (const status of ["6881", "6a84"]) {
            identity = new IotSafeIdentity(
                new ModemLines(new Modem(new ScriptedCard([{ sent: OPEN, answered: status }])))
            )
            await expectIdentityFault("busy", "AT+CFUN=1,1", publicKey)
        }
    })

    test("a number that is none of a channel is garbled", async () => {
        for (const answered of ["9000", "009000", "149000", "01029000"]) {
            const written = new ScriptedCard([{ sent: OPEN, answered }])
            identity = new IotSafeIdentity(new ModemLines(new Modem(written)))
            await expectIdentityFault("garbled", "channel", publicKey)
        }
    })

    test("the class byte of a channel is that of TS 102 221: up to 3 one way, from 4 to 19 another", async () => {
        expect(classOf(1)).toBe(0x01)
        expect(classOf(3)).toBe(0x03)
        expect(classOf(4)).toBe(0x40)
        expect(classOf(19)).toBe(0x4f)
        const written = new ScriptedCard([
            { sent: OPEN, answered: "059000" },
            { sent: "41a4040007a0000005590010", answered: "9000" },
            { sent: "c1cd00000385010100", answered: "6147" },
            { sent: "41c0000047", answered: KEY_DATA + "9000" },
            { sent: "0070800500", answered: "9000" },
        ])
        identity = new IotSafeIdentity(new ModemLines(new Modem(written)))
        expectBytes(await publicKey(), RFC6979_PUBLIC_KEY_HEX)
        expect(written.left.length).toBe(0)
    })

    test("the channels of others are left alone", async () => {
        expectBytes(card.transmit(hex`0070000001`), "019000")
        expectBytes(await publicKey(), RFC6979_PUBLIC_KEY_HEX)
        expect(card.heard[card.heard.length - 1]).toBe("0070800200")
        expect(card.openChannels()).toBe(1)
    })

    test("what was signed is given back even when the channel cannot be closed", async () => {
        const { digestHex, signatureHex } = RFC6979_SIGNED[0]
        const written = scripted([
            { sent: "812a010100", answered: "9000" },
            { sent: "812a00010d840101a1010391020001920104", answered: "9000" },
            { sent: `812b8001229e20${digestHex}00`, answered: `330040${signatureHex}9000` },
        ])
        written.left.pop()
        expectBytes(await sign(), signatureHex)
    })

    test("statuses are named, and those that need it say what to do", async () => {
        const faults: string[][] = [
            ["6982", "locked", "AT+CPIN"],
            ["6984", "busy", "administered"],
            ["6989", "busy", "administered"],
            ["9300", "busy", "try again"],
            ["6700", "refused", "status 6700"],
            ["6a80", "refused", "status 6A80"],
            ["6d00", "refused", "status 6D00"],
            ["6985", "noKey", "6985"],
            ["6a88", "noKey", "6A88"],
        ]
        for (const one of faults) {
            scripted([{ sent: READ_KEY, answered: one[0] }])
            await expectIdentityFault(one[1], one[2], publicKey)
        }
        for (const status of [0x9000, 0x9140, 0x9200, 0x63cf]) expect(isDone(status)).toBe(true)
        for (const status of [0x6300, 0x9300, 0x9001, 0x6100, 0]) expect(isDone(status)).toBe(false)
    })

    test("a session that a node left open when its power failed is closed first", async () => {
        // The SIM keeps its power with the modem, so a session need not end with the node.
        applet.forgetsSessions = false
        card.transmit(hex`0070000001`)
        card.transmit(hex`01a4040007a0000005590010`)
        const init = hex`812a00010d840101a1010391020001920104`
        expectBytes(card.transmit(init), "9000")
        expectBytes(card.transmit(init), "6985")
        expectBytes(await sign(), RFC6979_SIGNED[0].signatureHex)
        expectBytes(await sign(), RFC6979_SIGNED[0].signatureHex)
    })

    test("a modem that is silent is an end within 10 s, and afterwards all is well", async () => {
        modem.isSilent = true
        await expectIdentityFault("noAnswer", "baud rate", publicKey)
        expect(lines.clock.now).toBe(10_000)
        modem.isSilent = false
        expectBytes(await publicKey(), RFC6979_PUBLIC_KEY_HEX)
    })

    test("a SIM that is locked is told of, and signs once it is unlocked", async () => {
        modem.sim = "SIM PIN required"
        await expectIdentityFault("locked", 'AT+CPIN="<PIN>"', sign)
        modem.sim = "ready"
        expectBytes(await sign(), RFC6979_SIGNED[0].signatureHex)
    })

    test("what is no buffer is not signed", async () => {
        await expectIdentityFault("notBytes", "message", async () => await identity.sign(undefined))
        expect(modem.heard.length).toBe(0)
    })

    test("two fibers that sign at once take turns", async () => {
        identity = new IotSafeIdentity(new ModemLines(modem, new SharingClock()))
        const done: string[] = []
        const work = async (message: string) => {
            done.push((await identity.sign(Buffer.from(message))).toString("hex"))
        }
        work.start("sample")
        work.start("test")
        for (let turns = 0; done.length < 2 && turns < 1000; ++turns) await ds.sleep(1)
        expect(done[0]).toBe(RFC6979_SIGNED[0].signatureHex)
        expect(done[1]).toBe(RFC6979_SIGNED[1].signatureHex)
        expect(card.heard.filter(one => one === OPEN || one === CLOSE).join()).toBe(
            [OPEN, CLOSE, OPEN, CLOSE].join()
        )
    })

    test("a command has its lengths where TS 102 221 has them", () => {
        expectBytes(apdu(0, { ins: 0x70, p1: 0x80, p2: 1 }), "0070800100")
        expectBytes(apdu(1, { ins: 0xc0, p1: 0, p2: 0, le: 0 }), "01c0000000")
        expectBytes(apdu(1, { ins: 0xa4, p1: 4, p2: 0, data: hex`a0b0` }), "01a4040002a0b0")
        expectBytes(apdu(0x81, { ins: 0xb0, p1: 1, p2: 2, data: hex`a0`, le: 3 }), "81b0010201a003")
        expect(apdu(0, { ins: 0, p1: 0, p2: 0, data: Buffer.alloc(255), le: 0 }).length).toBe(261)
        let message = ""
        try {
            apdu(0, { ins: 0, p1: 0, p2: 0, data: Buffer.alloc(256) })
        } catch (e) {
            message = (e as Error).message
        }
        expect(message).toBe("256 bytes in a command")
    })

    test("fields are found by their tags, with lengths of one to three bytes", async () => {
        expectBytes(field(0x84, hex`0102`), "84020102")
        expectBytes(valueOf(hex`8401aa 8502bbcc`, 0x85), "bbcc")
        expectBytes(valueOf(hex`8400 8501bb`, 0x84), "")
        const long = Buffer.alloc(203)
        long[0] = 0x34
        long[1] = 0x81
        long[2] = 200
        expect(valueOf(long, 0x34).length).toBe(200)
        const longer = Buffer.alloc(304)
        longer[0] = 0x34
        longer[1] = 0x82
        longer[2] = 1
        longer[3] = 44
        expect(valueOf(longer, 0x34).length).toBe(300)
        for (const cut of [
            hex`85`,
            hex`8502bb`,
            hex`8581`,
            hex`858101`,
            hex`858200`,
            hex`85820001`,
            hex`8401`,
            hex`8580`,
            hex`8583000001bb`,
            hex`85ff`,
        ])
            await expectCutOff(cut)
        await expectIdentityFault("garbled", "no field 85", async () => valueOf(hex`840185`, 0x85))
        await expectIdentityFault("garbled", "no field 85", async () => valueOf(hex``, 0x85))
    })
})
