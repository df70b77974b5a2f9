/** A node that speaks TLS to mosquitto: a certificate that is in order is taken, and each way not to be is refused, and says why. */
import assert from "node:assert/strict"
import { mkdtempSync, rmSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { after, before, test } from "node:test"
import { TcpNetwork } from "../../sim/network"
import { withoutProgram } from "../harness/needs"
import { Authority } from "./authority"
import { Desk, isReport } from "./desk"
import { ONLINE_S_MAX } from "./interoperation"
import { freePort } from "../../machine/free-port"
import { Mosquitto } from "./mosquitto"

const skip = withoutProgram("mosquitto") || withoutProgram("openssl")
const HOST = "localhost"
const DAY_MS = 86_400_000

let folder: string
let authority: Authority
let broker: Mosquitto
const ports = { good: 0, expired: 0, future: 0, otherHost: 0 }

/** YYMMDDHHMMSSZ, so many days from now. */
function date(days: number): string {
    const iso = new Date(Date.now() + days * DAY_MS).toISOString()
    return `${iso.replace(/\D/g, "").slice(2, 14)}Z`
}

before(async () => {
    if (skip !== false) return
    folder = mkdtempSync(join(tmpdir(), "motewise-tls-"))
    authority = new Authority(folder)
    const listeners = new Map<number, string>()
    const listen = async (
        name: keyof typeof ports,
        host: string,
        fromDays: number,
        toDays: number
    ) => {
        const { certificate, key } = authority.issue(name, host, date(fromDays), date(toDays))
        ports[name] = await freePort()
        listeners.set(ports[name], `certfile ${certificate}\nkeyfile ${key}`)
    }
    await listen("good", HOST, -1, 1)
    await listen("expired", HOST, -3, -2)
    await listen("future", HOST, 1, 2)
    await listen("otherHost", "broker.test", -1, 1)
    broker = await Mosquitto.create(listeners, false)
})
after(async () => {
    if (skip !== false) return
    await broker.close()
    rmSync(folder, { recursive: true, force: true })
})

test(
    "a certificate of a trusted authority for this host: online, and reports are acknowledged",
    { skip },
    async () => {
        const network = new TcpNetwork([authority.certificate])
        const desk = await Desk.create(`mqtts://${HOST}:${ports.good}`, network)
        const { tap, node } = desk
        assert.ok(
            await desk.until(() => tap.said.some(isReport) && tap.unanswered() === 0, ONLINE_S_MAX),
            `not online: ${desk.told()}`
        )
        assert.doesNotMatch(desk.told(), /certificate|Hostname/)
        assert.deepEqual(node.panics, [])
        node.stop()
    }
)

for (const [name, port, isTrusted, reason] of [
    [
        "another host's certificate",
        "otherHost",
        true,
        /mqtt: offline \(Hostname\/IP does not match .*broker\.test\), again in \d+ ms/,
    ],
    [
        "an expired certificate",
        "expired",
        true,
        /mqtt: offline \(certificate has expired\), again in \d+ ms/,
    ],
    [
        "a certificate of tomorrow",
        "future",
        true,
        /mqtt: offline \(certificate is not yet valid\), again in \d+ ms/,
    ],
    [
        "an authority nobody knows",
        "good",
        false,
        /mqtt: offline \(unable to verify the first certificate\), again in \d+ ms/,
    ],
] as const)
    test(`${name}: refused, the node says why, and goes on trying`, { skip }, async () => {
        const network = new TcpNetwork(isTrusted ? [authority.certificate] : [])
        const desk = await Desk.create(`mqtts://${HOST}:${ports[port]}`, network)
        const { tap, node } = desk
        await desk.until(() => tap.attempts > 1, ONLINE_S_MAX)
        assert.match(desk.told(), reason)
        assert.ok(tap.attempts > 1, `${tap.attempts} attempts`)
        assert.deepEqual(tap.said, []) // not a byte of MQTT before the handshake
        assert.deepEqual(node.panics, [])
        node.stop()
    })
