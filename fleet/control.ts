/**
 * How the commands `fleet nodes`, `node` and `revoke` ask the process that runs the fleet: HTTP with JSON, on a socket in its folder that
 * its owner alone may use.
 *
 * | request                       | answer                                     |
 * |-------------------------------|--------------------------------------------|
 * | GET /status                   | FleetStatus                                |
 * | GET /nodes                    | NodeSeen, one a line                       |
 * | GET /nodes/<id>               | NodeSeen, or 404                           |
 * | POST /nodes/<id>/revoke       | {"isNews"}; takes {"reason"}               |
 */
import { chmodSync, existsSync, rmSync } from "node:fs"
import { createServer, request, type IncomingMessage, type ServerResponse } from "node:http"
import { createInterface } from "node:readline"
import { once } from "node:events"
import { text } from "node:stream/consumers"
import { InputError } from "../table/input-error"
import type { Fleet, NodeSeen } from "./fleet"
import { socketPath } from "./folder"

const BODY_BYTES_MAX = 1024
/** Of a name in the file system, Linux's and macOS's least. */
const SOCKET_BYTES_MAX = 103
const NODE = /^\/nodes\/([0-9a-f]{16})(\/revoke)?$/

/** Undefined when it cannot be had there, which is said: the fleet runs all the same. Returns how to end it. */
export async function serveControl(
    folder: string,
    fleet: Fleet,
    say: (line: string) => void
): Promise<() => Promise<void>> {
    const path = socketPath(folder)
    if (Buffer.byteLength(path) > SOCKET_BYTES_MAX) {
        say(`${path}: too long for a socket: fleet nodes, node and revoke cannot ask this process`)
        return async () => {}
    }
    // Whoever runs the fleet holds the ledger's lock, so this is what a killed one left.
    rmSync(path, { force: true })
    const server = createServer((asked, answer) => {
        respond(fleet, asked, answer).catch((e: Error) => {
            const status = e instanceof InputError ? 400 : 500
            if (!answer.headersSent) answer.writeHead(status)
            answer.end(JSON.stringify({ error: e.message }))
        })
    })
    const mask = process.umask(0o177)
    server.listen(path)
    await once(server, "listening")
    process.umask(mask)
    chmodSync(path, 0o600)
    return async () => {
        server.closeAllConnections()
        await new Promise(resolve => server.close(resolve))
        rmSync(path, { force: true })
    }
}

async function respond(
    fleet: Fleet,
    asked: IncomingMessage,
    answer: ServerResponse
): Promise<void> {
    const { method, url = "" } = asked
    const say = (value: object) => void answer.end(JSON.stringify(value))
    const [, id, revoke] = NODE.exec(url) ?? []
    if (method === "GET" && url === "/status") return say(fleet.status())
    if (method === "GET" && url === "/nodes") {
        for await (const node of fleet.registrar.nodes()) {
            const line = `${JSON.stringify({ ...plainNode(node), ...fleet.seen(node.id) })}\n`
            if (!answer.write(line)) await once(answer, "drain")
        }
        return void answer.end()
    }
    const node = id === undefined ? undefined : await fleet.registrar.node(id)
    if (node !== undefined && method === "GET" && revoke === undefined)
        return say({ ...plainNode(node), ...fleet.seen(node.id) })
    if (node !== undefined && method === "POST" && revoke !== undefined) {
        const reason = reasonIn(await bodyOf(asked))
        return say({ isNews: await fleet.revoke(node.id, reason) })
    }
    answer.writeHead(404)
    say({ error: "there is no such node" })
}

async function bodyOf(asked: IncomingMessage): Promise<string> {
    if (Number(asked.headers["content-length"] ?? Infinity) > BODY_BYTES_MAX)
        throw new InputError("too long")
    return await text(asked)
}

function reasonIn(body: string): string {
    const { reason } = JSON.parse(body) as { reason?: unknown }
    if (typeof reason !== "string") throw new InputError("no reason")
    return reason
}

/** As JSON has it. */
export type PlainNode = Omit<NodeSeen, "publicKey"> & { publicKey?: string }

export function plainNode<T extends { publicKey?: Buffer }>(
    node: T
): Omit<T, "publicKey"> & { publicKey?: string } {
    const { publicKey, ...rest } = node
    return { ...rest, publicKey: publicKey?.toString("hex") }
}

/** Whoever runs the fleet of a folder. */
export class Control {
    private constructor(private readonly path: string) {}

    /** Undefined when nobody runs it. */
    static async find(folder: string): Promise<Control | undefined> {
        const control = new Control(socketPath(folder))
        if (!existsSync(control.path)) return undefined
        try {
            await control.ask("GET", "/status")
            return control
        } catch (e) {
            const { code } = e as NodeJS.ErrnoException
            if (code === "ECONNREFUSED" || code === "ENOENT") return undefined
            throw e
        }
    }

    async *nodes(): AsyncGenerator<PlainNode> {
        const answer = await this.ask("GET", "/nodes")
        for await (const line of createInterface({ input: answer }))
            yield JSON.parse(line) as PlainNode
    }

    async node(id: string): Promise<PlainNode | undefined> {
        const answer = await this.ask("GET", `/nodes/${id}`)
        return answer.statusCode === 404 ? undefined : JSON.parse(await text(answer))
    }

    /** False when it was so already; undefined for a node that nobody knows. @throws InputError for no such reason */
    async revoke(id: string, reason: string): Promise<boolean | undefined> {
        const answer = await this.ask("POST", `/nodes/${id}/revoke`, JSON.stringify({ reason }))
        const told = JSON.parse(await text(answer)) as { isNews: boolean; error?: string }
        if (answer.statusCode === 404) return undefined
        if (answer.statusCode === 400) throw new InputError(told.error ?? "")
        if (answer.statusCode !== 200) throw new Error(told.error)
        return told.isNews
    }

    private async ask(method: string, path: string, body = ""): Promise<IncomingMessage> {
        return await new Promise((resolve, reject) => {
            request(
                {
                    socketPath: this.path,
                    method,
                    path,
                    headers: { "content-length": Buffer.byteLength(body) },
                },
                resolve
            )
                .once("error", reject)
                .end(body)
        })
    }
}
