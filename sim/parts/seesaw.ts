/**
 * Adafruit's STEMMA soil sensor (4026) as its firmware behaves, seesaw on an ATSAMD10. Facts as in src/drivers/seesaw.ts.
 *
 * A command is carried out after its stop condition, and meanwhile the part NACKs its address. The answer is then in a queue; when
 * that is empty, reads give 0xff.
 */
import { Conditions, Environment, Part, PartClock } from "./part"

const HW_ID = 0x0001
const VERSION = 0x0002
const OPTIONS = 0x0003
const TEMP = 0x0004
const SWRST = 0x007f
const TOUCH_CHANNEL_0 = 0x0f10

// How long things take is nowhere told; these are what the drivers there are wait at least.
const STATUS_MS = 1
const BOOT_MS = 100

/** Status, which is not optional, and touch. */
const OPTIONS_WORD = 0x00008001

export class SimSeesaw implements Part {
    hardwareId = 0x55
    /** Product code and date code; this one is from a board (forums.adafruit.com, t=176660). */
    version = 0x0fba278f
    /** Adafruit's drivers wait 3 to 7 ms. */
    touchMs = 5
    /** How many of the next answers stay empty. */
    emptyAnswers = 0
    private queue: number[] = []
    private command = 0
    private busyUntil = 0

    constructor(
        private readonly clock: PartClock,
        private readonly environment: Environment,
        readonly address = 0x36
    ) {}

    write(bytes: Buffer): boolean {
        const now = this.clock.millis()
        if (!this.isAwake(now) || bytes.length < 2) return false
        const command = bytes[0] * 256 + bytes[1]
        if (command === SWRST) {
            if (bytes.length !== 3 || bytes[2] !== 0xff) return false
            this.command = 0
            this.queue = []
            this.busyUntil = now + BOOT_MS
            return true
        }
        if (bytes.length !== 2) return false
        if (
            command !== HW_ID &&
            command !== VERSION &&
            command !== OPTIONS &&
            command !== TEMP &&
            command !== TOUCH_CHANNEL_0
        )
            return false
        this.command = command
        this.busyUntil = now + (command === TOUCH_CHANNEL_0 ? this.touchMs : STATUS_MS)
        return true
    }

    read(length: number): Buffer | undefined {
        if (!this.isAwake(this.clock.millis())) return undefined
        const bytes = Buffer.alloc(length)
        for (let at = 0; at < length; ++at) bytes[at] = this.queue.shift() ?? 0xff
        return bytes
    }

    /** Brings the queue to what it is now. */
    private isAwake(now: number): boolean {
        const world = this.environment(now)
        if (world.soilMoistureTicks === undefined || world.soilTemperatureCelsius === undefined) {
            // When the power comes back we only see afterwards: it boots from the last time it was seen without.
            this.command = 0
            this.queue = []
            this.busyUntil = now + BOOT_MS
            return false
        }
        if (now < this.busyUntil) return false
        if (this.command !== 0) {
            this.queue = this.emptyAnswers > 0 ? [] : this.answer(this.environment(this.busyUntil))
            this.emptyAnswers = Math.max(this.emptyAnswers - 1, 0)
            this.command = 0
        }
        return true
    }

    private answer(world: Conditions): number[] {
        if (this.command === HW_ID) return [this.hardwareId]
        if (this.command === VERSION) return bytesOf(this.version, 4)
        if (this.command === OPTIONS) return bytesOf(OPTIONS_WORD, 4)
        if (this.command === TEMP)
            return bytesOf(Math.round((world.soilTemperatureCelsius ?? 0) * 65536), 4)
        return bytesOf(Math.round(world.soilMoistureTicks ?? 0), 2)
    }
}

/** Most significant first, two's complement. */
function bytesOf(value: number, count: number): number[] {
    const bytes: number[] = []
    for (let at = count - 1; at >= 0; --at) {
        let rest = value
        for (let shifts = 0; shifts < at; ++shifts) rest = Math.floor(rest / 256)
        bytes.push(rest - 256 * Math.floor(rest / 256))
    }
    return bytes
}
