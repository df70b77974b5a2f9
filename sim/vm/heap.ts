/**
 * The VM's garbage-collected heap, looked at from outside: how much of it is in use, and which fibers live in it.
 *
 * Layout of DeviceScript 2.16.4 (gc_alloc.c): a chunk is `[next, end, blocks ...]`; a block's first word is its tag in the high byte
 * and its size in words in the low three; the word at `end` is a block of one word with the tag FINAL. Before the chunk lies the
 * collector's own record: `[first free, first chunk, allocations, threshold in words, words since the last collection, context]`. It
 * collects when more than the threshold, a quarter of the heap, was allocated since it did so last, or when nothing fits.
 */

const TAG_POSITION = 24
const TAG_MASK = 0x0f
const TAG_FREE = 0x1
const TAG_FINAL_OF_ONE_WORD = 0x4f000001
/** Of the other tags, those that say what a program does; the fields of an object, and an array's elements, are a block of bytes. */
export enum Tag {
    Bytes = 0x2,
    Array = 0x3,
    Map = 0x4,
    Buffer = 0x5,
    Activation = 0x8,
    Packet = 0xb,
}
const SIZE_MASK = 0xffffff
const CHUNK_HEADER_WORDS = 2
const COLLECTOR_WORDS = 6
const ALLOCATIONS_AT = 2
const THRESHOLD_AT = 3
const SINCE_COLLECTION_AT = 4
const CONTEXT_AT = 5
const COLLECTED_EACH = 4
/** Of the first fiber in the context (devs_internal.h, struct devs_ctx); each begins with the next one's address. */
const FIBERS_AT = 240 / 4
/** The heap is 64 kB, or 40 kB on an ESP32-S2. */
const HEAP_BYTES_MIN = 32 * 1024
const HEAP_BYTES_MAX = 128 * 1024

/** The heap is among what is allocated first; looking for it before there is one is to be cheap. */
const SEARCHED_WORDS = 2 ** 20

export interface HeapUse {
    usedBytes: number
    totalBytes: number
    /** Of what is used: allocated since the last collection. What is older was alive then. */
    sinceCollectionBytes: number
}

export class Heap {
    private readonly words: Uint32Array
    /** Word index of the first block, and of the FINAL one. */
    private start = 0
    private end = 0

    constructor(memory: WebAssembly.Memory) {
        this.words = new Uint32Array(memory.buffer)
    }

    /** What is allocated now, garbage included; undefined before a program has started, or after a restart until it is found again. */
    use(): HeapUse | undefined {
        const use = this.walk(this.start, this.end)
        if (use !== undefined) return use
        return this.find() ? this.walk(this.start, this.end) : undefined
    }

    /** Allocations since the program started, modulo 2^32; undefined when it would have to be looked for. */
    allocations(): number | undefined {
        if (this.words[this.end] !== TAG_FINAL_OF_ONE_WORD) return undefined
        return this.words[this.collector() + ALLOCATIONS_AT]
    }

    /** How many blocks there are of each tag, garbage included until it is collected. */
    blocks(): Map<number, number> {
        const blocks = new Map<number, number>()
        if (this.use() === undefined) return blocks
        const { words } = this
        for (let at = this.start; at < this.end; at += words[at] & SIZE_MASK) {
            const tag = (words[at] >>> TAG_POSITION) & TAG_MASK
            if (tag !== TAG_FREE) blocks.set(tag, (blocks.get(tag) ?? 0) + 1)
        }
        return blocks
    }

    /** Fibers that have not ended; 0 while no program runs. */
    fibers(): number {
        if (this.use() === undefined) return 0
        const { words } = this
        let count = 0
        const context = words[this.collector() + CONTEXT_AT] >> 2
        for (let at = words[context + FIBERS_AT]; at !== 0; at = words[at >> 2]) count++
        return count
    }

    /**
     * Makes it one of so many bytes, as a chip's with a smaller one: for a program that has just started, with that much still free.
     * @throws Error when more than that is taken, or it is smaller
     */
    shrink(bytes: number): void {
        const use = this.use()
        const { words, start, end } = this
        const newEnd = start - CHUNK_HEADER_WORDS + bytes / 4 - 1
        let last = start
        while (last + (words[last] & SIZE_MASK) < end) last += words[last] & SIZE_MASK
        const isFree = ((words[last] >>> TAG_POSITION) & TAG_MASK) === TAG_FREE
        if (use === undefined || !isFree || newEnd <= last + CHUNK_HEADER_WORDS || newEnd > end)
            throw new Error(`a heap of ${use?.totalBytes} B does not shrink to ${bytes} B`)
        words[last] -= end - newEnd
        words[newEnd] = TAG_FINAL_OF_ONE_WORD
        words[start - CHUNK_HEADER_WORDS + 1] = newEnd * 4
        words[this.collector() + THRESHOLD_AT] = bytes / 4 / COLLECTED_EACH
        this.end = newEnd
    }

    /** Word index of the collector's record. */
    private collector(): number {
        return this.start - CHUNK_HEADER_WORDS - COLLECTOR_WORDS
    }

    private find(): boolean {
        const { words } = this
        for (let at = 0; at + 3 < Math.min(words.length, SEARCHED_WORDS); ++at) {
            if (words[at] !== 0) continue
            const endBytes = words[at + 1]
            const bytes = endBytes - at * 4
            if ((endBytes & 3) !== 0 || bytes < HEAP_BYTES_MIN || bytes > HEAP_BYTES_MAX) continue
            const start = at + CHUNK_HEADER_WORDS
            if (this.walk(start, endBytes >> 2) === undefined) continue
            this.start = start
            this.end = endBytes >> 2
            return true
        }
        return false
    }

    /** Undefined when the blocks do not lead from `start` to `end`. */
    private walk(start: number, end: number): HeapUse | undefined {
        const { words } = this
        if (end === 0 || words[end] !== TAG_FINAL_OF_ONE_WORD) return undefined
        let usedWords = 0
        let at = start
        while (at < end) {
            const header = words[at]
            const size = header & SIZE_MASK
            if (size === 0) return undefined
            if (((header >>> TAG_POSITION) & TAG_MASK) !== TAG_FREE) usedWords += size
            at += size
        }
        if (at !== end) return undefined
        return {
            usedBytes: usedWords * 4,
            totalBytes: (end - start) * 4,
            sinceCollectionBytes:
                4 * words[start - CHUNK_HEADER_WORDS - COLLECTOR_WORDS + SINCE_COLLECTION_AT],
        }
    }
}
