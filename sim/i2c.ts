/** A node's I2C bus, from the host's side: a transaction of the firmware reaches the part with that address, or a fault on the way. */
import { BUS_HEADER_BYTES, BUS_NO_ANSWER } from "../src/telemetry/contract/bus"
import type { Clock } from "./clock"
import type { FaultKind } from "./fault-kinds"
import type { Fault } from "./faults"
import type { Part } from "./parts/part"
import type { RandomStream } from "./random"
import { Strikes, type Tally } from "./strikes"

/** A part as it sits on the bus. */
interface Seat {
    name: string
    part: Part
    writtenMs: number
    lastAnswer: Buffer | undefined
}

export class I2cBus {
    private readonly seats = new Map<number, Seat>()
    /** Those that notice what goes to others. */
    private readonly overhearing: Part[]
    private readonly faults: Strikes

    /** @param parts by the names that faults call them */
    constructor(
        parts: Map<string, Part>,
        faults: Fault[],
        private readonly clock: Clock,
        private readonly random: RandomStream,
        tally?: Tally
    ) {
        this.faults = new Strikes(faults, clock, random, tally)
        for (const [name, part] of parts)
            this.seats.set(part.address, { name, part, writtenMs: 0, lastAnswer: undefined })
        this.overhearing = [...parts.values()].filter(part => part.overhear !== undefined)
    }

    /** Answers a message of contract/bus.ts in place. */
    answer(message: Uint8Array): void {
        const view = Buffer.from(message.buffer, message.byteOffset, message.length)
        const writeLength = view.readUInt16LE(2)
        const readLength = view.readUInt16LE(4)
        // The VM's memory is not the part's to keep.
        const written = Buffer.from(view.subarray(BUS_HEADER_BYTES, BUS_HEADER_BYTES + writeLength))
        const answer = this.transact(view[1], written, readLength)
        for (const part of this.overhearing)
            if (part.address !== view[1]) part.overhear?.(view[1], written, answer !== undefined)
        view[0] = answer === undefined ? BUS_NO_ANSWER : 0
        answer?.copy(view, BUS_HEADER_BYTES + writeLength, 0, readLength)
    }

    /** Undefined is a NACK. */
    private transact(address: number, write: Buffer, readLength: number): Buffer | undefined {
        const seat = this.seats.get(address)
        if (seat === undefined || this.strikes("absent", seat) || this.strikes("nack", seat))
            return undefined
        if (write.length > 0) {
            if (!seat.part.write(write)) return undefined
            seat.writtenMs = this.clock.nowMs()
        }
        return readLength === 0 ? Buffer.alloc(0) : this.read(seat, readLength)
    }

    private read(seat: Seat, length: number): Buffer | undefined {
        const slow = this.strikes("slow", seat)
        if (slow && this.clock.nowMs() - seat.writtenMs < slow.byMs) return undefined
        const answer = seat.part.read(length)
        if (answer === undefined) return undefined
        const { lastAnswer } = seat
        if (this.strikes("stuck", seat) && lastAnswer?.length === length) return lastAnswer
        seat.lastAnswer = Buffer.from(answer)
        if (this.strikes("crc", seat)) {
            const bit = this.random.integer(length * 8)
            answer[bit >> 3] ^= 1 << (bit & 7)
        }
        return answer
    }

    private strikes(kind: FaultKind, { name }: Seat): Fault | undefined {
        return this.faults.now(kind, name)
    }
}
