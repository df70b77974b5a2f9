/** A fleet on a clock of the test's: what it does by itself, and when. */
import assert from "node:assert/strict"
import { randomBytes } from "node:crypto"
import { mkdtempSync, readFileSync, rmSync } from "node:fs"
import { tmpdir } from "node:os"
import { after, before, test } from "node:test"
import { openEmbedded } from "../../fleet/brokers/embedded"
import { ChainError, type Anchor, type Chain } from "../../fleet/chain/chain"
import { addToManifest, newClaims } from "../../fleet/claims"
import { Fleet } from "../../fleet/fleet"
import { initFolder, keyPath, manifestPath } from "../../fleet/folder"
import type { Claim } from "../../fleet/registrar/claim"
import { freePort } from "../../machine/free-port"
import { MqttNode } from "./mqtt-node"

const folder = mkdtempSync(`${tmpdir()}/motewise-fleet-`)
const said: string[] = []
const anchors: Anchor[] = []
let nowMs = Date.UTC(2025, 10, 20)
let isChainThere = false
let claims: Claim[]
let fleet: Fleet
let port = 0

const chain: Chain = {
    name: "test",
    latest: async () => anchors.at(-1),
    anchor: async anchor => void anchors.push(anchor),
    anchors: async () => anchors,
    close: async () => {},
}

async function open(): Promise<void> {
    fleet = await Fleet.open({
        folder,
        openBroker: onRefused => openEmbedded({ host: "127.0.0.1", port }, onRefused, () => nowMs),
        openChain: async () => {
            if (!isChainThere) throw new ChainError("test: nobody answers")
            return chain
        },
        nowMs: () => nowMs,
        say: line => void said.push(line),
    })
}

before(async () => {
    port = await freePort()
    await initFolder(folder, randomBytes, {})
    claims = newClaims(3, randomBytes, () => false)
    addToManifest(manifestPath(folder), claims.slice(0, 2))
    await open()
})
after(async () => {
    await fleet.close().catch(() => undefined)
    rmSync(folder, { recursive: true, force: true })
})

const signatures = () => JSON.parse(readFileSync(keyPath(folder), "utf8")).index as number
async function pass(ms: number): Promise<void> {
    nowMs += ms
    await fleet.tick()
    await new Promise(resolve => setTimeout(resolve, 20))
}
const enrolled = async (claim: Claim) => {
    const node = new MqttNode(claim, port)
    await node.enrol()
    return node
}

test("a checkpoint is signed a minute after the last when something was added, and else never", async () => {
    await pass(60_000)
    assert.equal(signatures(), 0, "an empty ledger needs none")
    await enrolled(claims[0])
    await pass(59_000)
    assert.deepEqual([fleet.status().checkpoint, signatures()], [null, 0])
    await pass(1_000)
    assert.deepEqual(fleet.status().checkpoint, { entries: 1, timeMs: nowMs })
    for (let minute = 0; minute < 5; ++minute) await pass(60_000)
    assert.equal(signatures(), 1)
})

test("a chain that comes later is asked again every minute, and gets what it missed", async () => {
    assert.equal(fleet.status().anchor, null)
    assert.deepEqual(
        said.filter(line => line.startsWith("chain")),
        ["chain test: nobody answers: anchors are late, and tried every minute"]
    )
    isChainThere = true
    await pass(60_000)
    assert.deepEqual(
        anchors.map(({ size }) => size),
        [1]
    )
    assert.deepEqual(fleet.status().anchor, {
        chain: "test",
        state: "anchored",
        entries: 1,
        timeMs: nowMs,
    })
})

test("a claim that is added is known at the next tick, and a line counts once it ends", async () => {
    await assert.rejects(enrolled(claims[2]), { code: 4 })
    addToManifest(manifestPath(folder), [claims[2]])
    await pass(1000)
    await enrolled(claims[2])
    assert.equal(fleet.status().ledger.entries, 2)
    assert.equal(fleet.status().refusals.unknownNode, 1)
})

test("a sealed report is in the twin, and a node that went is not online", async () => {
    const node = await enrolled(claims[1])
    const client = await node.connect()
    await node.tell()
    await node.tell()
    await pass(0)
    const twin = fleet.twin.nodes.get(node.id)
    assert.deepEqual([twin?.online, twin?.received, twin?.refused], [true, 2, 0])
    assert.equal(fleet.seen(node.id).heardMs, nowMs)
    client.stream.destroy()
    await node.leave()
    await pass(0)
    assert.equal(fleet.seen(node.id).online, false)
})

test("closed, it has signed and anchored all; opened again, it knows it", async () => {
    await fleet.close()
    assert.deepEqual(
        anchors.map(({ size }) => size),
        [1, 3]
    )
    assert.equal(signatures(), 2)
    await open()
    const { nodes, ledger, checkpoint } = fleet.status()
    assert.deepEqual([nodes.enrolled, nodes.claimed, ledger.entries], [3, 0, 3])
    assert.equal(checkpoint?.entries, 3)
    assert.equal(signatures(), 2)
})

test("what cannot be written down stops the fleet at the next tick, and leaves its folder to the next", async () => {
    fleet.registrar.hear = async () => {
        throw new Error("disk full")
    }
    const node = new MqttNode(claims[0], port)
    // Nobody answers it: its enrolment ends when the fleet does.
    const lost = assert.rejects(node.enrol())
    await assert.rejects(
        async () => {
            for (;;) await pass(1000)
        },
        { message: "disk full" }
    )
    await fleet.close()
    await open()
    await lost
})
