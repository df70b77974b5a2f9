/** From a board that is attached to its first report: target, writing, its words over the port, and what arrives at a real broker. */
import assert from "node:assert/strict"
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { test } from "node:test"
import { chipOf } from "../../flasher/chips"
import { followToReport, type Following } from "../../flasher/first-report"
import type { ListedPort } from "../../flasher/ports"
import { targetFor, type Bench, type Target } from "../../flasher/target"
import { uf2Drives } from "../../flasher/uf2-drive"
import { Broker } from "../../fleet/broker"
import { upTopic } from "../../src/telemetry/contract/topics"
import { FakeEspBoard } from "./fake-loader"

const PORT = { path: "/dev/null", vendorId: "303a", productId: "1001" }
const IMAGE = Buffer.alloc(5000, "image")
const NODE = "fe7cdfa1010203ff"

function bench(board: FakeEspBoard, ports: () => ListedPort[] = () => [PORT]): Bench {
    return {
        ports: async () => ports(),
        attach: async () => baudRate => board.at(baudRate),
        drives: () => [],
    }
}

async function written(board: FakeEspBoard, on: Bench, archId = "esp32c3"): Promise<Target> {
    const target = await targetFor(chipOf(archId), undefined, on)
    await target.write(IMAGE, false, () => {})
    assert.ok(board.flash.subarray(0, IMAGE.length).equals(IMAGE), "written")
    return target
}

/** @param broker of the node and of this machine; undefined: the one its program names */
function following(
    target: Target,
    on: Bench,
    broker: string | undefined
): Following & { lines: string[] } {
    const lines: string[] = []
    return {
        isBoard: port => target.isBoard(port),
        baudRate: target.baudRate,
        broker,
        nodeId: () => target.nodeId(),
        isClaimed: false,
        waitMs: 5000,
        list: on.ports,
        attach: on.attach,
        onLine: line => lines.push(line),
        isStopped: () => false,
        lines,
    }
}

async function withBroker(run: (broker: Broker, url: string) => Promise<void>): Promise<void> {
    const broker = await Broker.create()
    try {
        await run(broker, `mqtt://127.0.0.1:${await broker.listen()}`)
    } finally {
        await broker.close()
    }
}

test("a node that goes by its chip's MAC is followed to its first report", () =>
    withBroker(async (broker, url) => {
        const board = new FakeEspBoard("ESP32-C3", { isNative: true })
        const on = bench(board)
        const target = await written(board, on)
        assert.equal(target.nodeId(), NODE)
        const to = following(target, on, url)
        const telling = setInterval(() => {
            board.say("> mqtt: online\n")
            broker.publish(upTopic("0000000000000001"), Buffer.from("somebody else's"))
            broker.publish(upTopic(NODE), Buffer.from("sealed"))
        }, 200)
        try {
            const { first, steps } = await followToReport(to)
            assert.deepEqual(first, { report: undefined, payloadBytes: 6 })
            assert.ok(steps.isThere, "it said so")
            assert.ok(to.lines.includes("> mqtt: online"), to.lines.join())
        } finally {
            clearInterval(telling)
        }
    }))

test("without an ear at the broker, what the board says is all there is", async () => {
    const board = new FakeEspBoard("ESP32-C3", { isNative: true })
    const on = bench(board)
    const to = following(await written(board, on), on, undefined)
    setTimeout(() => board.say("wifi: got ip 1\nmqtt: online\n"), 300)
    const { first, steps, wasListening } = await followToReport(to)
    assert.deepEqual([first, steps.isThere, wasListening], [undefined, true, false])
})

test("a node with a claim is there when it is enrolled, not when it first reaches the broker", async () => {
    const board = new FakeEspBoard("ESP32-C3", { isNative: true })
    const on = bench(board)
    const to = { ...following(await written(board, on), on, undefined), isClaimed: true }
    setTimeout(() => board.say("mqtt: online\n"), 300)
    setTimeout(() => board.say("enrolment: enrolled\n"), 1200)
    const { steps } = await followToReport(to)
    assert.ok(steps.isThere, "enrolled")
    assert.ok(to.lines.includes("enrolment: enrolled"), "it waited for that")
})

test("a board that comes back under another name is known by its MAC", async () => {
    const board = new FakeEspBoard("ESP32-S3", { isNative: true })
    let ports: ListedPort[] = [PORT]
    const attached: string[] = []
    const on = bench(board, () => ports)
    const attach = on.attach
    on.attach = async path => {
        attached.push(path)
        return await attach(path)
    }
    const target = await written(board, on, "esp32s3")
    // The runtime's own USB: "JD" and the MAC (esp32 usb.c).
    const runtime = { path: "/dev/ttyACM4", vendorId: "303a", serialNumber: "JD7CDFA1010203" }
    ports = [{ path: "/dev/ttyACM3", vendorId: "303a", serialNumber: "JD7CDFA1010204" }]
    setTimeout(() => (ports = [...ports, runtime]), 600)
    setTimeout(() => board.say("mqtt: online\n"), 2000)
    const { steps } = await followToReport(following(target, on, undefined))
    assert.ok(steps.isThere, "heard")
    assert.deepEqual(attached, ["/dev/null", "/dev/ttyACM4"])
})

test("a board that says nothing is given its time, and advice", async () => {
    const board = new FakeEspBoard("ESP32-C3", { isNative: true })
    const on = bench(board)
    const to = following(await written(board, on), on, "mqtt://127.0.0.1:1")
    setTimeout(() => board.say("wifi: connecting to 'lab'\n"), 300)
    const { steps, first } = await followToReport({ ...to, waitMs: 1000 })
    assert.equal(first, undefined)
    assert.match(
        steps.advice({ ssid: "lab", password: "x" }, undefined),
        /no address yet|not in sight/
    )
})

test("an ESP32's bridge speaks at the runtime's rate once it runs, and the others' at the log's", async () => {
    const board = new FakeEspBoard("ESP32")
    const port = { ...PORT, vendorId: "10c4", productId: "ea60" }
    const target = await targetFor(
        chipOf("esp32"),
        undefined,
        bench(board, () => [port])
    )
    assert.equal(target.baudRate, 1_500_000)
    const c3 = await targetFor(chipOf("esp32c3"), undefined, bench(board))
    assert.equal(c3.baudRate, 115_200)
})

test("a port that is denied, and a board that is pulled out, are named with their port", async () => {
    const denied = new Error("Error: Permission denied, cannot open /dev/null")
    const closed = bench(
        new FakeEspBoard("ESP32-C3", { opens: Object.assign(denied, { code: "EACCES" }) })
    )
    const target = await targetFor(chipOf("esp32c3"), undefined, closed)
    await assert.rejects(
        target.write(IMAGE, false, () => {}),
        /\/dev\/null may not be used by you/
    )
})

test("an RP2040 is written as a drive, and known by the serial number that its port has then", async () => {
    const path = mkdtempSync(join(tmpdir(), "motewise-pico-"))
    writeFileSync(join(path, "INFO_UF2.TXT"), "Board-ID: RPI-RP2\n")
    const before = { path: "/dev/ttyACM0", vendorId: "2e8a", serialNumber: "JD00112233445566FF" }
    const on: Bench = {
        ports: async () => [before],
        attach: async () => () => assert.fail("no port is written"),
        drives: () => uf2Drives([path]),
    }
    const target = await targetFor(chipOf("rp2040w"), undefined, on)
    await target.write(IMAGE, false, () => {})
    assert.ok(readFileSync(join(path, "motewise.uf2")).equals(IMAGE), "the file")
    assert.equal(target.nodeId(), undefined)
    assert.ok(!target.isBoard(before), "a board that was there before it")
    assert.ok(!target.isBoard({ path: "/dev/ttyACM1", vendorId: "10c4" }), "no Pico")
    const port = { path: "/dev/ttyACM1", vendorId: "2E8A", serialNumber: "JDE6614104034C2B37" }
    assert.ok(target.isBoard(port), "it")
    assert.equal(target.nodeId(), "e6614104034c2b37")
    rmSync(path, { recursive: true })
})
