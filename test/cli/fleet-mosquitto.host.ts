/** `motewise fleet up --broker mosquitto`. */
import assert from "node:assert/strict"
import { readFileSync, readdirSync } from "node:fs"
import { after, before, test } from "node:test"
import { withoutProgram } from "../harness/needs"
import { freePort } from "../../machine/free-port"
import { FleetFolder, until } from "./fleet"

const skip = withoutProgram("mosquitto")
const desk = new FleetFolder()
let port = 0

before(async () => {
    port = await freePort()
    await desk.fleet("init")
})
after(() => desk.remove())

/** Processes with this among their arguments. */
function processesWith(word: string): string[] {
    return readdirSync("/proc")
        .filter(name => /^\d+$/.test(name))
        .filter(name => {
            try {
                return readFileSync(`/proc/${name}/cmdline`, "utf8").includes(word)
            } catch {
                return false
            }
        })
}

test(
    "a node enrols, is heard, outlives a kill -9 of the fleet, and is revoked; no mosquitto is left",
    { skip },
    async () => {
        const args = ["--chain", "none", "--broker", "mosquitto", "--port", `${port}`]
        const [id] = (await desk.json("claim")).ids
        const up = await desk.up(...args)
        const node = desk.node(id, port)
        await node.enrol()
        await node.connect()
        await node.tell()
        await desk.untilHeard(id)
        await up.ended("SIGKILL")
        // Said to the mosquitto that outlived it, which keeps it for the fleet.
        await node.tell()
        await node.leave()
        const again = await desk.up(...args)
        await desk.untilHeard(id)
        await node.connect()
        await node.client?.publishAsync("mw/1234567890abcdef/up", "x", { qos: 1 })
        const counts = async () => (await desk.known(id)).counts
        await until("a foreign topic is told", async () => (await counts()).foreignTopic === 1)
        await desk.fleet("revoke", id)
        await until("its session is closed", () => node.client?.connected === false)
        assert.equal(await again.ended("SIGINT"), 0, again.err)
        assert.deepEqual(processesWith(desk.path("broker")), [])
        desk.printed += up.out + up.err + again.out + again.err
        assert.match(up.out, /mosquitto, dynamic security/)
        desk.assertNoSecretIsOut()
    }
)
