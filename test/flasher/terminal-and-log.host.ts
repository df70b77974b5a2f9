/** What a person types without echo, and what a board says. */
import assert from "node:assert/strict"
import { EventEmitter } from "node:events"
import fc from "fast-check"
import { test } from "node:test"
import { BoardLog } from "../../flasher/board-log"
import { FirstSteps } from "../../flasher/first-steps"
import { askSecret, Interrupted, type Terminal } from "../../flasher/secret-prompt"

const SEED = 11

class FakeTerminal extends EventEmitter {
    raw: boolean[] = []
    setRawMode(isRaw: boolean) {
        this.raw.push(isRaw)
        return this
    }
    resume() {
        return this
    }
    pause() {
        return this
    }
}

async function typed(...pieces: (string | Buffer)[]) {
    const terminal = new FakeTerminal()
    let said = ""
    const asked = askSecret("Password: ", terminal as unknown as Terminal, text => {
        // The question stands when nothing is echoed any more, and not before.
        if (said === "") assert.deepEqual(terminal.raw, [true])
        said += text
    })
    for (const piece of pieces) terminal.emit("data", Buffer.from(piece as string))
    try {
        return { secret: await asked, said, terminal }
    } catch (e) {
        return { error: e, said, terminal }
    }
}

test("a password is typed without echo, and the terminal is given back as it was", async () => {
    const { secret, said, terminal } = await typed("#1 ", `"Süß" `, "日本\r", "never read")
    assert.equal(secret, `#1 "Süß" 日本`)
    assert.equal(said, "Password: \n")
    assert.deepEqual(terminal.raw, [true, false])
    assert.equal(terminal.listenerCount("data"), 0)
})

test("backspace takes a character, Ctrl-U all of them; Enter alone is an open network", async () => {
    assert.equal((await typed("ab😀\x7f\bc\n")).secret, "ac")
    assert.equal((await typed("wrong\x15right\r")).secret, "right")
    assert.equal((await typed("\x7f\r")).secret, "")
    // A character may come in two pieces.
    const [head, tail] = [Buffer.from("é").subarray(0, 1), Buffer.from("é").subarray(1)]
    assert.equal((await typed(head, tail, "\r")).secret, "é")
})

test("Ctrl-C and Ctrl-D end the asking, with nothing written: neither is an open network", async () => {
    for (const keys of ["half\x03", "\x03", "\x04", "half\x04"]) {
        const { error, terminal } = await typed(keys)
        assert.ok(error instanceof Interrupted, "interrupted")
        assert.match(error.message, /nothing was written/)
        assert.equal(error.exitCode, 130)
        assert.deepEqual(terminal.raw, [true, false])
    }
})

function lines(...pieces: Uint8Array[]): string[] {
    const found: string[] = []
    const log = new BoardLog(line => found.push(line))
    for (const piece of pieces) log.push(piece)
    return found
}

test("a board's lines are read from between Jacdac's frames", () => {
    // jd_usb.c: 0xfe 0xfc a frame 0xfe 0xfd; a 0xfe of text or frame is 0xfe 0xf8; gaps are 0xfe 0xfa or 0xfb.
    const frame = Buffer.from([0xfe, 0xfc, 1, 0x0a, 0x41, 0xfe, 0xf8, 2, 0xfe, 0xfd])
    const text = [
        Buffer.from("mqtt: on"),
        frame,
        Buffer.from("line\r\n"),
        Buffer.from([0xfe, 0xfb]),
    ]
    assert.deepEqual(lines(...text, Buffer.from("next\n")), ["mqtt: online", "next"])
})

test("a board's control characters do not reach the terminal", () => {
    assert.deepEqual(lines(Buffer.from("\x1b[0;32mI (31) boot\x1b[0m\r\n\x1b]0;title\x07\n\n")), [
        "I (31) boot",
        "]0;title",
    ])
    assert.equal(lines(Buffer.alloc(5000, 0x55)).length, 4)
})

test(`any bytes, in any pieces, give the same printable lines (seed ${SEED})`, () => {
    const byte = fc.oneof(fc.constantFrom(0xfe, 0xfc, 0xfd, 0xf8, 0x0a), fc.nat(255))
    fc.assert(
        fc.property(fc.array(byte, { maxLength: 400 }), fc.nat(400), (bytes, cut) => {
            const all = Uint8Array.from(bytes)
            const whole = lines(all)
            assert.deepEqual(lines(all.subarray(0, cut), all.subarray(cut)), whole)
            for (const line of whole) assert.doesNotMatch(line, /[\0-\x1f\x7f-\x9f]/)
        }),
        { seed: SEED, numRuns: 500 }
    )
})

const WIFI = { ssid: "lab", password: "hush-hush-hush" }

function advice(said: string[], wifi: typeof WIFI | null = WIFI, broker?: string): string {
    const steps = new FirstSteps(said.some(line => line.includes("enrolment")))
    for (const line of said) steps.said(line)
    const words = steps.advice(wifi ?? undefined, broker)
    assert.ok(!words.includes(WIFI.password), "the password is not told")
    return words
}

test("a board that comes no further is told of by what it said last", () => {
    const start = ["starting devicescript-esp32 v1", "wifi: starting..."]
    assert.match(advice([]), /says nothing: press its RESET/)
    assert.match(advice(start, null), /given no network/)
    // As wifi.c lists them.
    const seen = ["wifi: scan done: 2 results", "wifi: Lab [rssi:-60]", "wifi: the [x] [rssi:-71]"]
    assert.match(
        advice([...start, ...seen]),
        /"lab" is not in sight: .*2.4 GHz.*Heard: "Lab", "the \[x\]"/
    )
    assert.match(advice([...start, "wifi: scan done: 0 results"]), /Heard: none/)
    const joining = [...start, "wifi: lab [rssi:-50]", "wifi: connecting to 'lab'"]
    assert.match(advice(joining), /in sight and gives it no address yet/)
    const lost = Array<string>(3).fill("wifi: sta disconnect, reconnect...")
    assert.match(advice([...joining, ...lost]), /"lab" refused it with this password/)
    assert.match(advice([...joining, "cyw43: status: bad auth"]), /refused it with this password/)
    const open = { ssid: "lab", password: "" }
    assert.match(advice([...joining, ...lost], open), /refused it without a password/)
    const addressed = [...joining, "wifi: got ip a0101c0"]
    assert.match(
        advice(addressed, WIFI, "mqtt://10.1.2.3"),
        /WiFi works, and mqtt:\/\/10.1.2.3 is not/
    )
    const offline = [...addressed, "> mqtt: offline (connect: refused), again in 1200 ms"]
    assert.match(
        advice(offline),
        /the broker that the program names is not reached \(connect: refused\)/
    )
    const online = [...offline, "> mqtt: online"]
    assert.match(advice(online, WIFI, "mqtt://a"), /online at mqtt:\/\/a, and no report was heard/)
    // Reasons of src/telemetry/contract/enrolment.ts: 1 and 2 may change, 3 to 5 will not.
    const refusedThere = [...online, "! enrolment: refused (2)"]
    assert.match(advice(refusedThere), /not enrolled there \(refused, 2\): is that the fleet/)
    assert.match(advice([...online, "! enrolment: refused (3)"]), /another board .* --fleet FOLDER/)
    assert.match(
        advice([...online, "! enrolment: refused (4)"]),
        /its claim was revoked: .*new one/
    )
    assert.match(advice([...online, "! enrolment: refused (5)"]), /kind of key/)
    assert.match(advice([...online, "> enrolment: no answer"]), /not enrolled there \(no answer\)/)
    const strange = [...addressed, "> enrolment: no answer"]
    strange.push("> mqtt: offline (refused: not authorised (5)), again in 900 ms")
    assert.match(advice(strange, WIFI, "mqtt://a"), /mqtt:\/\/a does not let it in .*another fleet/)
    const enrolled = [...refusedThere, "> enrolment: enrolled"]
    assert.match(advice(enrolled), /no report was heard/)
    assert.match(advice([...start, "fstor: formatting now"]), /no store it knows/)
    assert.match(advice([...start, "! Exception: OutOfMemory"]), /program ended \(OutOfMemory\)/)
    assert.match(
        advice([...start, "! Unhandled exception"]),
        /program ended \(Unhandled exception\)/
    )
})

test("nobody waits for a board that has said what no waiting mends", () => {
    const isHopeless = (said: string[], isClaimed = false) => {
        const steps = new FirstSteps(isClaimed)
        for (const line of said) steps.said(line)
        return steps.isHopeless
    }
    const lost = (times: number) => Array<string>(times).fill("wifi: sta disconnect, reconnect...")
    assert.equal(isHopeless([]), false)
    assert.equal(isHopeless(["cyw43: status: bad auth"]), true)
    // A weak network is lost a few times before it holds; one that was joined once has the right password.
    assert.equal(isHopeless(lost(7)), false)
    assert.equal(isHopeless(lost(8)), true)
    assert.equal(isHopeless([...lost(7), "wifi: got ip 1", ...lost(7)]), false)
    assert.equal(isHopeless(["fstor: formatting now"]), true)
    assert.equal(isHopeless(["! Exception: RangeError"]), true)
    assert.equal(isHopeless(["mqtt: online", "! enrolment: refused (1)"], true), false)
    assert.equal(isHopeless(["mqtt: online", "! enrolment: refused (3)"], true), true)
    assert.equal(isHopeless(["! enrolment: refused (3)", "enrolment: enrolled"], true), false)
})
