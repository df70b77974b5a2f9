/**
 * The MQTT client alone: says its uptime every 5 s, at QoS 1, and hears itself say it. The setting BROKER, or the broker that `npm start`
 * runs in another terminal.
 */
import * as ds from "@devicescript/core"
import { parseBroker } from "../src/mqtt/broker"
import { Link } from "../src/mqtt/link"
import { Publish } from "../src/mqtt/packets"
import { Session } from "../src/mqtt/session"
import { readText } from "../src/node/config"
import { SETTING_BROKER } from "../src/telemetry/contract/settings"

const TOPIC = "motewise/uptime"

function heard({ topic, payload }: Publish): void {
    console.log(`heard ${topic}: ${payload.toString()}`)
}

const id = ds.deviceIdentifier("self")
const session = new Session({ clientId: `example-${id}`, keepAliveSeconds: 60 }, TOPIC, heard)
session.onAcknowledged = token => {
    console.log(`the broker has ${token}`)
}

let said = 0
// Called when the session may have room.
const refill = async () => {
    if (said * 5000 > ds.millis() || !session.canPublish()) return
    session.publish(TOPIC, Buffer.from(`${Math.floor(ds.millis() / 1000)} s`), false, said)
    said++
}

const broker = parseBroker(await readText(SETTING_BROKER, "mqtt://127.0.0.1:1883"))
// Connects, and comes back after whatever happens to the connection.
await new Link(broker, session, refill, { turnMs: 1000 }).run()
