/** Nodes, the far end and somebody else's broker: Debian's mosquitto, on a socket. */
import assert from "node:assert/strict"
import { spawn, type ChildProcess } from "node:child_process"
import { createServer, connect, type AddressInfo } from "node:net"
import { after, before, test } from "node:test"
import { compile } from "../../image/compile"
import { Rehearsal } from "../../rehearsal/rehearsal"
import { RoomWorld } from "../../sim/worlds/room"
import { withoutProgram } from "../harness/needs"

const skip = withoutProgram("mosquitto")
const START_MS_MAX = 5000

let broker: ChildProcess | undefined
let port = 0

async function freePort(): Promise<number> {
    const server = createServer()
    await new Promise<void>(resolve => server.listen(0, "127.0.0.1", resolve))
    const { port } = server.address() as AddressInfo
    await new Promise(resolve => server.close(resolve))
    return port
}

async function isOpen(port: number): Promise<boolean> {
    return await new Promise(resolve => {
        const socket = connect(port, "127.0.0.1")
        socket.once("connect", () => resolve(true)).once("error", () => resolve(false))
        socket.once("close", () => {}).setTimeout(500, () => socket.destroy())
        socket.once("connect", () => socket.destroy())
    })
}

async function start(): Promise<void> {
    broker = spawn("mosquitto", ["-p", String(port)], { stdio: "ignore" })
    const endMs = performance.now() + START_MS_MAX
    while (!(await isOpen(port))) {
        assert.ok(performance.now() < endMs, "mosquitto did not start")
        await new Promise(resolve => setTimeout(resolve, 50))
    }
}

async function kill(): Promise<void> {
    const gone = new Promise(resolve => broker?.once("exit", resolve))
    broker?.kill("SIGKILL")
    await gone
}

before(async () => {
    if (skip !== false) return
    port = await freePort()
    await start()
})
after(async () => {
    if (skip === false) await kill()
})

async function rehearsal(seconds: number): Promise<Rehearsal> {
    const { bytes } = await compile("src/main.ts")
    return await Rehearsal.create({
        image: bytes,
        nodes: 3,
        world: new RoomWorld(1, 3),
        seed: 1,
        virtual: false,
        speed: 60,
        seconds,
        brokerUrl: `mqtt://127.0.0.1:${port}`,
        faults: [],
        exact: false,
        print: () => {},
    })
}

test("every report is acknowledged and heard", { skip }, async () => {
    const run = await rehearsal(600)
    await run.run()
    const { published, acknowledged, lost, samples } = run.result()
    assert.ok(
        run.rows().every(row => row.online),
        "all nodes are online"
    )
    await run.close()
    assert.equal(published, acknowledged)
    assert.equal(lost, 0)
    assert.ok(published >= 6, `${published} reports`)
    assert.ok(samples >= 15, `${samples} samples`)
})

test(
    "after the broker was killed and came back, so do the nodes, and all is acknowledged",
    { skip },
    async () => {
        const run = await rehearsal(1800)
        const running = run.run()
        await new Promise(resolve => setTimeout(resolve, 6_000))
        await kill()
        await new Promise(resolve => setTimeout(resolve, 3_000))
        await start()
        await running
        // `lost` is not asked: reports that a broker without a store acknowledged before we had subscribed again are its own to keep.
        const { published, acknowledged } = run.result()
        assert.ok(
            run.rows().every(row => row.online),
            "all nodes are online again"
        )
        assert.deepEqual(run.panics(), [])
        await run.close()
        assert.equal(published, acknowledged)
    }
)
