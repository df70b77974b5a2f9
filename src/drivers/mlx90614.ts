/**
 * Melexis MLX90614: the temperature of what it looks at, and its own.
 *
 * [Brackets] name chapters of the "MLX90614 family Data Sheet", 3901090614, revision 008, February 2013, and [AN] the application note
 * "SMBus communication with MLX90614", 390119061402, revision 004, January 2008. The wait for the first data is that of Linux' driver
 * (mlx90614). Linux' does without the PEC of a read and calls it not valid; Melexis' own driver checks it as is done here.
 *
 * The bus must not be faster than 100 kHz: this is SMBus. The part measures on and on by itself, and its words say nothing of how old
 * they are: one that has stopped is not found out. It has no word of identity with a fixed value, but it knows its own address.
 */
import { I2C } from "@devicescript/i2c"
import { crc8 } from "./crc8"
import { RegisterPort } from "./registers"
import { Clock, Sensor, SensorError } from "./sensor"

const PART = "mlx90614"
// [8.3.4] RAM; [AN] EEPROM 0x0e behind its opcode 0x20
const TA = 0x06
const TOBJ1 = 0x07
const SMBUS_ADDRESS = 0x2e

const FIRST_DATA_MS = 250
const ERROR = 0x8000 // [8.4.6]

// Page 1, in ticks: -40..125 Cel of itself, -70..380 Cel of the object. All four fall between two ticks, of which the outer counts.
const AMBIENT_TICKS_MIN = 11657
const AMBIENT_TICKS_MAX = 19908
const OBJECT_TICKS_MIN = 10157
const OBJECT_TICKS_MAX = 32658

/** One after the other, not from one measurement. */
export interface ThermalSample {
    /** Of the part itself. */
    temperatureCelsius: number
    /** The mean of all in its field of view, for an emissivity of 1 if nobody has set another. */
    objectTemperatureCelsius: number
}

/** [8.4.6] ticks 0..32767 are -273.15..382.19 Cel, a fiftieth of a kelvin each. */
export function celsiusFromTicks(ticks: number): number {
    return ticks / 50 - 273.15
}

/** [8.4.3.1] CRC-8 with polynomial 0x07 and initial value 0, of five bytes: the address, the command, the address to read, the word. */
export function packetErrorCode(packet: Buffer): number {
    return crc8(packet, 0, 5, 0x07, 0)
}

export class Mlx90614 implements Sensor {
    readonly part = PART
    readonly warmUpMs = FIRST_DATA_MS
    private readonly port: RegisterPort
    /** What the PEC is of: the whole of a read as it goes over the wires. */
    private readonly packet = Buffer.alloc(5)

    /** The clock is not needed: the part makes nobody wait. */
    constructor(
        bus: I2C,
        _clock: Clock,
        private readonly address = 0x5a
    ) {
        this.port = new RegisterPort(PART, bus, address)
        this.packet[0] = address << 1
        this.packet[2] = (address << 1) | 1
    }

    /** The part must know the address it answers at. @throws SensorError bus, crc, identity */
    async start(): Promise<void> {
        const cell = (await this.word(SMBUS_ADDRESS)) & 0xff // [AN] the high byte has no meaning
        if (cell !== this.address)
            throw new SensorError(PART, "identity", `takes its address for ${cell}`)
    }

    /** The newest two readings. @throws SensorError bus, crc, stuck (the part's own error flag), range (also: too soon after power-up) */
    async sample(): Promise<ThermalSample> {
        return {
            temperatureCelsius: await this.celsius(TA, AMBIENT_TICKS_MIN, AMBIENT_TICKS_MAX),
            objectTemperatureCelsius: await this.celsius(TOBJ1, OBJECT_TICKS_MIN, OBJECT_TICKS_MAX),
        }
    }

    private async celsius(command: number, ticksMin: number, ticksMax: number): Promise<number> {
        const ticks = await this.word(command)
        if ((ticks & ERROR) !== 0)
            throw new SensorError(PART, "stuck", `error flag of command ${command}`)
        if (ticks < ticksMin || ticks > ticksMax)
            throw new SensorError(PART, "range", `command ${command}: ${ticks} ticks`)
        return celsiusFromTicks(ticks)
    }

    private async word(command: number): Promise<number> {
        const bytes = await this.port.read(command, 3)
        const { packet } = this
        packet[1] = command
        packet[3] = bytes[0]
        packet[4] = bytes[1]
        if (bytes[2] !== packetErrorCode(packet))
            throw new SensorError(PART, "crc", `command ${command}`)
        return bytes[0] | (bytes[1] << 8)
    }
}
