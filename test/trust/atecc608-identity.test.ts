/** The identity in a secure element against the simulated part, with the one key that RFC 6979 shows. */
import { beforeEach, describe, expect, test } from "../suite"
import { SimAtecc608 } from "../../sim/parts/atecc608"
import { Atecc608Identity } from "../../src/trust/atecc608/identity"
import { IdentityProvider } from "../../src/trust/identity"
import {
    PUBLIC_KEY,
    RecordedP256,
    SAMPLE_SIGNATURE,
    TEST_SIGNATURE,
} from "../drivers/recorded-p256"
import { expectBytes } from "../expect"
import { FakeClock, FakeI2C } from "../fakes"
import { expectIdentityFault } from "./expect-identity-fault"

let part: SimAtecc608
let bus: FakeI2C
let clock: FakeClock
let identity: IdentityProvider

async function expectEachFault(fault: string, told: string): Promise<void> {
    await expectIdentityFault(fault, told, async () => await identity.publicKey())
    await expectIdentityFault(fault, told, async () => await identity.sign(hex`01`))
    await expectIdentityFault(fault, told, async () => await identity.random(1))
}

describe("atecc608 identity", () => {
    beforeEach(() => {
        clock = new FakeClock()
        part = new SimAtecc608(clock, new RecordedP256())
        part.provision()
        bus = new FakeI2C([part])
        identity = new Atecc608Identity(bus, clock)
    })

    test("it signs the SHA-256 of messages as RFC 6979 has them, without limit", async () => {
        expect(identity.algorithm).toBe("ES256")
        expectBytes(await identity.publicKey(), PUBLIC_KEY)
        expectBytes(await identity.sign(Buffer.from("sample")), SAMPLE_SIGNATURE)
        expectBytes(await identity.sign(Buffer.from("test")), TEST_SIGNATURE)
        expect(await identity.remaining()).toBe(-1)
    })

    test("it draws as many random bytes as it is asked for, 32 from the chip at a time", async () => {
        // The engine counts; the serial number took six.
        expectBytes(await identity.random(3), "070809")
        const many = await identity.random(70)
        expect(many.length).toBe(70)
        expect(many[0]).toBe(39)
        expect(many[31]).toBe(70)
        expect(many[32]).toBe(71)
        expect(many[69]).toBe(108)
        expect((await identity.random(0)).length).toBe(0)
    })

    test("a chip that is not locked is refused by name, whatever is asked of it, and stays as it was", async () => {
        part = new SimAtecc608(clock, new RecordedP256())
        bus.parts = [part]
        const configuration = part.eeprom.configuration.toString("hex")
        await expectEachFault("notProvisioned", "provision-se")
        for (const lock of [87, 86]) {
            part.eeprom.configuration[lock] = 0
            await expectEachFault("notProvisioned", "provision-se")
            part.eeprom.configuration[lock] = 0x55
        }
        expectBytes(part.eeprom.configuration, configuration)
        expect(part.eeprom.keys[0] === undefined).toBe(true)
        part.provision()
        expectBytes(await identity.publicKey(), PUBLIC_KEY)
    })

    test("a chip whose key slot is not locked is refused: its key could be replaced", async () => {
        part.eeprom.configuration[88] = 0xff
        await expectEachFault("notProvisioned", "provision-se")
    })

    test("a chip that was locked for another purpose is refused, and nobody is sent to lock it", async () => {
        // Each byte that has to be right.
        for (const at of [18, 19, 20, 21, 68, 69, 70, 71, 96, 97]) {
            part.eeprom.configuration[at] ^= 1
            await expectIdentityFault(
                "notProvisioned",
                "another chip",
                async () => await identity.publicKey()
            )
            part.eeprom.configuration[at] ^= 1
        }
        part.eeprom.configuration[20] = 0x8f
        part.eeprom.configuration[86] = 0x55
        await expectEachFault("notProvisioned", "another chip")
    })

    test("a chip that is not there, or is another, is told as the chip's fault, and asked again", async () => {
        bus.parts = []
        await expectEachFault("chip", "atecc608: bus:")
        bus.parts = [part]
        part.revision = [0, 0, 0x50, 0]
        await expectEachFault("chip", "atecc608: identity:")
        part.revision = [0, 0, 0x60, 2]
        expectBytes(await identity.publicKey(), PUBLIC_KEY)
        bus.parts = []
        await expectIdentityFault("chip", "bus", async () => await identity.sign(hex`01`))
    })

    test("what is no buffer is not signed, and nothing is the worse for it", async () => {
        const text: any = "text"
        await expectIdentityFault("notBytes", "", async () => await identity.sign(text))
        await expectIdentityFault("notBytes", "", async () => await identity.sign(undefined))
        expectBytes(await identity.sign(Buffer.from("sample")), SAMPLE_SIGNATURE)
    })
})
