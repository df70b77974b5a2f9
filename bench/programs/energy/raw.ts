/**
 * What is usually done instead: every sample as JSON, at once and at QoS 1, and somebody else decides. Parts, cadence, topic, keepalive and
 * session are the node's own, so that nothing differs but what is said. It says on its console what it has published and used.
 */
import "@dsboard/simulator"
import * as ds from "@devicescript/core"
import { parseBroker } from "../../../src/mqtt/broker"
import { Link } from "../../../src/mqtt/link"
import { Session } from "../../../src/mqtt/session"
import { meterSockets } from "../../../src/mqtt/socket"
import { readText } from "../../../src/node/config"
import { KEEP_ALIVE_SECONDS } from "../../../src/node/uplink"
import { EnergyAccount } from "../../../src/power/energy-account"
import { Sampler, roundsPassed } from "../../../src/sensing/sampler"
import { SETTING_BROKER } from "../../../src/telemetry/contract/settings"
import { upTopic } from "../../../src/telemetry/contract/topics"
import { roomParts, SAMPLE_EVERY_MS } from "./parts"

const id = ds.deviceIdentifier("self")
const energy = new EnergyAccount()
meterSockets(energy)
const sampler = new Sampler(roomParts)
const waiting: Buffer[] = []
const session = new Session(
    { clientId: `raw-${id}`, keepAliveSeconds: KEEP_ALIVE_SECONDS },
    [],
    () => {}
)

async function refill(): Promise<void> {
    while (waiting.length > 0 && session.canPublish())
        session.publish(upTopic(id), waiting.shift(), false)
}

const link = new Link(
    parseBroker(await readText(SETTING_BROKER, "mqtt://127.0.0.1:1883")),
    session,
    refill
)
const run = async () => await link.run()
run.start()

await sampler.start()
await ds.sleep(sampler.warmUpMs())
for (let dueMs = ds.millis(); ; dueMs += SAMPLE_EVERY_MS) {
    dueMs += roundsPassed(dueMs, SAMPLE_EVERY_MS, ds.millis()) * SAMPLE_EVERY_MS
    const waitMs = dueMs - ds.millis()
    if (waitMs > 0) await ds.sleep(waitMs)
    const uptimeMs = ds.millis()
    await sampler.round()
    const json = JSON.stringify({
        temperature: sampler.values[0],
        humidity: sampler.values[1],
        co2: sampler.values[2],
        light: sampler.values[3],
    })
    waiting.push(Buffer.from(json))
    link.wake()
    energy.awakeMs += ds.millis() - uptimeMs
    console.log(`raw ${uptimeMs} ${json}`)
    console.log(`used ${ds.millis()} ${energy.toText()}`)
}
