/**
 * Benewake TF-Luna, a lidar that tells the distance to one spot; pin 5 at ground, which makes its port I2C.
 *
 * [Brackets] name chapters of the "SJ-PM-TF-Luna A05 Product Manual", 2020-07-23. Its register table was cross-checked with that of
 * manual A03, with Bud Ryerson's driver TFLI2C 0.2.0, and with the crate embedded-tfluna 0.2.0, whose tests on a real part show that the
 * time stamp stands still between triggered measurements.
 *
 * The manual warns that registers read while they are updated are wrong, and there is no checksum. So the part measures only when it is
 * told to, and is read when it has long been done.
 */
import { I2C } from "@devicescript/i2c"
import { RegisterPort } from "./registers"
import { Clock, Sensor, SensorError } from "./sensor"

const PART = "tfluna"
// [Appendix III]
const DIST_LOW = 0x00 // then AMP, TEMP and TICK, 16 bits each, least significant byte first
const VERSION_REVISION = 0x0a // then minor and major
const MODE = 0x23
const TRIG_ONE_SHOT = 0x24
const ENABLE = 0x25
const SIGNATURE = 0x3c
const TRIGGER_MODE = 1
const ONCE = 1
const ON = 1
// [6.3] "recommend waiting for 100 ms after the write operation, prior to the next read operation"
const WRITE_MS = 100
const LUNA = hex`4c554e41`
/** 1.0.7, the first that I2C is promised for; in earlier ones ENABLE may mean the opposite. As major, minor, revision. */
const OLDEST_VERSION = 0x010007

// [6.4] a distance is unreliable below the one, and beyond the other is ambient light, or overexposure at 65535
const WEAKEST_AMP = 100
const STRONGEST_AMP = 32768
// [3.4] the blind zone, and the range with a white target
const NEAREST_CENTIMETRES = 20
const FARTHEST_CENTIMETRES = 800

export interface DistanceSample {
    distanceMetres: number
}

/** The part counts in centimetres. */
export function metresFromTicks(ticks: number): number {
    return ticks / 100
}

export class Tfluna implements Sensor {
    readonly part = PART
    readonly warmUpMs = 0
    private readonly port: RegisterPort
    /** When the part says it measured last, ms modulo 65536; undefined until it was started. */
    private tick: number | undefined

    constructor(
        bus: I2C,
        private readonly clock: Clock,
        address = 0x10
    ) {
        this.port = new RegisterPort(PART, bus, address)
    }

    /** Has it measure on command only, 100 ms. @throws SensorError bus, identity, stuck (its mode can not be set) */
    async start(): Promise<void> {
        const signature = await this.port.read(SIGNATURE, LUNA.length)
        for (let at = 0; at < LUNA.length; ++at)
            if (signature[at] !== LUNA[at])
                throw new SensorError(PART, "identity", `signature 0x${signature.toString("hex")}`)
        const version = await this.port.read(VERSION_REVISION, 3)
        if (((version[2] << 16) | (version[1] << 8) | version[0]) < OLDEST_VERSION)
            throw new SensorError(
                PART,
                "identity",
                `version ${version[2]}.${version[1]}.${version[0]}`
            )
        await this.port.write(MODE, TRIGGER_MODE)
        await this.port.write(ENABLE, ON)
        await this.clock.delay(WRITE_MS)
        await this.checkMode()
        this.tick = word(await this.port.read(DIST_LOW, 8), 3)
    }

    /**
     * One measurement, 0.2..8 m, after 100 ms.
     * @throws SensorError bus, timeout (it did not measure), stuck (it lost its power: start it), range (no target, sunlight, too near)
     */
    async sample(): Promise<DistanceSample> {
        await this.port.write(TRIG_ONE_SHOT, ONCE)
        await this.clock.delay(WRITE_MS)
        await this.checkMode()
        const frame = await this.port.read(DIST_LOW, 8)
        const ticks = word(frame, 0)
        const amp = word(frame, 1)
        const tick = word(frame, 3)
        if (tick === this.tick) throw new SensorError(PART, "timeout", "no new measurement")
        this.tick = tick
        if (amp < WEAKEST_AMP || amp > STRONGEST_AMP)
            throw new SensorError(PART, "range", `signal strength ${amp}`)
        if (ticks < NEAREST_CENTIMETRES || ticks > FARTHEST_CENTIMETRES)
            throw new SensorError(PART, "range", `distance ${ticks} cm`)
        return { distanceMetres: metresFromTicks(ticks) }
    }

    /** After power-up the part measures on and on, and what is read may be half of one measurement and half of the next. */
    private async checkMode(): Promise<void> {
        const mode = (await this.port.read(MODE, 1))[0]
        if (mode !== TRIGGER_MODE) throw new SensorError(PART, "stuck", `mode ${mode}`)
    }
}

function word(frame: Buffer, index: number): number {
    return frame[index * 2] | (frame[index * 2 + 1] << 8)
}
