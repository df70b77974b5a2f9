/**
 * How a node learns the time of day: it asks with its uptime over MQTT, the fleet answers with both, and half of the round trip is taken
 * off. Here the program answers itself, 200 ms late, and says that it is noon of 21 November 2026.
 */
import * as ds from "@devicescript/core"
import { WallClock } from "../src/node/wall-clock"
import { CborWriter } from "../src/telemetry/cbor"
import { COMMAND_TIME } from "../src/telemetry/contract/commands"

const NOON_MS = 1795262400000

const clock = new WallClock()
const askedMs = ds.millis()
console.log(`asks ${clock.ask(askedMs).toString("hex").slice(0, 12)}...`)
console.log(`knows the time: ${clock.epochMs(askedMs) !== undefined}`)

await ds.sleep(200)
const answer = new CborWriter(Buffer.alloc(32))
answer.map(1)
answer.text(COMMAND_TIME)
answer.array(2)
answer.integer(askedMs)
answer.integer(NOON_MS)
const receivedMs = ds.millis()
console.log(`takes it: ${clock.answer(answer.bytes.slice(0, answer.length), receivedMs)}`)
console.log(`${clock.epochMs(receivedMs) - NOON_MS} ms after noon`)
