/** A port of this computer's loopback that nobody listens on now. */
import { once } from "node:events"
import { createServer, type AddressInfo } from "node:net"

export async function freePort(): Promise<number> {
    const server = createServer()
    await once(server.listen(0, "127.0.0.1"), "listening")
    const { port } = server.address() as AddressInfo
    await new Promise<void>(resolve => server.close(() => resolve()))
    return port
}
