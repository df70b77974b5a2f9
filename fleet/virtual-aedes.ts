/**
 * The broker with its timers on somebody else's clock: aedes, bundled in memory and evaluated with that clock and randomness in place
 * of Node's. So its keepalives end at the right virtual second, and two runs of one seed are the same to the byte.
 *
 * What it asks of Node in that respect is known for 1.2.0: setTimeout with `refresh` and `unref`, setInterval, Date.now, Math.random
 * and crypto's randomUUID. It goes on through setImmediate and promises, which take no virtual time.
 */
import type { Aedes } from "aedes"
import { createRequire } from "node:module"

/** What time and chance are to the broker. */
export interface BrokerTime {
    nowMs(): number
    after(delayMs: number, run: () => void): { cancel(): void }
    fillRandom(bytes: Uint8Array): void
}

export type AedesClass = typeof Aedes

const require = createRequire(import.meta.url)

/** The bundle's text: made once, in a tenth of a second. */
let bundled: Promise<string> | undefined

async function bundle(): Promise<string> {
    try {
        const { build } = await import("esbuild")
        const { outputFiles } = await build({
            entryPoints: [require.resolve("aedes")],
            bundle: true,
            write: false,
            format: "cjs",
            platform: "node",
            target: "node20",
            logLevel: "silent",
        })
        return outputFiles[0].text
    } catch (e) {
        const reason = (e as Error).message.split("\n")[0]
        throw new Error(`cannot load the broker for virtual time (run "npm ci"): ${reason}`)
    }
}

/** @throws Error when aedes cannot be bundled */
export async function virtualAedes(time: BrokerTime): Promise<AedesClass> {
    bundled ??= bundle()
    const injected: Record<string, unknown> = {
        require: requireWith(time),
        module: { exports: {} },
        ...timersOn(time),
        Date: class extends Date {
            static override now = () => time.nowMs()
        },
        Math: Object.assign(Object.create(Math) as Math, { random: () => uniform(time) }),
    }
    new Function(...Object.keys(injected), await bundled)(...Object.values(injected))
    return (injected.module as { exports: { Aedes: AedesClass } }).exports.Aedes
}

function timersOn(time: BrokerTime): Record<string, unknown> {
    return {
        setTimeout: (run: () => void, ms: number) => new Timer(time, run, ms, false),
        setInterval: (run: () => void, ms: number) => new Timer(time, run, ms, true),
        clearTimeout: (timer?: Timer) => timer?.cancel(),
        clearInterval: (timer?: Timer) => timer?.cancel(),
    }
}

/** As much of Node's timers as aedes uses. */
class Timer {
    private due: { cancel(): void }

    constructor(
        private readonly time: BrokerTime,
        private readonly run: () => void,
        private readonly ms: number,
        private readonly again: boolean
    ) {
        this.due = this.wait()
    }

    refresh(): this {
        this.due.cancel()
        this.due = this.wait()
        return this
    }

    unref(): this {
        return this
    }

    cancel(): void {
        this.due.cancel()
    }

    private wait(): { cancel(): void } {
        return this.time.after(this.ms, () => {
            if (this.again) this.refresh()
            this.run()
        })
    }
}

function requireWith(time: BrokerTime): (name: string) => unknown {
    return name => {
        const module = require(name) as Record<string, unknown>
        return name === "node:crypto" ? { ...module, randomUUID: () => uuid(time) } : module
    }
}

function drawn(time: BrokerTime, length: number): Buffer {
    const bytes = Buffer.alloc(length)
    time.fillRandom(bytes)
    return bytes
}

function uniform(time: BrokerTime): number {
    return drawn(time, 4).readUInt32LE() / 2 ** 32
}

/** RFC 9562, version 4. */
function uuid(time: BrokerTime): string {
    const bytes = drawn(time, 16)
    bytes[6] = (bytes[6] & 0x0f) | 0x40
    bytes[8] = (bytes[8] & 0x3f) | 0x80
    return bytes.toString("hex").replace(/^(.{8})(.{4})(.{4})(.{4})/, "$1-$2-$3-$4-")
}
