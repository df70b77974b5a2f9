/**
 * An identity in a SIM whose modem gives, once in each round, an answer that none should: shortened, mixed up, made up. It must end with
 * a value or an IdentityError, in bounded time, and be well again in the next call. What it finds it prints.
 */
import * as ds from "@devicescript/core"
import { IotSafeApplet } from "../../sim/parts/iot-safe-applet"
import { Modem } from "../../sim/parts/modem"
import { Uicc } from "../../sim/parts/uicc"
import { IdentityError } from "../../src/trust/identity"
import { Csim } from "../../src/trust/iot-safe/csim"
import { IotSafeIdentity } from "../../src/trust/iot-safe/iot-safe-identity"
import { FakeClock } from "../fakes"
import { ModemLines } from "./modem-lines"
import { RecordedP256 } from "../drivers/recorded-p256"
import { RFC6979_PUBLIC_KEY_HEX } from "./rfc6979-key"

/** Of one exchange, and of all that a call takes: the latter are ten times as long. */
const EXCHANGES = 4000
const CALLS = 1000
const SEED = 20191203
/** An answer that does not come, and then a channel that cannot be closed: twice 10 s, and what goes before. */
const CALL_MS_MAX = 25_000
const LENGTHS = [64, 64, 40, 50]
/** What answers are made of, and what they are ended by. */
const PIECES = [
    "\r\n",
    "OK",
    "\r\nOK\r\n",
    "ERROR",
    "+CME ERROR: 11",
    "+CME ERROR: ",
    "+CSIM: ",
    '+CSIM: 4,"9000"',
    '+CSIM: 4,"6147"',
    '+CSIM: 4,"6100"',
    '+CSIM: 4,"6C00"',
    '+CSIM: 6,"019000"',
    '"',
    ",",
    "9000",
    "61",
    "-1",
    "1e9",
    "\u0000",
    "\u00e9",
]

let state = SEED

/** 0..below-1, from xorshift32. */
function draw(below: number): number {
    state ^= state << 13
    state ^= state >>> 17
    state ^= state << 5
    return (state >>> 1) % below
}

function mutated(answer: string): string {
    const from = draw(answer.length + 1)
    const to = Math.min(answer.length, from + draw(12))
    const piece = PIECES[draw(PIECES.length)]
    switch (draw(7)) {
        case 0:
            return answer.slice(0, from)
        case 1:
            return answer.slice(from)
        case 2:
            return answer.slice(0, from) + answer.slice(to)
        case 3:
            return answer.slice(0, from) + piece + answer.slice(to)
        case 4:
            return answer.slice(0, from) + String.fromCharCode(draw(128)) + answer.slice(from + 1)
        case 5:
            return answer.slice(0, to) + answer.slice(from)
        default:
            return piece + PIECES[draw(PIECES.length)] + answer.slice(from) + piece
    }
}

async function call(identity: IotSafeIdentity, which: number): Promise<Buffer> {
    switch (which) {
        case 0:
            return await identity.publicKey()
        case 1:
            return await identity.sign(Buffer.from("sample"))
        case 2:
            return await identity.random(40)
        default:
            return await identity.readFile(hex`02`, 50)
    }
}

let values = 0
let faults = 0
let longestMs = 0
let untilGarbled = 0

function garbleOnce(answer: string): string {
    untilGarbled--
    return untilGarbled === 0 ? mutated(answer) : answer
}

/** Counts how a call ended. @returns what is wrong with that, or nothing */
async function ended(clock: FakeClock, body: () => Promise<string>): Promise<string> {
    let wrong = ""
    try {
        wrong = await body()
        values++
    } catch (e) {
        if (!(e instanceof IdentityError)) return (e as Error).message
        faults++
    }
    if (clock.now > longestMs) longestMs = clock.now
    untilGarbled = 0
    return clock.now > CALL_MS_MAX ? `${clock.now} ms` : wrong
}

async function exchangeRound(): Promise<string> {
    const modem = new Modem(new Uicc([]))
    modem.garble = garbleOnce
    const lines = new ModemLines(modem)
    const csim = new Csim(lines)
    untilGarbled = 1
    const wrong = await ended(lines.clock, async () => {
        const answer = await csim.exchange(hex`00a4040002a000`)
        return answer.length >= 2 ? "" : "no status"
    })
    const again = (await csim.exchange(hex`00a4040002a000`)).toString("hex")
    return again === "6a82" ? wrong : again
}

async function callRound(): Promise<string> {
    const applet = new IotSafeApplet(new RecordedP256())
    applet.personalise()
    applet.files.push({ id: hex`02`, content: Buffer.alloc(50) })
    const modem = new Modem(new Uicc([applet]))
    modem.garble = garbleOnce
    const lines = new ModemLines(modem)
    const identity = new IotSafeIdentity(lines)
    const which = draw(4)
    untilGarbled = 1 + draw(9)
    const wrong = await ended(lines.clock, async () => {
        const value = await call(identity, which)
        return value.length === LENGTHS[which] ? "" : `${value.length} bytes`
    })
    const key = await identity.publicKey()
    return key.toString("hex") === RFC6979_PUBLIC_KEY_HEX ? wrong : "another key"
}

for (let n = 0; n < EXCHANGES + CALLS; ++n) {
    const before = state
    let wrong: string
    try {
        wrong = n < EXCHANGES ? await exchangeRound() : await callRound()
    } catch (e) {
        wrong = `not well again: ${(e as Error).message}`
    }
    if (wrong !== "") console.log(`WRONG in round ${n}, state ${before}: ${wrong}`)
}
console.log(`seed ${SEED}: ${values} values, ${faults} faults, ${longestMs} ms`)
ds.restart()
