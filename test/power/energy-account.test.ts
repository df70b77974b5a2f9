import * as ds from "@devicescript/core"
import { beforeEach, describe, expect, test } from "../suite"
import { EnergyAccount } from "../../src/power/energy-account"
import { Socket, meterSockets } from "../../src/mqtt/socket"

let account: EnergyAccount

describe("energy account", () => {
    beforeEach(() => {
        account = new EnergyAccount()
    })

    test("starts with nothing used, on the chip that the runtime names", () => {
        expect(account.toText()).toBe("wasm 0 0 0 0 0")
    })

    test("the first packet of all wakes the radio", () => {
        account.onAir(0, 1, 70)
        expect(account.toText()).toBe("wasm 1 0 1 70 0")
    })

    test("packets up to 50 ms apart are one exchange, from the first to the last", () => {
        account.onAir(1000, 1, 70)
        account.onAir(1020, 1, 0)
        account.onAir(1070, 1, 4)
        expect(account.toText()).toBe("wasm 1 70 3 74 0")
    })

    test("what comes 51 ms later is another, and the pause between them is not on the air", () => {
        account.onAir(1000, 1, 70)
        account.onAir(1051, 1, 70)
        account.onAir(1055, 1, 0)
        expect(account.toText()).toBe("wasm 2 4 3 140 0")
    })

    test("packets in one millisecond are one exchange without length", () => {
        account.onAir(7, 1, 10)
        account.onAir(7, 1, 0)
        expect(account.toText()).toBe("wasm 1 0 2 10 0")
    })

    test("rounds add up", () => {
        account.awakeMs += 130
        account.awakeMs += 140
        expect(account.toText()).toBe("wasm 0 0 0 0 270")
    })

    test("counts of years are told to the last digit", () => {
        account.onAir(0, 3000000001, 4000000002)
        expect(account.toText()).toBe("wasm 1 0 3000000001 4000000002 0")
    })

    test("a connection that is tried in vain is two packets, each time", async () => {
        meterSockets(account)
        for (let i = 0; i < 2; ++i) {
            try {
                await Socket.open("127.0.0.1", 9, false, 200)
            } catch {
                // Nobody listens there.
            }
            await ds.sleep(60)
        }
        meterSockets(undefined)
        expect(account.packets).toBe(4)
        expect(account.sentBytes).toBe(0)
        expect(account.exchanges).toBe(2)
    })
})
