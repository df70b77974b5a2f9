/**
 * A node's identity in software: an LMS key of 32 signatures, and the next one before they are used up.
 *
 * A one-time key that signs twice gives itself away. So the store is told first, told so by reading it back, and asked again at boot:
 * whatever the power does in between costs a one-time key, never uses one twice. Seed, leaves and the count of what is used lie in
 * the same store, and what wipes one wipes all: then there is a new key, and the node enrols anew.
 */
import * as ds from "@devicescript/core"
import { rolloverHead, rolloverStatement } from "../telemetry/contract/rollover"
import { IdentityError, IdentityProvider, IdentitySeat, Succession } from "./identity"
import { LmsKey } from "./lms-key"
import {
    IDENTIFIER_BYTES,
    LMOTS_SHA256_N24_W4,
    LMS_SHA256_M24_H5,
    LmsParameters,
    lmsParameters,
} from "./lms-parameters"
import {
    UseState,
    decodeKey,
    decodeState,
    encodeKey,
    encodeLeaves,
    encodeState,
    keyName,
    leavesName,
    leavesPerChunk,
    restoreLeaves,
    stateName,
} from "./lms-records"

/** 32 leaves fit the heap and the store; 1,024 do neither, and take minutes. */
const HEIGHT = 5
/** One-time keys that sign the next key and nothing else: each power failure between signing it and switching to it costs one. */
const KEPT_FOR_ROLLOVER = 4
/** The next key is due when so many messages can still be signed. */
const ROLLOVER_AT = 8
/** A quarter of a key. */
const LEAVES_TOLD = 8
/** Between looks whether another fiber has done signing. */
const TURN_MS = 5

export interface LmsIdentityOptions extends IdentitySeat {
    /** Of keys that are yet to be made; SHA-256/192 with W=4 and H=5 when left out; H is 5 in any case. */
    parameters?: LmsParameters
    /** Called after each leaf of a key that is being made. */
    onProgress?: (done: number, all: number) => void
}

/** The identity of a node that is given no other. */
export async function startLmsIdentity({
    store,
    random,
    nodeId,
}: IdentitySeat): Promise<IdentityProvider> {
    const onProgress = (done: number, all: number) => {
        if (done % LEAVES_TOLD === 0) console.log(`identity: ${done} of ${all} one-time keys made`)
    }
    const identity = new LmsIdentity({ store, random, nodeId, onProgress })
    await identity.start()
    return identity
}

export class LmsIdentity implements IdentityProvider, Succession {
    readonly succession: Succession = this
    /** Of the key that signs; before there is one, of the one to be made. */
    algorithm: string
    private readonly parameters: LmsParameters
    private state: UseState
    private key: LmsKey
    private next: LmsKey
    private rolloverBytes: Buffer
    /** Kept from the first on: a heap that has been used for a while may have no such piece left. */
    private signature: Buffer
    private isSigning = false
    private isMakingNext = false

    constructor(private readonly options: LmsIdentityOptions) {
        this.parameters =
            options.parameters !== undefined
                ? options.parameters
                : lmsParameters(LMS_SHA256_M24_H5, LMOTS_SHA256_N24_W4)
        const { height } = this.parameters
        if (height !== HEIGHT) throw new RangeError(`a tree of height ${height}, not ${HEIGHT}`)
        this.algorithm = nameOf(this.parameters)
    }

    /**
     * Finds the key in the store, or makes one: 7 s on an RP2040 with W=4, 48 s with W=8. Power that fails meanwhile costs the leaves
     * since the last write, a quarter at most. @throws IdentityError store
     */
    async start(): Promise<void> {
        const slots = [await this.read(stateName(0)), await this.read(stateName(1))]
        const states = [decodeState(slots[0], 0), decodeState(slots[1], 1)]
        const last = laterOf(states[0], states[1])
        if (last === undefined) {
            // A key that may have signed, and nobody knows how often, is not taken up.
            const isNew = slots[0] === undefined && slots[1] === undefined
            await this.startOver(0, isNew)
            return
        }
        const before = states[(last.counter + 1) & 1]
        // The other is torn, or was not read: it may have been the last one, and its one-time key used.
        const isAlone = before === undefined || before.counter !== last.counter - 1
        if (isAlone) last.used++
        this.state = last
        const key = decodeKey(await this.read(keyName(last.generation)), last.generation)
        if (key === undefined || last.used >= key.leafCount) {
            await this.startOver(last.generation + 1, true)
            return
        }
        // The runtime may not compact a store in which a torn record was not replaced.
        if (isAlone) await this.advance(last.generation, last.used)
        await this.fill(key, last.generation)
        this.adopt(key)
    }

    async publicKey(): Promise<Buffer> {
        this.expectReady()
        return this.key.publicKey()
    }

    /** 1,380 bytes, in 0.2 s on an RP2040 and one write to the store. @throws IdentityError notReady, notBytes, exhausted, store */
    async sign(message: Buffer): Promise<Buffer> {
        if (this.signature === undefined)
            this.signature = Buffer.alloc(this.parameters.signatureBytes)
        await this.signInto(this.signature, 0, message, KEPT_FOR_ROLLOVER)
        return this.signature
    }

    async remaining(): Promise<number> {
        this.expectReady()
        return Math.max(0, this.left() - KEPT_FOR_ROLLOVER)
    }

    async random(n: number): Promise<Buffer> {
        return this.options.random.bytes(n)
    }

    generation(): number {
        this.expectReady()
        return this.state.generation
    }

    isRolloverDue(): boolean {
        return this.key !== undefined && this.left() - KEPT_FOR_ROLLOVER <= ROLLOVER_AT
    }

    /**
     * The message that makes the next key known, signed by this one: to be sent until it is acknowledged. Makes that key first, as
     * `start` does, while this one goes on signing. Asked again, it is the same message. @throws IdentityError as `sign`
     */
    async rollover(): Promise<Buffer> {
        this.expectReady()
        if (this.isMakingNext) throw new IdentityError("notReady", "the next key is being made")
        if (this.rolloverBytes !== undefined) return this.rolloverBytes
        this.isMakingNext = true
        try {
            const generation = this.state.generation + 1
            if (this.next === undefined) this.next = await this.made(generation, true)
            const publicKey = this.next.publicKey()
            const statement = rolloverStatement(this.options.nodeId, generation, publicKey)
            const head = rolloverHead(generation, publicKey)
            const bytes = Buffer.alloc(head.length + this.parameters.signatureBytes)
            bytes.blitAt(0, head, 0, head.length)
            await this.signInto(bytes, head.length, statement, 0)
            this.rolloverBytes = bytes
        } finally {
            this.isMakingNext = false
        }
        return this.rolloverBytes
    }

    /** Once the far end knows the next key: from this write on it is the one that signs. @throws IdentityError notReady, store */
    async switchKey(): Promise<void> {
        if (this.rolloverBytes === undefined)
            throw new IdentityError("notReady", "the next key is not signed yet")
        await this.takeTurn()
        try {
            await this.advance(this.state.generation + 1, 0)
            this.adopt(this.next)
            this.next = undefined
            this.rolloverBytes = undefined
        } finally {
            this.isSigning = false
        }
    }

    /** @param kept one-time keys that are to be left */
    private async signInto(
        bytes: Buffer,
        at: number,
        message: Buffer,
        kept: number
    ): Promise<void> {
        if (!(message instanceof Buffer)) throw new IdentityError("notBytes", "no message")
        this.expectReady()
        await this.takeTurn()
        try {
            if (this.left() <= kept)
                throw new IdentityError("exhausted", `${this.state.used} one-time keys are used`)
            const q = this.state.used
            await this.advance(this.state.generation, q + 1)
            await this.key.sign(q, message, bytes, at)
        } finally {
            this.isSigning = false
        }
    }

    private left(): number {
        return this.key.leafCount - this.state.used
    }

    private expectReady(): void {
        if (this.key === undefined) throw new IdentityError("notReady", "it was not started")
    }

    /** One signature at a time: the hashes of a key share their buffers. */
    private async takeTurn(): Promise<void> {
        while (this.isSigning) await ds.sleep(TURN_MS)
        this.isSigning = true
    }

    /** Goes over to a key that no other has signed: the first, or one after a loss. @param mayResume take up one that was begun */
    private async startOver(generation: number, mayResume: boolean): Promise<void> {
        const key = await this.made(generation, mayResume)
        if (this.state === undefined) {
            // Both slots: from then on one that is empty was torn.
            this.state = { counter: -1, generation, used: 0 }
            await this.advance(generation, 0)
        }
        await this.advance(generation, 0)
        this.adopt(key)
    }

    /** From here on it signs: its leaves are there, and the store names it. */
    private adopt(key: LmsKey): void {
        this.key = key
        this.algorithm = nameOf(key.parameters)
    }

    /** Takes effect when it is read back. The slot of the state that holds is not touched. @throws IdentityError store */
    private async advance(generation: number, used: number): Promise<void> {
        const state = { counter: this.state.counter + 1, generation, used }
        // When the write fails nobody knows what the store holds: this one-time key is given up all the same.
        if (generation === this.state.generation) this.state.used = used
        await this.write(stateName(state.counter), encodeState(state))
        this.state = state
    }

    /** A key of which no state says that it signs. */
    private async made(generation: number, mayResume: boolean): Promise<LmsKey> {
        let key: LmsKey
        if (mayResume) key = decodeKey(await this.read(keyName(generation)), generation)
        if (key !== undefined && this.state === undefined && (await this.isFilled(key, generation)))
            key = undefined
        if (key === undefined) {
            const { random } = this.options
            key = new LmsKey(
                this.parameters,
                random.bytes(this.parameters.hashBytes),
                random.bytes(IDENTIFIER_BYTES)
            )
            await this.write(keyName(generation), encodeKey(key, generation))
        }
        await this.fill(key, generation)
        return key
    }

    /** Its last leaves are there. Without a state beside them, it cannot be told from a key whose states were lost. */
    private async isFilled(key: LmsKey, generation: number): Promise<boolean> {
        const size = leavesPerChunk(key)
        const chunk = Math.idiv(key.leafCount - 1, size)
        const from = chunk * size
        const record = await this.read(leavesName(generation, chunk))
        return restoreLeaves(key, from, key.leafCount - from, record)
    }

    /** Gives a key its leaves: from the store where they are whole, else by making and keeping them. */
    private async fill(key: LmsKey, generation: number): Promise<void> {
        const { onProgress } = this.options
        const size = leavesPerChunk(key)
        for (let from = 0; from < key.leafCount; from += size) {
            const name = leavesName(generation, Math.idiv(from, size))
            const count = Math.min(size, key.leafCount - from)
            if (restoreLeaves(key, from, count, await this.read(name))) continue
            for (let q = from; q < from + count; ++q) {
                await key.makeLeaf(q)
                if (onProgress !== undefined) onProgress(q + 1, key.leafCount)
            }
            await this.write(name, encodeLeaves(key, from, count))
        }
    }

    private async read(name: string): Promise<Buffer> {
        return await this.options.store.read(name)
    }

    private async write(name: string, record: Buffer): Promise<void> {
        if (!(await this.options.store.write(name, record)))
            throw new IdentityError("store", `${name} cannot be read back`)
    }
}

/** As registered, both types. */
function nameOf({ hashBytes, digitBits }: LmsParameters): string {
    return `LMS_SHA256_M${hashBytes}_H5/LMOTS_SHA256_N${hashBytes}_W${digitBits}`
}

function laterOf(a: UseState, b: UseState): UseState {
    if (a === undefined) return b
    return b === undefined || a.counter > b.counter ? a : b
}
