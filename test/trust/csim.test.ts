/** Bytes to the SIM and back: every form of answer that a modem may give, and every form that none should. */
import { beforeEach, describe, expect, test } from "../suite"
import { Modem } from "../../sim/parts/modem"
import { Csim } from "../../src/trust/iot-safe/csim"
import { expectBytes } from "../expect"
import { expectIdentityFault } from "./expect-identity-fault"
import { ModemLines } from "./modem-lines"
import { ScriptedCard } from "./scripted-card"

const SELECT = hex`01a4040007a0000005590010`
/** With it asked for by number, as `prepare` does. */
const NUMBERS = 1
const WORDS = 2

let modem: Modem
let lines: ModemLines
let csim: Csim

async function exchange(): Promise<Buffer> {
    return await csim.exchange(SELECT)
}

/** In place of its answer. */
function modemSays(answer: string): void {
    modem.garble = () => answer
}

async function expectGarbled(answer: string, says: string): Promise<void> {
    modemSays(answer)
    await expectIdentityFault("garbled", says, exchange)
}

describe("csim", () => {
    beforeEach(() => {
        const line = { sent: "01a4040007a0000005590010", answered: "6f0a9000" }
        modem = new Modem(new ScriptedCard([line, line]))
        lines = new ModemLines(modem)
        csim = new Csim(lines)
    })

    test("an APDU goes out in upper-case hex, after the number of its characters", async () => {
        await exchange()
        expect(modem.heard.join()).toBe('AT+CSIM=24,"01A4040007A0000005590010"')
    })

    test("an answer comes back with its status, in quotation marks or without, in either case", async () => {
        expectBytes(await exchange(), "6f0a9000")
        modem.isQuoting = false
        modem.isLowerCase = true
        expectBytes(await exchange(), "6f0a9000")
        modemSays('\r\n+CSIM:8,"6F0a9000"\r\nOK\r\n')
        expectBytes(await exchange(), "6f0a9000")
    })

    test("echo, and what the modem tells by itself before and within an answer, are passed over", async () => {
        modem.unsolicited = ["+CREG: 1", "RING", "+CSQ: 20,99", "OKAY", "ERRORS", "+CSIMX"]
        expectBytes(await exchange(), "6f0a9000")
        modem.isEchoing = false
        modemSays('\r\n+CSIM: 4,"9000"\r\n\r\n+CREG: 5\r\n\r\nOK\r\n')
        expectBytes(await exchange(), "9000")
    })

    test("before a session the echo is turned off, and errors are asked for by number", async () => {
        await csim.prepare()
        expect(modem.heard.join()).toBe("ATE0V1,AT+CMEE=1")
        expect(modem.isEchoing).toBe(false)
        expect(modem.errorMode).toBe(NUMBERS)
    })

    test("a modem that has no numbers for its errors will do", async () => {
        modem.knowsCmee = false
        await csim.prepare()
        expectBytes(await exchange(), "6f0a9000")
    })

    test("a length that is not the number of characters is garbled", async () => {
        for (const length of ["6", "10", "2", "-8", "x", ""])
            await expectGarbled(`\r\n+CSIM: ${length},"6F0A9000"\r\n\r\nOK\r\n`, "says otherwise")
    })

    test("what is no hex, or an odd number of digits of it, is garbled", async () => {
        for (const text of [
            '7,"6F0A900"',
            '8,"6F0A90G0"',
            '8,"6F 0A900',
            '8,6F0A9000"',
            '8"6F0A9000"',
        ])
            await expectGarbled(`\r\n+CSIM: ${text}\r\n\r\nOK\r\n`, "no hex")
        await expectGarbled('\r\n+CSIM: 8,"6F0A\r\n9000"\r\n\r\nOK\r\n', "no hex")
    })

    test("an answer too short for a status is garbled", async () => {
        await expectGarbled('\r\n+CSIM: 2,"90"\r\n\r\nOK\r\n', "without a status")
        await expectGarbled('\r\n+CSIM: 0,""\r\n\r\nOK\r\n', "without a status")
    })

    test("no answer, or two of them, to one command are garbled", async () => {
        await expectGarbled("\r\nOK\r\n", "no answer before it")
        await expectGarbled('\r\n+CSIM: 4,"9000"\r\n+CSIM: 4,"6F00"\r\nOK\r\n', "two answers")
    })

    test("a modem that never answers, or never ends, is given up after 10 s", async () => {
        for (const said of ["", '\r\n+CSIM: 4,"9000"\r\n', '\r\n+CSIM: 4,"90']) {
            modemSays(said)
            const startMs = lines.clock.now
            await expectIdentityFault("noAnswer", "baud rate", exchange)
            // Half a second more is the silence that is waited for after an answer that did not come.
            const tookMs = lines.clock.now - startMs
            expect(tookMs >= 10_000 && tookMs <= 10_500 + 10).toBe(true)
        }
    })

    test("an answer that takes 9 s is waited for", async () => {
        lines.lateMs = 9000
        expectBytes(await exchange(), "6f0a9000")
    })

    test("a modem that talks without end is given up after 64 lines", async () => {
        modem.isEchoing = false
        const news: string[] = []
        for (let n = 0; n < 62; ++n) news.push("RING")
        modem.unsolicited = news
        expectBytes(await exchange(), "6f0a9000")
        news.push("RING")
        await expectIdentityFault("garbled", "no OK", exchange)
    })

    test("a modem that tells something every 9 s is given up after 10 s all the same", async () => {
        modem.unsolicited = ["RING", "RING", "RING", "RING"]
        lines.lineMs = 9000
        await expectIdentityFault("noAnswer", "in time", exchange)
        expect(lines.clock.now).toBe(10_000)
    })

    test("an answer that comes too late is not taken for the next one's", async () => {
        modemSays('\r\n+CSIM: 4,"6FFF"\r\n\r\nOK\r\n')
        lines.lateMs = 10_100
        await expectIdentityFault("noAnswer", "in time", exchange)
        modem.garble = undefined
        expectBytes(await exchange(), "6f0a9000")
    })

    test("after an answer that was garbled, what is left of it is passed over", async () => {
        await expectGarbled('\r\n+CSIM: 4,"9000"\r\n+CSIM: 4,"6F00"\r\n\r\nOK\r\n', "two answers")
        modem.garble = undefined
        expectBytes(await exchange(), "6f0a9000")
    })

    test("a SIM that is locked says so, by number and in words, and how to unlock it", async () => {
        for (const mode of [NUMBERS, WORDS]) {
            modem.errorMode = mode
            modem.sim = "SIM PIN required"
            await expectIdentityFault("locked", "AT+CPIN=", exchange)
            modem.sim = "SIM PUK required"
            await expectIdentityFault("locked", "AT+CPIN=", exchange)
        }
    })

    test("a SIM that is not there, has failed or is starting says so", async () => {
        for (const mode of [NUMBERS, WORDS]) {
            modem.errorMode = mode
            modem.sim = "SIM not inserted"
            await expectIdentityFault("noSim", "put the SIM in", exchange)
            modem.sim = "SIM failure"
            await expectIdentityFault("noSim", "restart the modem", exchange)
            modem.sim = "SIM busy"
            await expectIdentityFault("busy", "try again", exchange)
        }
    })

    test("an error without a number, or with one of no meaning here, is refused", async () => {
        modem.sim = "SIM failure"
        await expectIdentityFault("refused", "AT+CPIN?", exchange)
        for (const error of [
            "+CME ERROR: 100",
            "+CME ERROR:",
            "+CME ERROR: 1x",
            "+CMS ERROR: 310",
        ]) {
            modemSays(`\r\n${error}\r\n`)
            modem.sim = "ready"
            await expectIdentityFault("refused", error, exchange)
        }
    })

    test("after an error the next exchange works, once the modem was quiet for half a second", async () => {
        modem.sim = "SIM busy"
        await expectIdentityFault("refused", "ERROR", exchange)
        modem.sim = "ready"
        const startMs = lines.clock.now
        expectBytes(await exchange(), "6f0a9000")
        const tookMs = lines.clock.now - startMs
        expect(tookMs >= 500 && tookMs < 510).toBe(true)
    })

    test("one exchange after another waits for nothing", async () => {
        await exchange()
        await exchange()
        expect(lines.clock.now < 20).toBe(true)
    })
})
