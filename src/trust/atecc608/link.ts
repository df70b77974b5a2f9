/**
 * The way to an ATECC608 and back: woken, told a command, asked until it has done it, put to sleep.
 *
 * It wakes when SDA is low for 60 us, whoever pulls it, and is ready 1.5 ms later. The runtime sends nothing to address 0, the usual way;
 * the byte for address 1 has SDA low from the start condition through six bits, 65 us at 100 kHz, and nobody acknowledges it. On a faster
 * bus nothing wakes it. Untested on hardware.
 *
 * What was read of Microchip's: see packet.ts. Once awake it falls asleep within 0.7 to 1.7 s, typically 1.3 s, whatever it is doing, and
 * forgets what it was told; idle stops that clock and forgets nothing.
 */
import { Clock } from "../../drivers/sensor"
import { ChipError } from "./fault"
import {
    ANSWER_OVERHEAD_BYTES,
    IDLE,
    NO_DATA,
    REWIND,
    SLEEP,
    STATUS_ANSWER_BYTES,
    STATUS_AWAKE,
    STATUS_SUCCESS,
    answerLength,
    commandPacket,
    faultOfStatus,
} from "./packet"

/** What it needs of an I2C bus: `I2C` of @devicescript/i2c is one. Throws when nobody acknowledges. */
export interface Wires {
    xfer(address: number, write: Buffer, readLength?: number): Promise<Buffer>
}

/** Nobody's: I2C keeps it for another bus that shares the wires. */
const WAKE_ADDRESS = 0x01
const WAKE_MS = 2
const WAKE_TRIES = 3
const WATCHDOG_MS_MIN = 700

const POLL_MS = 5
/** Microchip's times are those of the ATECC608A; of the B it says only that one has to ask. */
const PATIENCE = 3
const SENDS_MAX = 3
const READS_MAX = 3
const TURN_MS = 5
/** Longer than the longest anybody holds the chip: six times a signature's patience. */
const TURN_MS_MAX = 5000

export class Atecc608Link {
    private readonly wordAddress = Buffer.alloc(1)
    private isTaken = false
    private awakeSince = 0

    constructor(
        private readonly wires: Wires,
        private readonly clock: Clock,
        private readonly chipAddress: number
    ) {}

    /** Takes the chip for oneself, and wakes it. `close` has to follow, unless this throws. @throws ChipError bus, wake, timeout, selfTest ... */
    async open(): Promise<void> {
        const startedAt = this.clock.millis()
        while (this.isTaken) {
            if (this.clock.millis() - startedAt > TURN_MS_MAX)
                throw new ChipError("timeout", "somebody else has it")
            await this.clock.delay(TURN_MS)
        }
        this.isTaken = true
        try {
            // What others send on this bus may have woken it, and its watchdog runs since then.
            await this.tell(SLEEP)
            await this.wake()
        } catch (e) {
            this.isTaken = false
            throw e
        }
    }

    async close(): Promise<void> {
        await this.tell(SLEEP)
        this.isTaken = false
    }

    /**
     * One command, between `open` and `close`. What the chip did not understand is sent again; what it did is not, for a command such as
     * an increment may not happen twice: there its answer is read again. @param executionMs Microchip's longest @param dataBytes of the answer; 0 for a mere
     * status @throws ChipError
     */
    async execute(
        opcode: number,
        mode: number,
        parameter: number,
        data: Buffer,
        dataBytes: number,
        executionMs: number
    ): Promise<Buffer> {
        const packet = commandPacket(opcode, mode, parameter, data)
        const patienceMs = PATIENCE * executionMs
        const answerBytes =
            dataBytes === 0 ? STATUS_ANSWER_BYTES : dataBytes + ANSWER_OVERHEAD_BYTES
        let status = STATUS_SUCCESS
        for (let sends = 0; sends < SENDS_MAX; ++sends) {
            if (this.clock.millis() - this.awakeSince + patienceMs > WATCHDOG_MS_MIN)
                await this.rest()
            await this.send(packet)
            const frame = await this.answer(answerBytes, patienceMs)
            if (frame[0] === answerBytes && dataBytes > 0) return dataOf(frame, dataBytes)
            if (frame[0] !== STATUS_ANSWER_BYTES)
                throw new ChipError("answer", `${frame[0]} B to command ${opcode}`)
            status = frame[1]
            if (status === STATUS_SUCCESS) {
                if (dataBytes === 0) return NO_DATA
                throw new ChipError("answer", `a status to command ${opcode}`)
            }
            const fault = faultOfStatus(status)
            if (fault !== "communication" && fault !== "watchdog" && fault !== "ecc") break
            if (fault === "watchdog") await this.rest()
        }
        throw new ChipError(faultOfStatus(status), `status ${status} to command ${opcode}`)
    }

    /** Starts its watchdog anew; what it was told stays with it. */
    private async rest(): Promise<void> {
        await this.tell(IDLE)
        await this.wake()
    }

    private async wake(): Promise<void> {
        let fault = new ChipError("bus", "no answer")
        for (let tries = 0; tries < WAKE_TRIES; ++tries) {
            this.awakeSince = this.clock.millis()
            try {
                this.wordAddress[0] = REWIND
                await this.wires.xfer(WAKE_ADDRESS, this.wordAddress)
            } catch {
                // As it should be: nobody is there.
            }
            await this.clock.delay(WAKE_MS)
            try {
                const frame = await this.wires.xfer(this.chipAddress, NO_DATA, STATUS_ANSWER_BYTES)
                if (answerLength(frame) === 0) fault = new ChipError("wake", frame.toString("hex"))
                else if (frame[1] === STATUS_AWAKE) return
                else fault = new ChipError(faultOfStatus(frame[1]), "when it was woken")
            } catch (e) {
                fault = new ChipError("bus", (e as Error).message)
            }
            await this.tell(SLEEP)
        }
        throw fault
    }

    private async send(packet: Buffer): Promise<void> {
        try {
            await this.wires.xfer(this.chipAddress, packet)
        } catch (e) {
            throw new ChipError("bus", (e as Error).message)
        }
    }

    /** Its answer, when its CRC is right. While it is busy it does not acknowledge. */
    private async answer(length: number, patienceMs: number): Promise<Buffer> {
        const startedAt = this.clock.millis()
        let wrong = 0
        while (this.clock.millis() - startedAt <= patienceMs) {
            await this.clock.delay(POLL_MS)
            let frame: Buffer
            try {
                frame = await this.wires.xfer(this.chipAddress, NO_DATA, length)
            } catch {
                continue
            }
            if (answerLength(frame) > 0) return frame
            wrong++
            if (wrong === READS_MAX) throw new ChipError("crc", frame.toString("hex"))
            await this.tell(REWIND)
        }
        throw new ChipError("timeout", `no answer in ${patienceMs} ms`)
    }

    /** One that sleeps does not acknowledge it, and need not. */
    private async tell(wordAddress: number): Promise<void> {
        this.wordAddress[0] = wordAddress
        try {
            await this.wires.xfer(this.chipAddress, this.wordAddress)
        } catch {
            // The next command will tell.
        }
    }
}

function dataOf(frame: Buffer, length: number): Buffer {
    const data = Buffer.alloc(length)
    for (let at = 0; at < length; ++at) data[at] = frame[1 + at]
    return data
}
