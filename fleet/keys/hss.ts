/**
 * The fleet's key: HSS with two levels (RFC 8554 §6), each a tree of 1,024 one-time keys, so 1,048,576 signatures.
 *
 * SHA-256/192 with digits of 4 bits: a signature of 3,052 bytes that an RP2040 checks in 0.3 s. Digits of 8 bits would save 1,200 bytes,
 * take a node five times as long, and make a new lower tree, due every 1,024 signatures, take ten times as long.
 *
 * All comes from one seed, so the file holds that and the number of messages signed. The number is on the disk before a signature is
 * made: a crash skips one, and never uses one twice. A copy of the file that is put back does, and then anybody can forge: keep no
 * backup of it that is ever used without `floor`, with what the ledger has seen last (`hssIndex`).
 */
import { hkdfSync, randomBytes } from "node:crypto"
import { existsSync } from "node:fs"
import { KeyFile, KeyFileError } from "./key-file"
import { LmsTree } from "./lms-tree"
import { IDENTIFIER_BYTES, lmsType, type LmsType } from "./lms-types"
import type { FleetSigner } from "./signer"

const FORMAT = "motewise-hss-key-1"
const LEVELS = 2
const SEED_BYTES = 32
/** LMS_SHA256_M24_H10 and LMOTS_SHA256_N24_W4. */
export const FLEET_LMS_CODE = 0x0b
/** LMS_SHA256_M24_H5, made in a tenth of a second: 1,024 signatures, for a fleet that does not last. */
export const SMALL_LMS_CODE = 0x0a
export const FLEET_OTS_CODE = 0x07

export interface HssOptions {
    /** Called while trees are made: how many of so many one-time keys there are. */
    onProgress?: (done: number, all: number) => void
}

export interface NewHssOptions extends HssOptions {
    lmsCode?: number
    otsCode?: number
}

/** What the file holds. */
interface State {
    format: string
    lmsCode: number
    otsCode: number
    seed: string
    /** Of the top tree, as a check that the seed is whole. */
    publicKey: string
    /** Messages signed. */
    index: number
}

export class HssKey implements FleetSigner {
    private lower: LmsTree | undefined
    private lowerIndex = -1
    private turn: Promise<unknown> = Promise.resolve()
    private isClosed = false
    private storedIndex: number

    private constructor(
        private readonly file: KeyFile,
        private readonly state: State,
        private readonly type: LmsType,
        private readonly top: LmsTree
    ) {
        this.storedIndex = state.index
    }

    /** Makes a key: 1 to 2 s, and on the disk when it returns. @throws KeyFileError when the file exists already */
    static async create(path: string, options: NewHssOptions = {}): Promise<HssKey> {
        const { lmsCode = FLEET_LMS_CODE, otsCode = FLEET_OTS_CODE, onProgress } = options
        const type = lmsType(lmsCode, otsCode)
        if (type === undefined)
            throw new RangeError(`LMS types ${lmsCode} and ${otsCode} do not go together`)
        const file = new KeyFile(path)
        try {
            if (existsSync(file.path))
                throw new KeyFileError(
                    `${file.path}: there is a key already; choose another file, for what the old one signed would be worth nothing`
                )
            const seed = randomBytes(SEED_BYTES)
            const top = await topTree(type, seed, onProgress)
            const publicKey = top.publicKey().toString("hex")
            const state = {
                format: FORMAT,
                lmsCode,
                otsCode,
                seed: seed.toString("hex"),
                publicKey,
                index: 0,
            }
            file.replace(JSON.stringify(state))
            return new HssKey(file, state, type, top)
        } catch (e) {
            file.close()
            throw e
        }
    }

    /** Takes up a key where it was left: as long as to make one. @throws KeyFileError when it is not whole, or in use */
    static async open(path: string, { onProgress }: HssOptions = {}): Promise<HssKey> {
        const file = new KeyFile(path)
        try {
            const { state, type } = stateIn(file)
            const top = await topTree(type, Buffer.from(state.seed, "hex"), onProgress)
            if (top.publicKey().toString("hex") !== state.publicKey)
                throw new KeyFileError(
                    `${file.path}: its seed does not make its public key; the file is damaged`
                )
            return new HssKey(file, state, type, top)
        } catch (e) {
            file.close()
            throw e
        }
    }

    publicKey(): Buffer {
        const levels = Buffer.alloc(4)
        levels.writeUInt32BE(LEVELS)
        return Buffer.concat([levels, this.top.publicKey()])
    }

    /** Messages signed, or given up after a crash. */
    get index(): number {
        return this.state.index
    }

    get remaining(): number {
        return this.capacity - this.state.index
    }

    /**
     * Signs, once the count is on the disk; one after the other, whoever calls. Every 1,024th makes a new lower tree first, in 1 to 2 s.
     * @throws KeyFileError when the key is used up or closed, or the file can not be written: then that number is given up
     */
    async sign(message: Uint8Array): Promise<Buffer> {
        return await this.inTurn(async () => {
            const index = this.state.index
            if (index >= this.capacity)
                throw new KeyFileError(`${this.file.path}: all ${this.capacity} are used up`)
            const perTree = this.top.leafCount
            const topIndex = Math.floor(index / perTree)
            const lower = await this.lowerTree(topIndex)
            this.advance(index + 1)
            const lowerKey = lower.publicKey()
            const levels = Buffer.alloc(4)
            levels.writeUInt32BE(LEVELS - 1)
            return Buffer.concat([
                levels,
                // The same for all that this lower tree signs: the tree comes from the seed and topIndex alone.
                this.top.sign(topIndex, lowerKey),
                lowerKey,
                lower.sign(index % perTree, message),
            ])
        })
    }

    /** Never to sign with a number below this one: after the file was restored, one more than the last signature anybody has seen. */
    async floor(index: number): Promise<void> {
        if (!Number.isInteger(index) || index < 0 || index > this.capacity)
            throw new RangeError(`${index} is not within 0 to ${this.capacity}`)
        await this.inTurn(async () => {
            if (index > this.state.index) this.advance(index)
        })
    }

    /** After what is being signed now; then another process may open it. */
    async close(): Promise<void> {
        await this.turn.catch(() => undefined)
        this.isClosed = true
        this.file.close()
    }

    private get capacity(): number {
        return this.top.leafCount ** LEVELS
    }

    /** In memory first: when the disk fails, nobody knows what it holds, and the number is given up. */
    private advance(index: number): void {
        const { index: stored } = stateIn(this.file).state
        // After a failed write it may hold either.
        if (stored !== this.storedIndex && stored !== this.state.index)
            throw new KeyFileError(
                `${this.file.path}: somebody else has written it: it holds ${stored}, not ${this.storedIndex}`
            )
        this.state.index = index
        this.file.replace(JSON.stringify(this.state))
        this.storedIndex = index
    }

    private async lowerTree(topIndex: number): Promise<LmsTree> {
        if (this.lower === undefined || this.lowerIndex !== topIndex) {
            const seed = Buffer.from(this.state.seed, "hex")
            this.lower = await treeFrom(this.type, seed, `lower ${topIndex}`, () => {})
            this.lowerIndex = topIndex
        }
        return this.lower
    }

    private async inTurn<T>(work: () => Promise<T>): Promise<T> {
        const mine = this.turn.then(() => {
            if (this.isClosed) throw new KeyFileError(`${this.file.path}: it was closed`)
            return work()
        })
        this.turn = mine.catch(() => undefined)
        return await mine
    }
}

function stateIn(file: KeyFile): { state: State; type: LmsType } {
    const damaged = (what: string) =>
        new KeyFileError(`${file.path}: ${what}; restore it, then raise its floor to the ledger's`)
    const text = file.read()
    let state: Partial<State> | null
    try {
        state = JSON.parse(text)
    } catch {
        // Not the parser's own words: they quote what it stumbled over.
        throw damaged("it is no JSON text")
    }
    const { format, lmsCode, otsCode, seed, publicKey, index } = state ?? {}
    if (format !== FORMAT) throw damaged("it is no key of ours")
    const type = lmsType(Number(lmsCode), Number(otsCode))
    if (type === undefined || lmsCode === undefined || otsCode === undefined)
        throw damaged("its types are not known")
    if (typeof seed !== "string" || !/^[0-9a-f]{64}$/.test(seed))
        throw damaged("its seed is not whole")
    if (typeof publicKey !== "string") throw damaged("its public key is missing")
    if (typeof index !== "number" || !Number.isInteger(index) || index < 0)
        throw damaged("its index is not whole")
    return { state: { format, lmsCode, otsCode, seed, publicKey, index }, type }
}

async function topTree(
    type: LmsType,
    seed: Buffer,
    onProgress: HssOptions["onProgress"]
): Promise<LmsTree> {
    const all = 2 ** type.height
    let done = 0
    return await treeFrom(type, seed, "top", () => onProgress?.(++done, all))
}

/** Seed and identifier of each tree come from the one seed. */
async function treeFrom(
    type: LmsType,
    seed: Buffer,
    name: string,
    onLeaf: () => void
): Promise<LmsTree> {
    const { hashBytes } = type
    const info = `${FORMAT} ${name}`
    const bytes = new Uint8Array(hkdfSync("sha256", seed, "", info, hashBytes + IDENTIFIER_BYTES))
    return await LmsTree.make(type, bytes.subarray(0, hashBytes), bytes.subarray(hashBytes), onLeaf)
}
