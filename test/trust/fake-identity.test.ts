import { describe, expect, test } from "../suite"
import { IdentityError, IdentityProvider } from "../../src/trust/identity"
import { expectBytes } from "../expect"
import { FakeIdentity } from "./fake-identity"

describe("fake identity", () => {
    test("it signs until it is told not to, and remembers what", async () => {
        const fake = new FakeIdentity()
        const identity: IdentityProvider = fake
        expect((await identity.sign(hex`01`)).length).toBe(32)
        expect(await identity.remaining()).toBe(31)
        expectBytes(fake.signed[0], "01")
        expectBytes(await identity.random(3), "010203")
        fake.fault = "store"
        let fault: string
        try {
            await identity.sign(hex`02`)
        } catch (e) {
            fault = (e as IdentityError).fault
        }
        expect(fault).toBe("store")
        expect(fake.signed.length).toBe(1)
    })
})
