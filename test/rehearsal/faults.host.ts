/** Nodes with the real firmware through every fault on the virtual clock: what breaks, and that it mends. */
import assert from "node:assert/strict"
import { createHash } from "node:crypto"
import { test } from "node:test"
import { generate, parser as packetParser } from "mqtt-packet"
import { compile } from "../../image/compile"
import { UsageError } from "../../image/project"
import { Rehearsal, type RehearsalOptions } from "../../rehearsal/rehearsal"
import { PART_NAMES } from "../../sim/breadboard"
import { FAULT_NAMES, factsOf } from "../../sim/fault-kinds"
import { parseFaults } from "../../sim/faults"
import { MemoryNetwork } from "../../sim/network"
import { RoomWorld } from "../../sim/worlds/room"

const HOUR_S = 3600
const FLASH_WRITER = "test/rehearsal/flash-writer.ts"

async function create(spec: string, options: Partial<RehearsalOptions> = {}, app = "src/main.ts") {
    const { bytes } = await compile(app)
    return await Rehearsal.create({
        image: bytes,
        nodes: 2,
        world: new RoomWorld(1, options.nodes ?? 2),
        seed: 1,
        virtual: true,
        speed: 1,
        seconds: HOUR_S,
        faults: parseFaults(spec, PART_NAMES),
        exact: false,
        print: () => {},
        ...options,
    })
}

/** A run as it stood at its end. */
async function rehearse(...args: Parameters<typeof create>) {
    const run = await create(...args)
    await run.run()
    const end = {
        rows: run.rows(),
        result: run.result(),
        counters: run.counters(),
        broken: run.brokenPromises(),
        panics: run.panics(),
    }
    await run.close()
    return end
}

// Each has its time in the first 40 minutes, and none in the last 20.
for (const spec of [
    "refuse:from=10min,for=10min;drop:from=10min",
    "drop:from=2min,every=5min,p=0.7",
    "halfOpen:from=10min,for=1min",
    "delay:from=5min,for=20min,by=3s",
    "trickle:from=5min,for=20min,by=20ms;drop:from=6min",
    "kick:from=5min,for=20min",
    "connackRefuse:from=5min,for=20min;drop:from=5min",
    "dnsFail:from=5min,for=20min;drop:from=5min",
    "brokerKill:from=10min,for=5min",
    "brownOut:from=10min",
    "full:for=30min",
    "clockSkew:by=500ppm,for=40min",
])
    test(`${spec}: it strikes, and when it is over all nodes are back and nothing is owed`, async () => {
        const { rows, result, counters, broken, panics } = await rehearse(spec)
        const [kind] = spec.split(":")
        if (kind !== "clockSkew")
            assert.ok(counters.struck[kind] > 0, JSON.stringify(counters.struck))
        assert.deepEqual([panics, broken], [[], []])
        assert.ok(
            rows.every(row => row.online),
            "all nodes are online at the end"
        )
        assert.ok(result.acknowledged > 4, `${result.acknowledged} acknowledged`)
        assert.ok(result.acknowledged <= result.published, "no more than there were")
    })

test("a node that is half open goes offline at the far end at the right virtual second", async () => {
    const run = await create("halfOpen:node=0", { nodes: 2, seconds: 300 })
    await run.run()
    const [mute, good] = run.rows()
    await run.close()
    assert.deepEqual([mute.online, good.online], [false, true])
    assert.equal(run.counters().struck.halfOpen > 0, true)
})

test("a brown-out is a boot more, and the node is missed meanwhile", async () => {
    const { counters, rows } = await rehearse("brownOut:node=1,from=10min,by=5min", {
        seconds: 700,
    })
    assert.deepEqual([counters.boots, counters.powerCuts], [2, 1])
    assert.deepEqual(
        rows.map(row => row.online),
        [true, false]
    )
})

test("power cuts in saves: stores are formatted, noticed and provisioned again, and nothing panics", async () => {
    const { counters, panics } = await rehearse(
        "cutBefore:p=0.01;cutDuring:p=0.02;cutAfter:p=0.01;worn:p=0.05",
        { seconds: 1800, reprovisionMs: 10_000 },
        FLASH_WRITER
    )
    const { struck, boots, powerCuts, storeFormatted, flashWrites } = counters
    const cuts = struck.cutBefore + struck.cutDuring + struck.cutAfter
    assert.equal(powerCuts, cuts)
    assert.ok(struck.worn > 50, JSON.stringify(counters))
    assert.ok(storeFormatted > 0 && storeFormatted <= struck.cutDuring, JSON.stringify(counters))
    // Provisioned again each time, or the last one still waits for it.
    const restarts = boots - 2 - cuts
    assert.ok(restarts >= storeFormatted - 2 && restarts <= storeFormatted, `${restarts} restarts`)
    assert.ok(flashWrites > 1000, `${flashWrites} writes: they went on`)
    assert.deepEqual(panics, [])
})

/** Every kind, all in one hour. */
const ALL = FAULT_NAMES.map(kind => {
    if (kind === "clockSkew") return "clockSkew:node=0,by=300ppm"
    if (kind === "corrupt") return "corrupt:p=0.02"
    if (factsOf(kind).momentary !== undefined) return `${kind}:every=11min,from=3min`
    const chance = factsOf(kind).keys.includes("p") ? ",p=0.2" : ""
    return `${kind}:from=5min,every=13min,for=1min${chance}`
}).join(";")

/** Every byte that passed the simulated network, with its time, both ways. */
async function wireOf(seed: number): Promise<{ wire: string; told: string }> {
    const hash = createHash("sha256")
    const carry = MemoryNetwork.prototype.connect
    let clockMs = () => 0
    MemoryNetwork.prototype.connect = function (host, port, tls, events) {
        const note = (way: string, bytes: Uint8Array) =>
            hash.update(`${clockMs()} ${way} ${Buffer.from(bytes).toString("hex")}\n`)
        const connection = carry.call(this, host, port, tls, {
            ...events,
            data: bytes => {
                note("down", bytes)
                events.data(bytes)
            },
        })
        return {
            ...connection,
            write: bytes => {
                note("up", bytes)
                connection.write(bytes)
            },
        }
    }
    try {
        const lines: string[] = []
        const run = await create(ALL, {
            seed,
            nodes: 4,
            world: new RoomWorld(seed, 4),
            print: (id, line) => lines.push(`${id} ${line}`),
        })
        clockMs = () => run.virtualSeconds()
        await run.run()
        const { wallMs: _, ...figures } = run.result()
        const told = JSON.stringify([figures, run.counters(), run.rows(), lines])
        await run.close()
        return { wire: hash.digest("hex"), told }
    } finally {
        MemoryNetwork.prototype.connect = carry
    }
}

test("with all faults on, one seed is one run, to the byte on the wire; another seed is another", async () => {
    const first = await wireOf(1)
    const again = await wireOf(1)
    assert.equal(again.wire, first.wire)
    assert.equal(again.told, first.told)
    assert.notEqual((await wireOf(2)).wire, first.wire)
})

test("a promise that is broken with nothing to blame is named; a fault that still lasts is to blame", async () => {
    // A broker that says nothing more to reports after a while: as a bug of a session would look.
    let pubacks = 0
    const carry = MemoryNetwork.prototype.connect
    MemoryNetwork.prototype.connect = function (host, port, tls, events) {
        const parser = packetParser({ protocolVersion: 4 })
        parser.on("packet", packet => {
            if (packet.cmd !== "puback" || ++pubacks <= 3) events.data(generate(packet))
        })
        const data = (bytes: Uint8Array) => void parser.parse(Buffer.from(bytes))
        return carry.call(this, host, port, tls, { ...events, data })
    }
    try {
        const { broken, result } = await rehearse("", { nodes: 1, seconds: 900 })
        assert.ok(pubacks > 3, `${pubacks} PUBACKs`)
        assert.equal(broken.length, 1)
        assert.equal(broken[0].reports, result.published - result.acknowledged)
        pubacks = 0
        assert.deepEqual((await rehearse("delay:by=1s", { nodes: 1, seconds: 900 })).broken, [])
    } finally {
        MemoryNetwork.prototype.connect = carry
    }
})

test("in real time the broker dies and comes back on its port, and connections fail, all the same", async () => {
    const { rows, counters, panics } = await rehearse(
        "brokerKill:from=30s,for=10s;drop:from=80s;dnsFail:from=80s,for=5s,by=1s",
        { virtual: false, speed: 60, seconds: 400 }
    )
    assert.deepEqual(panics, [])
    assert.equal(counters.struck.brokerKill, 1)
    assert.ok(
        rows.every(row => row.online),
        "all nodes are online again"
    )
})

const REFUSED: [string, Partial<RehearsalOptions>, RegExp][] = [
    ["refuse:node=2", {}, /no node 2. There are: 0 to 1/],
    ["brokerKill:every=1h", { virtual: false, brokerUrl: "mqtt://far.test" }, /not ours to kill/],
]
for (const [spec, options, reason] of REFUSED)
    test(`${spec} is refused where it cannot be`, async () => {
        await assert.rejects(create(spec, options), (e: Error) => {
            assert.ok(e instanceof UsageError, e.message)
            assert.match(e.message, reason)
            return true
        })
    })
