/**
 * The manifest of claims: what nodes enrol with, a JSON object {id, secret} a line. `motewise fleet claim` adds lines, whoever runs the
 * fleet reads what was added; a line counts once it ends.
 */
import {
    closeSync,
    existsSync,
    fsyncSync,
    fstatSync,
    openSync,
    readSync,
    writeFileSync,
    writeSync,
} from "node:fs"
import { randomBytes } from "node:crypto"
import { dirname, join } from "node:path"
import { CLAIM_SECRET_BYTES } from "../src/telemetry/contract/enrolment"
import { SETTING_BROKER, SETTING_CLAIM } from "../src/telemetry/contract/settings"
import { manifestPath, ownersFolder } from "./folder"
import { FLEET_ID } from "./ledger/entry"
import { secretOf, type Claim } from "./registrar/claim"

const ID_BYTES = 8
const OWNER_ONLY = 0o600
const CHUNK_BYTES = 2 ** 20
const NEW_LINE = 0x0a

/** Ids that nobody has. @param random bytes that nobody can guess @param isTaken of those that were given out before */
export function newClaims(
    count: number,
    random: (n: number) => Buffer,
    isTaken: (id: string) => boolean
): Claim[] {
    const claims = new Map<string, Claim>()
    while (claims.size < count) {
        const id = random(ID_BYTES).toString("hex")
        if (id === FLEET_ID || isTaken(id) || claims.has(id)) continue
        claims.set(id, { id, secret: random(CLAIM_SECRET_BYTES).toString("hex") })
    }
    return [...claims.values()]
}

/** Ids of all claims of a fleet. @param say hears of lines that are none */
export function claimedIds(manifestFile: string, say: (line: string) => void): Set<string> {
    const manifest = new Manifest(manifestFile, say)
    const ids = new Set<string>()
    for (let claims = manifest.readNew(); claims.length > 0; claims = manifest.readNew())
        for (const { id } of claims) ids.add(id)
    return ids
}

/** One claim more in a fleet's folder. @returns the file of its settings, for whoever flashes the node */
export function makeClaim(folder: string, say: (line: string) => void, broker?: string): string {
    const manifest = manifestPath(folder)
    const taken = claimedIds(manifest, say)
    const [claim] = newClaims(1, randomBytes, id => taken.has(id))
    // First: settings of a claim that nobody knows would be a node that cannot enrol.
    addToManifest(manifest, [claim])
    return writeSettings(dirname(manifest), claim, broker)
}

/** On the disk when it returns. */
export function addToManifest(path: string, claims: readonly Claim[]): void {
    ownersFolder(dirname(path))
    const file = openSync(path, "a+", OWNER_ONLY)
    try {
        const { size } = fstatSync(file)
        const last = Buffer.alloc(1)
        // What a power cut left unfinished is a line of its own, and no claim.
        const isTorn =
            size > 0 && readSync(file, last, 0, 1, size - 1) === 1 && last[0] !== NEW_LINE
        const lines = claims.map(({ id, secret }) => `${JSON.stringify({ id, secret })}\n`)
        // One write, so that two who add at once do not mix.
        writeAll(file, Buffer.from(`${isTorn ? "\n" : ""}${lines.join("")}`))
        fsyncSync(file)
    } finally {
        closeSync(file)
    }
}

function writeAll(file: number, bytes: Buffer): void {
    for (let at = 0; at < bytes.length;) at += writeSync(file, bytes, at)
}

/** The settings of one node, for whoever flashes it. Returns the file. */
export function writeSettings(folder: string, { id, secret }: Claim, broker?: string): string {
    const path = join(folder, `${id}.env`)
    const lines = [`${SETTING_CLAIM}=${id}-${secret}`]
    if (broker !== undefined) lines.push(`${SETTING_BROKER}=${broker}`)
    writeFileSync(path, `${lines.join("\n")}\n`, { mode: OWNER_ONLY, flag: "wx" })
    return path
}

/** Reads a manifest from where it was read to last. */
export class Manifest {
    private offset = 0
    private line = 0
    private rest = Buffer.alloc(0)

    /** @param say hears of lines that are no claims: which, and nothing of what is in them */
    constructor(
        private readonly path: string,
        private readonly say: (line: string) => void
    ) {}

    /** What was added since, a bounded piece at a time: empty when there is no more. */
    readNew(): Claim[] {
        const claims: Claim[] = []
        while (claims.length === 0) {
            const chunk = this.readChunk()
            if (chunk.length === 0) return claims
            const bytes = Buffer.concat([this.rest, chunk])
            const end = bytes.lastIndexOf(NEW_LINE) + 1
            this.rest = bytes.subarray(end)
            for (const text of bytes.toString("utf8", 0, end).split("\n").slice(0, -1))
                claims.push(...this.claimsIn(text))
        }
        return claims
    }

    private readChunk(): Buffer {
        if (!existsSync(this.path)) return Buffer.alloc(0)
        const file = openSync(this.path, "r")
        try {
            const chunk = Buffer.alloc(Math.min(CHUNK_BYTES, fstatSync(file).size - this.offset))
            const length = readSync(file, chunk, 0, chunk.length, this.offset)
            this.offset += length
            return chunk.subarray(0, length)
        } finally {
            closeSync(file)
        }
    }

    private claimsIn(text: string): Claim[] {
        this.line++
        try {
            const { id, secret } = JSON.parse(text) as Claim
            secretOf({ id, secret })
            return [{ id, secret }]
        } catch {
            this.say(`${this.path}: line ${this.line} is no claim, and is passed over`)
            return []
        }
    }
}
