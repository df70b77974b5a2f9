/**
 * A mosquitto of our own: a process with a configuration, its store and its dynamic security in the fleet's folder `broker`, on one port.
 *
 * Nobody comes in but by dynamic security, whose file has, at first, one user: the fleet, with a password that is new at every start. One
 * that outlived us is ended first: it keeps its sessions on disk.
 */
import { spawn, type ChildProcess } from "node:child_process"
import { pbkdf2Sync, randomBytes } from "node:crypto"
import {
    chmodSync,
    existsSync,
    mkdirSync,
    readFileSync,
    readdirSync,
    renameSync,
    writeFileSync,
} from "node:fs"
import { connect } from "node:net"
import { userInfo } from "node:os"
import { join, resolve } from "node:path"
import { createInterface } from "node:readline"
import { findProgram } from "../../machine/programs"
import { InputError } from "../../table/input-error"
import { CONTROL_BYTES_MAX } from "../access/dynamic-security"

const PLUGIN = "mosquitto_dynamic_security.so"
/** Where packages put it: Debian in a folder of the machine's kind. */
const LIBRARIES = ["/usr/lib", "/usr/local/lib", "/usr/lib64", "/opt/homebrew/lib"]
const START_MS_MAX = 10_000
const STOP_MS_MAX = 5_000
const LOOK_MS = 20
export const FLEET_USER = "motewise-fleet"
// As mosquitto_ctrl makes them.
const ITERATIONS = 101
const HASH_BYTES = 64
const SALT_BYTES = 12

export interface MosquittoOptions {
    /** Of the fleet. */
    folder: string
    host: string
    port: number
    /** Hears each line of its log. */
    onLog: (line: string) => void
    /** It ended by itself. */
    onEnd: (why: string) => void
}

export interface RunningMosquitto {
    user: string
    password: string
    stop: () => Promise<void>
}

/** @throws InputError when it is not installed, or cannot start */
export async function startMosquitto(options: MosquittoOptions): Promise<RunningMosquitto> {
    const program = findProgram("mosquitto")
    const plugin = findPlugin()
    if (program === undefined || plugin === undefined)
        throw new InputError(
            `--broker mosquitto: ${program === undefined ? "mosquitto" : PLUGIN} is not installed (apt-get install mosquitto; 2.0 or newer). Install it, or leave out --broker`
        )
    const folder = resolve(options.folder, "broker")
    mkdirSync(folder, { recursive: true, mode: 0o700 })
    chmodSync(folder, 0o700)
    await endOrphan(folder)
    if (await isOpen(options.host, options.port))
        throw new InputError(
            `port ${options.port} at ${options.host} is taken: end what listens there, or choose another with --port`
        )
    const password = randomBytes(24).toString("hex")
    writeSecurity(join(folder, "dynamic-security.json"), password)
    writeFileSync(configPath(folder), configOf(folder, plugin, options), { mode: 0o600 })
    const child = await started(program, folder, options)
    let isWanted = true
    child.once("exit", code => isWanted && options.onEnd(`mosquitto ended with ${code}`))
    const stopWithUs = () => void child.kill("SIGTERM")
    process.once("exit", stopWithUs)
    return {
        user: FLEET_USER,
        password,
        stop: async () => {
            isWanted = false
            process.removeListener("exit", stopWithUs)
            await stopped(child)
        },
    }
}

function findPlugin(): string | undefined {
    const folders = LIBRARIES.filter(existsSync).flatMap(library => [
        library,
        ...readdirSync(library).map(name => join(library, name)),
    ])
    return folders.map(folder => join(folder, PLUGIN)).find(existsSync)
}

function configPath(folder: string): string {
    return join(folder, "mosquitto.conf")
}

function configOf(folder: string, plugin: string, { host, port }: MosquittoOptions): string {
    const lines = [
        `listener ${port} ${host}`,
        "allow_anonymous false",
        `plugin ${plugin}`,
        `plugin_opt_config_file ${folder}/dynamic-security.json`,
        "persistence true",
        `persistence_location ${folder}/`,
        // For every client, so longer than a node's longest: our own commands are.
        `max_packet_size ${CONTROL_BYTES_MAX + 5000}`,
        "set_tcp_nodelay true",
        // Standard output it would keep until it has 4 kB.
        "log_dest stderr",
        "log_timestamp false",
        // Debug, for it is where it says whose publish it denied.
        ...["error", "warning", "notice", "information", "subscribe", "debug"].map(
            type => `log_type ${type}`
        ),
        // As root it would become a user that may not write here.
        `user ${userInfo().username}`,
    ]
    return `${lines.join("\n")}\n`
}

interface Security {
    defaultACLAccess: Record<string, boolean>
    clients: { username: string }[]
    roles: { rolename: string }[]
}

/** What it has of nodes stays; the fleet's user and role, and what nobody may, are made anew. */
function writeSecurity(path: string, password: string): void {
    const { clients = [], roles = [] } = existsSync(path) ? securityIn(path) : {}
    const salt = randomBytes(SALT_BYTES)
    const security: Security = {
        defaultACLAccess: {
            publishClientSend: false,
            publishClientReceive: false,
            subscribe: false,
            unsubscribe: true,
        },
        clients: [
            ...clients.filter(({ username }) => username !== FLEET_USER),
            {
                username: FLEET_USER,
                salt: salt.toString("base64"),
                password: pbkdf2Sync(password, salt, ITERATIONS, HASH_BYTES, "sha512").toString(
                    "base64"
                ),
                iterations: ITERATIONS,
                roles: [{ rolename: FLEET_USER }],
            } as { username: string },
        ],
        roles: [
            ...roles.filter(({ rolename }) => rolename !== FLEET_USER),
            {
                rolename: FLEET_USER,
                acls: ["publishClientSend", "publishClientReceive", "subscribePattern"].flatMap(
                    acltype =>
                        ["mw/#", "$CONTROL/dynamic-security/#"].map(topic => ({
                            acltype,
                            topic,
                            allow: true,
                        }))
                ),
            } as { rolename: string },
        ],
    }
    writeFileSync(`${path}.ours`, JSON.stringify(security), { mode: 0o600 })
    renameSync(`${path}.ours`, path)
}

function securityIn(path: string): Partial<Security> {
    try {
        return JSON.parse(readFileSync(path, "utf8")) as Partial<Security>
    } catch {
        throw new InputError(`${path}: is damaged. Remove it: every node is let in again as before`)
    }
}

async function started(
    program: string,
    folder: string,
    { host, port, onLog }: MosquittoOptions
): Promise<ChildProcess> {
    const child = spawn(program, ["-c", configPath(folder)], {
        stdio: ["ignore", "ignore", "pipe"],
        // Ctrl-C in a terminal is for us, who end it last.
        detached: true,
    })
    writeFileSync(pidPath(folder), String(child.pid))
    const errors: string[] = []
    let isUp = false
    const hear = (line: string) => {
        if (!isUp && /^Error/.test(line)) errors.push(line)
        onLog(line)
    }
    createInterface({ input: child.stderr as NodeJS.ReadableStream }).on("line", hear)
    const endMs = performance.now() + START_MS_MAX
    while (!(isUp = await isOpen(host, port))) {
        if (child.exitCode !== null || child.signalCode !== null || performance.now() > endMs) {
            child.kill("SIGKILL")
            throw new InputError(
                `mosquitto does not start: ${errors.join(" ") || "it says nothing"} (${configPath(folder)})`
            )
        }
        await pause()
    }
    return child
}

async function isOpen(host: string, port: number): Promise<boolean> {
    return await new Promise(resolve => {
        const socket = connect(port, host === "0.0.0.0" ? "127.0.0.1" : host)
        const done = (open: boolean) => {
            resolve(open)
            socket.destroy()
        }
        socket.once("connect", () => done(true)).once("error", () => done(false))
    })
}

const pause = () => new Promise(resolve => setTimeout(resolve, LOOK_MS))

async function stopped(child: ChildProcess): Promise<void> {
    if (child.exitCode !== null || child.signalCode !== null) return
    const gone = new Promise(resolve => child.once("exit", resolve))
    child.kill("SIGTERM")
    const timer = setTimeout(() => child.kill("SIGKILL"), STOP_MS_MAX)
    await gone
    clearTimeout(timer)
}

function pidPath(folder: string): string {
    return join(folder, "mosquitto.pid")
}

async function endOrphan(folder: string): Promise<void> {
    const path = pidPath(folder)
    const pid = existsSync(path) ? Number(readFileSync(path, "utf8")) : 0
    if (!isOurs(pid, folder)) return
    process.kill(pid, "SIGTERM")
    const endMs = performance.now() + STOP_MS_MAX
    while (isOurs(pid, folder)) {
        if (performance.now() > endMs)
            throw new InputError(
                `mosquitto, process ${pid}, holds ${folder} and does not end: end it first`
            )
        await pause()
    }
}

/** Numbers of processes are used again: it is one that has our configuration among its arguments, as far as the system tells. */
function isOurs(pid: number, folder: string): boolean {
    if (!Number.isSafeInteger(pid) || pid <= 0) return false
    try {
        return readFileSync(`/proc/${pid}/cmdline`, "utf8").split("\0").includes(configPath(folder))
    } catch {
        return false
    }
}
