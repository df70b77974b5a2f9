/**
 * Activations of functions in a VM's memory, looked at from outside.
 *
 * Layout of DeviceScript 2.16.4 (devs_activation_t), in words: the heap's tag; where it stands and ends in the code, 16 bits each; the
 * closure; the caller; the function's descriptor, whose first word is where its code starts. Descriptors are 16 bytes and lie in the
 * order of the functions' numbers (bytecode.md), and the program is its function 0.
 */

const PLACE_WORD = 1
const CALLER_WORD = 3
const DESCRIPTOR_WORD = 4
const DESCRIPTOR_BYTES = 16

export class Frames {
    private readonly words: Uint32Array
    private program = 0

    constructor(memory: WebAssembly.Memory) {
        this.words = new Uint32Array(memory.buffer)
    }

    /** It has been called just now: nothing of it was run. */
    isEntered(frame: number): boolean {
        const start = this.words[this.descriptor(frame) >> 2]
        return (this.words[(frame >> 2) + PLACE_WORD] & 0xffff) === start
    }

    /** 0 for the first of a fiber. */
    callerOf(frame: number): number {
        return this.words[(frame >> 2) + CALLER_WORD]
    }

    /** The number of its function in the image. */
    functionOf(frame: number): number {
        const descriptor = this.descriptor(frame)
        // The first frame of all is the program's.
        if (this.program === 0) this.program = descriptor
        return (descriptor - this.program) / DESCRIPTOR_BYTES
    }

    private descriptor(frame: number): number {
        return this.words[(frame >> 2) + DESCRIPTOR_WORD]
    }
}
