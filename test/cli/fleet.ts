/** A fleet's folder for tests, and the commands about it. */
import assert from "node:assert/strict"
import { CommanderError } from "commander"
import { mkdtempSync, readFileSync, readdirSync, rmSync, statSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { Control, type PlainNode } from "../../fleet/control"
import { claimIn, MqttNode } from "../fleet/mqtt-node"
import { called } from "./run"
import { Up } from "./up"

export class FleetFolder {
    private readonly parent = mkdtempSync(join(tmpdir(), "motewise-fleets-"))
    readonly folder = join(this.parent, "fleet")
    /** All that the commands printed, to look for secrets in. */
    printed = ""

    path(...names: string[]): string {
        return join(this.folder, ...names)
    }

    /** Outside of the fleet's own. */
    beside(name: string): string {
        return join(this.parent, name)
    }

    async fleet(verb: string, ...args: string[]): Promise<string> {
        try {
            const out = await called("fleet", verb, ...args, "--dir", this.folder)
            this.printed += out
            return out
        } catch (e) {
            this.printed += (e as Error).stack
            throw e
        }
    }

    async json(verb: string, ...args: string[]) {
        const out = await this.fleet(verb, ...args, "--json")
        assert.equal(out.trimEnd().split("\n").length, 1)
        return JSON.parse(out)
    }

    /** By an error that main.ts tells in a line, with exit code 2. */
    async refuses(reason: RegExp, verb: string, ...args: string[]): Promise<void> {
        await assert.rejects(this.fleet(verb, ...args), (e: Error) => {
            const isTold = ["InputError", "UsageError"].includes(e.name)
            assert.ok(isTold || e instanceof CommanderError, `${e.stack}`)
            assert.match(e.message, reason)
            return true
        })
    }

    claims(): { id: string; secret: string }[] {
        return readFileSync(this.path("claims/manifest.jsonl"), "utf8")
            .trimEnd()
            .split("\n")
            .map(line => JSON.parse(line))
    }

    /** Flashed with its settings. */
    node(id: string, port: number): MqttNode {
        return new MqttNode(claimIn(this.path("claims", `${id}.env`)), port)
    }

    /** What the process that runs the fleet knows of a node. */
    async known(id: string): Promise<PlainNode> {
        const node = await (await Control.find(this.folder))?.node(id)
        assert.ok(node, `${id} is not known`)
        return node
    }

    async untilHeard(id: string): Promise<void> {
        await until("it is heard", async () => (await this.known(id)).heardMs !== undefined)
    }

    async up(...args: string[]): Promise<Up> {
        return await new Up(this.folder, ...args).started()
    }

    files(): string[] {
        return readdirSync(this.parent, { recursive: true, encoding: "utf8", withFileTypes: true })
            .filter(entry => entry.isFile())
            .map(entry => join(entry.parentPath, entry.name))
    }

    /** That nothing secret was printed, and no secret lies where others can read it. */
    assertNoSecretIsOut(): void {
        const registrarKey = readFileSync(this.path("keys/registrar.key"), "utf8").trim()
        const { seed } = JSON.parse(readFileSync(this.path("keys/fleet.key"), "utf8"))
        const manifest = readFileSync(this.path("claims/manifest.jsonl"), "utf8")
        const secrets: string[] = [seed, registrarKey, ...(manifest.match(/[0-9a-f]{64}/g) ?? [])]
        assert.ok(secrets.length > 2, "there are secrets")
        for (const secret of secrets)
            assert.ok(!this.printed.includes(secret.slice(0, 16)), "a secret was printed")
        for (const path of this.files()) {
            const bytes = readFileSync(path)
            const isSecret = secrets.some(
                secret => bytes.includes(secret) || bytes.includes(Buffer.from(secret, "hex"))
            )
            const isShut = (modeOf(path) & 0o077) === 0 || modeOf(join(path, "..")) === 0o700
            assert.ok(!isSecret || isShut, path)
        }
    }

    remove(): void {
        Up.endAll()
        rmSync(this.parent, { recursive: true, force: true })
    }
}

export function modeOf(path: string): number {
    return statSync(path).mode & 0o777
}

export async function until(what: string, isDone: () => boolean | Promise<boolean>): Promise<void> {
    const endMs = performance.now() + 30_000
    while (!(await isDone())) {
        assert.ok(performance.now() < endMs, what)
        await new Promise(resolve => setTimeout(resolve, 100))
    }
}
