/** Access over mosquitto's dynamic security, at a mosquitto of the fleet's own and at somebody else's. */
import assert from "node:assert/strict"
import { mkdtempSync, readdirSync, rmSync, statSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { after, before, beforeEach, test } from "node:test"
import { connectAsync } from "mqtt"
import { DynamicSecurity } from "../../../fleet/access/dynamic-security"
import { openBroker } from "../../../fleet/brokers/open"
import type { FleetBroker } from "../../../fleet/brokers/fleet-broker"
import { startMosquitto, type RunningMosquitto } from "../../../fleet/brokers/mosquitto-process"
import { openRemote } from "../../../fleet/brokers/remote"
import { claimGrant, nodeGrant, type Refusal } from "../../../fleet/registrar/access"
import { withoutProgram } from "../../harness/needs"
import { freePort } from "../../../machine/free-port"
import { Mosquitto } from "../../rehearsal/mosquitto"
import { Wire, connectPacket, connected } from "./wire"

const skip = withoutProgram("mosquitto")
const ME = "0123456789abcdef"
const OTHER = "fedcba9876543210"
const PASSWORD = "d2845826a1".repeat(30)
const EXPIRES_MS = 2_000_000
const NOT_AUTHORIZED = 5
const SUBACK_FAILURE = 0x80

const folder = mkdtempSync(join(tmpdir(), "motewise-broker-"))
let nowMs = 1_000_000
let port = 0
let broker: FleetBroker
const refused: [user: string, refusal: Refusal, detail: string][] = []
const heard: string[] = []
const said: string[] = []

const options = () => ({
    broker: "mosquitto",
    folder,
    host: "127.0.0.1",
    port,
    clientId: "motewise-fleet-test",
    onRefused: (...refusal: (typeof refused)[0]) => void refused.push(refusal),
    nowMs: () => nowMs,
    say: (line: string) => void said.push(line),
})

async function open(): Promise<void> {
    broker = await openBroker(options())
    await broker.start(topic => void heard.push(topic))
}

before(async () => {
    if (skip !== false) return
    port = await freePort()
    await open()
})
after(async () => {
    if (skip === false) await broker.close()
    rmSync(folder, { recursive: true, force: true })
})
beforeEach(async () => {
    if (skip !== false) return
    nowMs = 1_000_000
    await broker.access.withdraw([ME, OTHER])
    await broker.access.grant([
        nodeGrant(ME, PASSWORD, EXPIRES_MS),
        nodeGrant(OTHER, "another", EXPIRES_MS),
        claimGrant(ME, "claim password"),
    ])
    refused.length = heard.length = 0
})

const mine = (more = {}) => connectPacket(`mw-${ME}`, ME, PASSWORD, more)

async function publish(wire: Wire, topic: string): Promise<void> {
    wire.heard.length = 0
    wire.send({
        cmd: "publish",
        topic,
        payload: "x",
        qos: 1,
        messageId: 7,
        retain: false,
        dup: false,
    })
    await wire.answer("puback")
}

async function subscribe(wire: Wire, ...filters: string[]) {
    wire.heard.length = 0
    wire.send({
        cmd: "subscribe",
        messageId: 9,
        subscriptions: filters.map(topic => ({ topic, qos: 1 as const })),
    })
    return (await wire.answer("suback"))?.granted
}

async function until(isDone: () => boolean): Promise<void> {
    const endMs = performance.now() + 5000
    while (!isDone() && performance.now() < endMs)
        await new Promise(resolve => setTimeout(resolve, 10))
}

test("a node with its credential has its four topics and no others", { skip }, async () => {
    const { wire, code } = await connected(port, mine())
    assert.equal(code, 0)
    assert.deepEqual(await subscribe(wire, `mw/${ME}/down`), [1])
    const own = ["up", "state", "ack"].map(kind => `mw/${ME}/${kind}`)
    const foreign = [
        `mw/${OTHER}/up`,
        `mw/${ME}/down`,
        `mw/${ME}/enrol/up`,
        `mw/${ME}/upwards`,
        `mw/${ME}/up/more`,
        "$CONTROL/dynamic-security/v1",
    ]
    for (const topic of [...foreign, ...own]) await publish(wire, topic)
    await until(() => heard.length >= own.length)
    assert.deepEqual(heard, own)
    await until(() => refused.length >= foreign.length)
    assert.deepEqual(
        refused,
        foreign.map(topic => [ME, "foreignTopic", `publishes on ${topic}`])
    )
    wire.heard.length = 0
    broker.publish(`mw/${ME}/down`, Buffer.from("hello"))
    assert.equal(`${(await wire.answer("publish"))?.payload}`, "hello")
    wire.end()
})

test("a claim has its two enrolment topics and no others", { skip }, async () => {
    const user = `claim-${ME}`
    const packet = connectPacket(`mw-${user}`, user, "claim password")
    const { wire, code } = await connected(port, packet)
    assert.equal(code, 0)
    assert.deepEqual(await subscribe(wire, `mw/${ME}/enrol/down`, `mw/${ME}/down`), [
        1,
        SUBACK_FAILURE,
    ])
    await publish(wire, `mw/${ME}/up`)
    await publish(wire, `mw/${ME}/enrol/up`)
    await until(() => heard.length > 0)
    assert.deepEqual(heard, [`mw/${ME}/enrol/up`])
    wire.end()
})

test("every filter but one's own is refused, and told", { skip }, async () => {
    const filters = [
        "#",
        "+/+/+",
        "mw/+/up",
        `mw/${ME}/#`,
        `mw/${ME}/up`,
        `mw/${OTHER}/down`,
        "$SYS/#",
        "$CONTROL/#",
    ]
    const { wire } = await connected(port, mine())
    assert.deepEqual(await subscribe(wire, ...filters, `mw/${ME}/down`), [
        ...filters.map(() => SUBACK_FAILURE),
        1,
    ])
    await until(() => refused.length >= filters.length)
    assert.deepEqual(
        refused,
        filters.map(filter => [ME, "foreignTopic", `subscribes to ${filter}`])
    )
    broker.publish(`mw/${OTHER}/down`, Buffer.from("not for me"))
    broker.publish(`mw/${ME}/down`, Buffer.from("for me"))
    assert.equal(`${(await wire.answer("publish"))?.payload}`, "for me")
    wire.end()
})

test("a last will on a topic of another is not sent", { skip }, async () => {
    const will = { topic: `mw/${OTHER}/state`, payload: Buffer.from("x"), qos: 1, retain: false }
    const { wire } = await connected(port, mine({ will }))
    wire.end()
    const own = { ...will, topic: `mw/${ME}/state` }
    const { wire: again } = await connected(port, mine({ will: own }))
    again.end()
    await until(() => heard.length > 0)
    assert.deepEqual(heard, [`mw/${ME}/state`])
})

test("nobody comes in with another's password, or client id, or with none", { skip }, async () => {
    const wrong = [
        connectPacket(`mw-${ME}`, ME, "another"),
        connectPacket(`mw-${ME}`, ME, "claim password"),
        connectPacket(`mw-${ME}`, undefined, undefined),
        connectPacket("x", "nobody", "nobody"),
        connectPacket(`mw-${OTHER}`, ME, PASSWORD),
    ]
    for (const packet of wrong)
        assert.equal((await connected(port, packet)).code, NOT_AUTHORIZED, packet.clientId)
    await until(() => refused.length >= wrong.length)
    assert.deepEqual(
        refused.map(([user, refusal]) => [user, refusal]),
        wrong.map(() => ["", "wrongPassword"])
    )
})

test(
    "withdrawn, its session ends and it does not come back; no role is left",
    { skip },
    async () => {
        const { wire } = await connected(port, mine())
        const { wire: other } = await connected(
            port,
            connectPacket(`mw-${OTHER}`, OTHER, "another")
        )
        await broker.access.withdraw([ME, "nobody"])
        assert.ok(await wire.ended(), "the session is closed")
        assert.ok(!other.closed, "the other goes on")
        assert.equal((await connected(port, mine())).code, NOT_AUTHORIZED)
        // Granted anew with other topics: what the old role allowed is gone.
        const narrow = { ...nodeGrant(ME, PASSWORD, EXPIRES_MS), publish: [`mw/${ME}/ack`] }
        await broker.access.grant([narrow])
        const { wire: again } = await connected(port, mine())
        await publish(again, `mw/${ME}/up`)
        await publish(again, `mw/${ME}/ack`)
        await until(() => heard.length > 0)
        assert.deepEqual(heard, [`mw/${ME}/ack`])
        again.end()
        other.end()
    }
)

test("the same grant again does not end a session, a new password does", { skip }, async () => {
    const { wire } = await connected(port, mine())
    await broker.access.grant([nodeGrant(ME, PASSWORD, EXPIRES_MS + 1)])
    await publish(wire, `mw/${ME}/up`)
    assert.ok(!wire.closed, "it goes on")
    await broker.access.grant([nodeGrant(ME, "new", EXPIRES_MS)])
    assert.ok(await wire.ended(), "the session is closed")
    assert.equal((await connected(port, mine())).code, NOT_AUTHORIZED)
})

test("whose time is over is shut out, and let in again with a new one", { skip }, async () => {
    const { wire } = await connected(port, mine())
    nowMs = EXPIRES_MS - 1
    await broker.tick()
    await publish(wire, `mw/${ME}/up`)
    assert.ok(!wire.closed, "until then it goes on")
    nowMs = EXPIRES_MS
    await broker.tick()
    assert.ok(await wire.ended(), "the session is closed")
    assert.equal((await connected(port, mine())).code, NOT_AUTHORIZED)
    await broker.access.grant([nodeGrant(ME, PASSWORD, EXPIRES_MS + 1)])
    const { wire: again, code } = await connected(port, mine())
    assert.equal(code, 0)
    again.end()
})

test("two hundred grants at once are as good as one by one", { skip }, async () => {
    const ids = Array.from({ length: 200 }, (_, i) => i.toString(16).padStart(16, "1"))
    await broker.access.grant(ids.slice(0, 100).map(id => nodeGrant(id, id, EXPIRES_MS)))
    await Promise.all(
        ids.slice(100).map(id => broker.access.grant([nodeGrant(id, id, EXPIRES_MS)]))
    )
    for (const id of [ids[0], ids[99], ids[100], ids[199]]) {
        const { wire, code } = await connected(port, connectPacket(`mw-${id}`, id, id))
        assert.equal(code, 0)
        wire.end()
    }
    await broker.access.withdraw(ids)
})

test(
    "after a restart of both, all is as it was; a message of meanwhile is heard",
    { skip },
    async () => {
        await broker.close()
        await open()
        const { wire } = await connected(port, mine())
        await broker.access.grant([nodeGrant(ME, PASSWORD, EXPIRES_MS)])
        await publish(wire, `mw/${ME}/up`)
        assert.ok(!wire.closed, "what stood there was not granted anew")
        await publish(wire, `mw/${OTHER}/up`)
        await until(() => heard.length > 0)
        assert.deepEqual(heard, [`mw/${ME}/up`])
        // Withdrawn by a fleet that did not grant it in this life.
        await broker.close()
        await open()
        await broker.access.withdraw([ME])
        assert.equal((await connected(port, mine())).code, NOT_AUTHORIZED)
    }
)

test(
    "its folder is for its owner's eyes only, and a second one on its port is refused",
    { skip },
    async () => {
        assert.equal(statSync(join(folder, "broker")).mode & 0o777, 0o700)
        assert.ok(readdirSync(join(folder, "broker")).includes("mosquitto.conf"), "a configuration")
        const elsewhere = mkdtempSync(join(tmpdir(), "motewise-broker-"))
        await assert.rejects(openBroker({ ...options(), folder: elsewhere }), {
            name: "InputError",
            message: `port ${port} at 127.0.0.1 is taken: end what listens there, or choose another with --port`,
        })
        rmSync(elsewhere, { recursive: true })
    }
)

test(
    "somebody else's broker: with dynamic security topics are shut, without it that is said",
    { skip },
    async () => {
        const theirs = mkdtempSync(join(tmpdir(), "motewise-broker-"))
        const theirPort = await freePort()
        const running: RunningMosquitto = await startMosquitto({
            folder: theirs,
            host: "127.0.0.1",
            port: theirPort,
            onLog: () => {},
            onEnd: () => {},
        })
        const url = `mqtt://${running.user}:${running.password}@127.0.0.1:${theirPort}`
        const remote = await openRemote({ ...options(), url })
        assert.equal(remote.url, `mqtt://127.0.0.1:${theirPort}`)
        assert.equal(remote.isShut, true)
        const admin = await connectAsync(`mqtt://127.0.0.1:${theirPort}`, {
            username: running.user,
            password: running.password,
        })
        const security = await DynamicSecurity.open(admin)
        assert.ok(security, "its administrator's")
        // What a fleet that was killed in the middle of a grant, or of a withdrawal, leaves.
        const acls = [{ acltype: "publishClientSend", topic: "#", allow: true, priority: 9 }]
        await security.run([{ command: "createRole", rolename: ME, acls }])
        await remote.access.grant([nodeGrant(ME, PASSWORD, EXPIRES_MS)])
        assert.equal((await connected(theirPort, mine())).code, 0)
        const [{ data }] = await security.run([{ command: "getRole", rolename: ME }])
        const { role } = data as { role: { acls: typeof acls } }
        assert.deepEqual(
            role.acls
                .filter(acl => acl.allow && acl.acltype === "publishClientSend")
                .map(acl => acl.topic)
                .sort(),
            [`mw/${ME}/ack`, `mw/${ME}/state`, `mw/${ME}/up`]
        )
        await remote.access.withdraw([ME])
        const [clients, roles] = await security.run([
            { command: "listClients" },
            { command: "listRoles" },
        ])
        assert.deepEqual(clients.data, { totalCount: 1, clients: [running.user] })
        assert.deepEqual(roles.data, { totalCount: 1, roles: [running.user] })
        security.close()
        await admin.endAsync()
        await remote.close()
        await assert.rejects(openRemote({ ...options(), url, password: "wrong" }), error => {
            assert.match(
                `${error}`,
                /InputError: broker mqtt:\/\/127.0.0.1:\d+: Connection refused/
            )
            assert.ok(!`${error}`.includes(running.password), "no password in an error")
            return true
        })
        await running.stop()
        rmSync(theirs, { recursive: true })

        const openPort = await freePort()
        const plain = await Mosquitto.create(new Map([[openPort, ""]]), false)
        const unshut = await openRemote({ ...options(), url: `mqtt://127.0.0.1:${openPort}` })
        assert.equal(unshut.isShut, false)
        assert.match(unshut.told, /topics are NOT shut/)
        await unshut.access.grant([nodeGrant(ME, PASSWORD, EXPIRES_MS)])
        await unshut.close()
        await plain.close()
    }
)

test("a broker that nobody answers at is an error in a line", { skip }, async () => {
    const url = `mqtt://127.0.0.1:${await freePort()}`
    await assert.rejects(openRemote({ ...options(), url }), {
        name: "InputError",
        message: /^broker mqtt:\/\/127\.0\.0\.1:\d+: .*ECONNREFUSED/,
    })
})
