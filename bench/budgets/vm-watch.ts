/** What a program takes of its VM, seen from outside at every await: its heap, with garbage and without, and its fibers. */
import type { Vm } from "../../sim/vm/vm"

export class VmWatch {
    /** The most that the heap held, garbage included. */
    heapBytesMax = 0
    /** The most that was alive when the VM collected. What lives within one stretch between two awaits, and no collection finds, is not seen. */
    aliveBytesMax = 0
    fibersMax = 0
    private allocations = -1
    private sinceCollectionBytes = 0
    private floorBytes = Infinity

    /** @param heapBytes what the chip has */
    constructor(private readonly heapBytes: number) {}

    /** To be called whenever the VM asks for the time. */
    look({ gcHeap }: Vm): void {
        if (gcHeap.allocations() === this.allocations) return
        const use = gcHeap.use()
        if (use === undefined) return
        if (use.totalBytes > this.heapBytes) gcHeap.shrink(this.heapBytes)
        this.allocations = gcHeap.allocations() ?? -1
        this.heapBytesMax = Math.max(this.heapBytesMax, use.usedBytes)
        this.fibersMax = Math.max(this.fibersMax, gcHeap.fibers())
        // It counts up from a collection, so there was one since the last look.
        if (use.sinceCollectionBytes < this.sinceCollectionBytes) {
            const aliveBytes = use.usedBytes - use.sinceCollectionBytes
            this.aliveBytesMax = Math.max(this.aliveBytesMax, aliveBytes)
            this.floorBytes = Math.min(this.floorBytes, aliveBytes)
        }
        this.sinceCollectionBytes = use.sinceCollectionBytes
    }

    /** The least that was alive since this was asked last: what comes and goes is not in it, what leaks is. Infinity when nothing was collected. */
    takeFloorBytes(): number {
        const floorBytes = this.floorBytes
        this.floorBytes = Infinity
        return floorBytes
    }
}
