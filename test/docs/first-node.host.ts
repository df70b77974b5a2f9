/** docs/first-node.md, followed as it is written, beside a broker of the newcomer's own. */
import { Aedes } from "aedes"
import { createServer } from "node:net"
import { after } from "node:test"
import { follow } from "./newcomer"

const broker = await Aedes.createBroker()
const server = createServer(broker.handle)
after(() => {
    server.close()
    broker.close()
})

follow("docs/first-node.md", async port => {
    await new Promise<void>(resolve => server.listen(port, "127.0.0.1", resolve))
})
