/**
 * The bridge from I2C to a UART against the simulated part, and lines to a modem through both. A character of 8N1 is ten bits: 1.04 ms
 * at 9,600 baud.
 */
import * as ds from "@devicescript/core"
import { beforeEach, describe, expect, test } from "../suite"
import { IotSafeApplet } from "../../sim/parts/iot-safe-applet"
import { Modem } from "../../sim/parts/modem"
import { SimSc16is750 } from "../../sim/parts/sc16is750"
import { SerialModem } from "../../sim/parts/serial-modem"
import { Uicc } from "../../sim/parts/uicc"
import { LineError, Sc16is750 } from "../../src/drivers/sc16is750"
import { IotSafeIdentity } from "../../src/trust/iot-safe/iot-safe-identity"
import { Sc16is750Transport } from "../../src/trust/iot-safe/sc16is750-transport"
import { expectBytes, expectFault } from "../expect"
import { FakeClock, FakeI2C } from "../fakes"
import { expectIdentityFault } from "../trust/expect-identity-fault"
import { RecordedP256 } from "./recorded-p256"
import { RFC6979_PUBLIC_KEY_HEX, RFC6979_SIGNED } from "../trust/rfc6979-key"
import { Listener } from "./listener"
import { Stranger } from "./stranger"
import { Watched } from "./watched"

const TXLVL = 0x40

/** A node that does something else for a while, once. */
class BusyClock extends FakeClock {
    busyMs = 0
    override async delay(ms: number): Promise<void> {
        this.now += ms + this.busyMs
        this.busyMs = 0
        await ds.sleep(0)
    }
}

let clock: BusyClock
let part: SimSc16is750
let bus: FakeI2C
let card: Uicc
let modem: Modem
let far: SerialModem
let uart: Sc16is750
let transport: Sc16is750Transport

async function send(text: string): Promise<void> {
    const bytes = Buffer.from(text)
    expect(await uart.write(bytes, 0)).toBe(bytes.length)
}

async function expectLineError(says: string): Promise<void> {
    let message = ""
    try {
        await uart.read()
    } catch (e) {
        if (!(e instanceof LineError)) throw e
        message = (e as Error).message
    }
    expect(message.includes(says)).toBe(true)
}

function letters(count: number): string {
    return Buffer.alloc(count).toString("hex").slice(0, count)
}

/** It cannot be made. */
function refuses(baud: number, crystalHertz: number): boolean {
    try {
        new Sc16is750(bus, clock, baud, 0x48, crystalHertz)
    } catch (e) {
        return (e as Error).message.includes(`gives no ${baud} baud`)
    }
    return false
}

describe("sc16is750", () => {
    beforeEach(() => {
        clock = new BusyClock()
        const applet = new IotSafeApplet(new RecordedP256())
        applet.personalise()
        card = new Uicc([applet])
        modem = new Modem(card)
        far = new SerialModem(modem)
        part = new SimSc16is750(clock, () => ({}))
        part.device = far
        bus = new FakeI2C([part])
        uart = new Sc16is750(bus, clock)
        transport = new Sc16is750Transport(uart)
    })

    test("start sets 9,600 baud from 14.7456 MHz, 8N1, FIFOs on and empty", async () => {
        const listener = new Listener(part)
        bus.parts = [listener]
        await uart.start()
        // 14,745,600 / 16 / 9,600 is 96.
        expect(listener.heard).toBe(
            "w3855 w38 r1 w38aa w38 r1 w1880 w0060 w0800 w1803 w1005 w1003 w28 r1"
        )
        expect(clock.now).toBe(1)
    })

    test("the divisor is the datasheet's, crystal / 16 / baud, for other rates and crystals", async () => {
        const rates: number[][] = [
            [115_200, 14_745_600, 8],
            [300, 14_745_600, 3072],
            [115_200, 1_843_200, 1],
            [9600, 1_843_200, 12],
            // 12 MHz / 16 / 9,600 is 78.1: 0.16 % off
            [9600, 12_000_000, 78],
        ]
        for (const rate of rates) {
            uart = new Sc16is750(bus, clock, rate[0], 0x48, rate[1])
            await uart.start()
            part.write(hex`1880`)
            part.write(hex`00`)
            const low = part.read(1)[0]
            part.write(hex`08`)
            expect((part.read(1)[0] << 8) | low).toBe(rate[2])
        }
    })

    test("a rate that the crystal does not give is refused", () => {
        expect(refuses(230_400, 1_843_200)).toBe(true)
        expect(refuses(115_200, 12_000_000)).toBe(true)
        expect(refuses(1, 14_745_600)).toBe(true)
        expect(refuses(1_000_000_000, 14_745_600)).toBe(true)
        expect(refuses(19_200, 12_000_000)).toBe(false)
    })

    test("characters arrive one by one, each after its ten bits", async () => {
        await uart.start()
        far.tell("RING", clock.now)
        clock.now += 3
        expectBytes(await uart.read(), "5249")
        expectBytes(await uart.read(), "")
        clock.now += 2
        expectBytes(await uart.read(), "4e47")
    })

    test("64 characters are taken at once, and more when there is room", async () => {
        await uart.start()
        modem.isEchoing = false
        const bytes = Buffer.from(letters(70))
        expect(await uart.write(bytes, 0)).toBe(64)
        expect(await uart.write(bytes, 64)).toBe(0)
        clock.now += 4
        expect(await uart.write(bytes, 64)).toBe(3)
        clock.now += 100
        expect(await uart.write(bytes, 67)).toBe(3)
        expect(part.lost).toBe(0)
    })

    test("64 characters are kept; the one after that is lost, and told of once", async () => {
        await uart.start()
        far.tell(letters(64), clock.now)
        clock.now += 100
        expect((await uart.read()).length).toBe(64)
        far.tell(letters(65), clock.now)
        clock.now += 100
        await expectLineError("lost at 9600 baud")
        expect(part.lost).toBe(1)
        far.tell("A", clock.now)
        clock.now += 2
        expectBytes(await uart.read(), "41")
    })

    test("what is dropped is gone, and so is what was said of it", async () => {
        await uart.start()
        far.tell(letters(80), clock.now)
        clock.now += 100
        await uart.drop()
        expectBytes(await uart.read(), "")
        far.tell("A", clock.now)
        clock.now += 2
        expectBytes(await uart.read(), "41")
    })

    test("a modem at another rate is heard as noise, and hears nothing", async () => {
        await uart.start()
        far.baud = 115_200
        far.tell("RING", clock.now)
        clock.now += 10
        await expectLineError("not at 9600 baud")
        await send("AT\r")
        clock.now += 100
        expect(modem.heard.length).toBe(0)
    })

    test("a line goes out with its carriage return, and its answer comes back", async () => {
        await transport.writeLine("AT+CPIN?")
        // The echo is a line as any other.
        expect(await transport.readLine(1000)).toBe("AT+CPIN?")
        expect(await transport.readLine(1000)).toBe("+CPIN: READY")
        expect(await transport.readLine(1000)).toBe("OK")
        expect(modem.heard.join()).toBe("AT+CPIN?")
    })

    test("no line within its time is none, and that time is kept", async () => {
        modem.isSilent = true
        await transport.writeLine("AT")
        const startMs = clock.now
        expect((await transport.readLine(1000)) === undefined).toBe(true)
        expect(clock.now - startMs >= 1000 && clock.now - startMs <= 1016).toBe(true)
    })

    test("half a line is none until the rest has come", async () => {
        modem.isEchoing = false
        await transport.writeLine("")
        far.tell("+CSIM: 4,", clock.now)
        expect((await transport.readLine(50)) === undefined).toBe(true)
        far.tell('"9000"\r\nOK\r\n', clock.now)
        expect(await transport.readLine(50)).toBe('+CSIM: 4,"9000"')
        expect(await transport.readLine(50)).toBe("OK")
    })

    test("a line of 300 characters, longer than both FIFOs, is echoed whole and answered", async () => {
        const line = `AT+CSIM=284,"81${letters(282)}"`
        await transport.writeLine(line)
        expect(await transport.readLine(1000)).toBe(line)
        expect(await transport.readLine(1000)).toBe('+CSIM: 4,"6881"')
        expect(part.lost).toBe(0)
    })

    test("a line of 600 characters is read, one of 601 is garbled, and the one after it is there", async () => {
        modem.isEchoing = false
        await transport.writeLine("")
        far.tell(`${letters(600)}\r\n`, clock.now)
        expect((await transport.readLine(2000)).length).toBe(600)
        far.tell(`${letters(601)}\r\nOK\r\n`, clock.now)
        const read = async () => await transport.readLine(2000)
        await expectIdentityFault("garbled", "600 characters", read)
        far.tell("OK\r\n", clock.now)
        expect(await transport.readLine(1000)).toBe("OK")
    })

    test("what the modem told while nobody listened is no part of an answer", async () => {
        await transport.writeLine("AT+CPIN?")
        for (const line of ["AT+CPIN?", "+CPIN: READY", "OK"])
            expect(await transport.readLine(1000)).toBe(line)
        for (let calls = 0; calls < 20; ++calls) far.tell("\r\nRING\r\n", clock.now)
        clock.now += 1000
        await transport.writeLine("AT+CPIN?")
        expect(await transport.readLine(1000)).toBe("AT+CPIN?")
        expect(part.lost > 0).toBe(true)
    })

    test("a node that looked away for too long says that characters were lost, and goes on", async () => {
        const identity = new IotSafeIdentity(transport)
        // 64 characters take 66 ms, and it looks every 16.
        clock.busyMs = 45
        expectBytes(await identity.publicKey(), RFC6979_PUBLIC_KEY_HEX)
        await transport.writeLine("")
        far.tell(letters(80), clock.now)
        clock.busyMs = 200
        const read = async () => await transport.readLine(1000)
        await expectIdentityFault("garbled", "choose a lower rate", read)
        expectBytes(await identity.publicKey(), RFC6979_PUBLIC_KEY_HEX)
    })

    test("an absent bridge does not answer; when it is back without its settings it is set up again", async () => {
        const identity = new IotSafeIdentity(transport)
        expectBytes(await identity.publicKey(), RFC6979_PUBLIC_KEY_HEX)
        bus.parts = []
        const read = async () => await identity.publicKey()
        await expectIdentityFault("noAnswer", "sc16is750: bus", read)
        const again = new SimSc16is750(clock, () => ({}))
        again.device = far
        bus.parts = [again]
        expectBytes(await identity.publicKey(), RFC6979_PUBLIC_KEY_HEX)
    })

    test("a bridge that stops sending is given up after 5 s", async () => {
        await uart.start()
        bus.parts = [new Watched(part, TXLVL, bytes => (bytes[0] = 0))]
        const write = async () => await transport.writeLine("AT")
        await expectIdentityFault("noAnswer", "sends nothing", write)
        expect(clock.now >= 5000 && clock.now < 5100).toBe(true)
    })

    test("another part at the address is told from it, even one that answers zeros", async () => {
        for (const byte of [0x00, 0x55, 0xff]) {
            bus.parts = [new Stranger(0x48, byte)]
            await expectFault("identity", async () => await uart.start())
        }
        bus.parts = []
        await expectFault("bus", async () => await uart.start())
    })

    test("it speaks to the address it was given, 0x48 by default", async () => {
        bus.parts = [new SimSc16is750(clock, () => ({}), 0x4d)]
        await expectFault("bus", async () => await uart.start())
        await new Sc16is750(bus, clock, 9600, 0x4d).start()
    })

    test("a SIM signs over the wire, in less than 2 s", async () => {
        const identity = new IotSafeIdentity(transport)
        const { message, signatureHex } = RFC6979_SIGNED[0]
        expectBytes(await identity.sign(Buffer.from(message)), signatureHex)
        expect(clock.now < 2000).toBe(true)
        expect(part.lost).toBe(0)
        expect(card.openChannels()).toBe(0)
    })

    test("a SIM signs at 115,200 baud too, when nothing else keeps the node", async () => {
        far.baud = 115_200
        uart = new Sc16is750(bus, clock, 115_200)
        const identity = new IotSafeIdentity(new Sc16is750Transport(uart))
        expectBytes(await identity.sign(Buffer.from("test")), RFC6979_SIGNED[1].signatureHex)
        expect(part.lost).toBe(0)
    })

    test("a modem at another rate than the bridge is an end within 25 s", async () => {
        far.baud = 115_200
        const identity = new IotSafeIdentity(transport)
        const read = async () => await identity.publicKey()
        await expectIdentityFault("noAnswer", "at this baud rate", read)
        expect(clock.now < 25_000).toBe(true)
        far.tell("\r\nRING\r\n", clock.now)
        await expectIdentityFault("noAnswer", "at this baud rate", read)
    })

    test("the simulated part is empty at first, and refuses registers that are only read or not there", () => {
        part.write(hex`40`)
        expectBytes(part.read(1), "40")
        part.write(hex`28`)
        expectBytes(part.read(1), "60")
        expect(part.write(hex`4000`)).toBe(false)
        expect(part.write(hex`2800`)).toBe(false)
        expect(part.write(hex`0241`)).toBe(false)
    })
})
