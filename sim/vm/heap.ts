/**
 * The VM's garbage-collected heap, looked at from outside: how much of it is in use.
 *
 * Layout of DeviceScript 2.16.4 (gc_alloc.c): a chunk is `[next, end, blocks ...]`; a block's first word is its tag in the high byte
 * and its size in words in the low three; the word at `end` is a block of one word with the tag FINAL.
 */

const TAG_POSITION = 24
const TAG_MASK = 0x0f
const TAG_FREE = 0x1
const TAG_FINAL_OF_ONE_WORD = 0x4f000001
const SIZE_MASK = 0xffffff
const CHUNK_HEADER_WORDS = 2
/** The heap is 64 kB, or 40 kB on an ESP32-S2. */
const HEAP_BYTES_MIN = 32 * 1024
const HEAP_BYTES_MAX = 128 * 1024

export interface HeapUse {
    usedBytes: number
    totalBytes: number
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

    private find(): boolean {
        const { words } = this
        for (let at = 0; at + 3 < words.length; ++at) {
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
        return { usedBytes: usedWords * 4, totalBytes: (end - start) * 4 }
    }
}
