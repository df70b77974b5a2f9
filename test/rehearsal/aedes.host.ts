/** Nodes and the embedded broker, over TCP. */
import { after, before } from "node:test"
import { Broker } from "../../fleet/broker"
import { interoperation } from "./interoperation"

let broker: Broker
let port = 0

before(async () => {
    broker = await Broker.create()
    port = await broker.listen()
})
after(async () => await broker.close())

interoperation("aedes", false, () => `mqtt://127.0.0.1:${port}`)
