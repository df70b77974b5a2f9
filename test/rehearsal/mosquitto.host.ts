/** Nodes, the far end and somebody else's broker: Debian's mosquitto, with its store on disk, on a socket. */
import assert from "node:assert/strict"
import { after, before, test } from "node:test"
import { withoutProgram } from "../harness/needs"
import { MESSAGE, away, interoperation, rehearsal } from "./interoperation"
import { freePort } from "../../machine/free-port"
import { Mosquitto } from "./mosquitto"

const skip = withoutProgram("mosquitto")

let broker: Mosquitto
let port = 0
const brokerUrl = () => `mqtt://127.0.0.1:${port}`

before(async () => {
    if (skip !== false) return
    port = await freePort()
    broker = await Mosquitto.create(new Map([[port, ""]]), true)
})
after(async () => {
    if (skip === false) await broker.close()
})

interoperation("mosquitto", skip, brokerUrl)

test(
    "mosquitto: the session outlives a restart of the broker, and so does the message",
    { skip },
    async () => {
        await away(brokerUrl(), async () => {
            await broker.stop("SIGTERM")
            await broker.start()
        })
    }
)

test(
    "mosquitto: the session outlives kill -9, and so does the message once it is stored",
    { skip },
    async () => {
        await away(brokerUrl(), async () => {
            await broker.stored(MESSAGE)
            await broker.stop("SIGKILL")
            await broker.start()
        })
    }
)

test(
    "mosquitto: killed in the middle of three nodes' reports, it comes back, they do, and all is acknowledged",
    { skip },
    async () => {
        const run = await rehearsal(brokerUrl(), 1200)
        const running = run.run()
        await new Promise(resolve => setTimeout(resolve, 4_000))
        await broker.stop("SIGKILL")
        await new Promise(resolve => setTimeout(resolve, 2_000))
        await broker.start()
        await running
        // `lost` is not asked: reports acknowledged before the far end had subscribed again are the broker's own to keep.
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
