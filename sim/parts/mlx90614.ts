/**
 * A Melexis MLX90614, single zone, at register level. Facts as in src/drivers/mlx90614.ts.
 *
 * Words are read one at a time, low byte first, then the PEC. It measures on and on; here a word is what there is when it is read,
 * without the filters' inertia. For 250 ms after power-up RAM is empty (the datasheet says no more than that there are no valid data).
 * Not simulated: writing the EEPROM, sleep, PWM.
 */
import { Environment, Part, PartClock } from "./part"

const TA = 0x06
const TOBJ1 = 0x07
const EEPROM = 0x20
const SMBUS_ADDRESS = 0x2e
const EEPROM_END = 0x40
const READ_FLAGS = 0xf0
const INITIALISED = 0x0010

const FIRST_DATA_MS = 250
const ERROR = 0x8000
const ZERO_CELSIUS_TICKS = 13657.5

/** CRC-8, polynomial 0x07, initial value 0: a shift register that takes one bit at a time. */
function packetErrorCode(bytes: number[]): number {
    let register = 0
    for (const byte of bytes)
        for (let bit = 7; bit >= 0; --bit) {
            const feedback = (register >> 7) ^ ((byte >> bit) & 1)
            register = ((register << 1) & 0xff) ^ (feedback * 0x07)
        }
    return register
}

/** The nearest fiftieth of a kelvin; beyond 15 bits, which it has for a temperature, the error flag. */
function ticksOf(celsius: number): number {
    const ticks = Math.round(celsius * 50 + ZERO_CELSIUS_TICKS)
    return ticks >= 0 && ticks < ERROR ? ticks : ERROR
}

export class SimMlx90614 implements Part {
    /** The byte of every word, 2 for its PEC, that goes out with its lowest bit flipped; -1 for none. */
    corruptByte = -1
    /** Whether Ta, and Tobj1, have their error flag set. */
    errors = [false, false]
    /** EEPROM cell 0x0e; the high byte has no meaning. -1 for the address the part has. */
    smbusAddressCell = -1
    private command = 0
    private isUp = true
    private upAt: number

    constructor(
        private readonly clock: PartClock,
        private readonly environment: Environment,
        readonly address = 0x5a
    ) {
        this.upAt = clock.millis()
    }

    write(bytes: Buffer): boolean {
        if (!this.isPresent()) return false
        const command = bytes[0]
        if (bytes.length !== 1) return false
        if (command >= EEPROM_END && command !== READ_FLAGS) return false
        this.command = command
        return true
    }

    read(length: number): Buffer | undefined {
        if (!this.isPresent()) return undefined
        const word = this.word()
        const sent = [word & 0xff, word >> 8]
        sent.push(
            packetErrorCode([
                this.address << 1,
                this.command,
                (this.address << 1) | 1,
                sent[0],
                sent[1],
            ])
        )
        const bytes = Buffer.alloc(length)
        for (let at = 0; at < length; ++at) {
            const byte = at < 3 ? sent[at] : 0xff
            bytes[at] = at === this.corruptByte ? byte ^ 1 : byte
        }
        return bytes
    }

    private word(): number {
        if (this.command === SMBUS_ADDRESS)
            return this.smbusAddressCell < 0 ? 0xbe00 | this.address : this.smbusAddressCell
        if (this.command === READ_FLAGS) return this.isMeasuring() ? INITIALISED : 0
        // Emissivity 1, two of four words of identity; the rest of the EEPROM is Melexis' own.
        if (this.command === EEPROM + 0x04) return 0xffff
        if (this.command === EEPROM + 0x1c) return 0x69b1
        if (this.command === EEPROM + 0x1d) return 0x4311
        if (!this.isMeasuring()) return 0
        const { temperatureCelsius, objectTemperatureCelsius } = this.environment(
            this.clock.millis()
        )
        if (this.command === TA && temperatureCelsius !== undefined)
            return ticksOf(temperatureCelsius) | (this.errors[0] ? ERROR : 0)
        if (this.command === TOBJ1 && objectTemperatureCelsius !== undefined)
            return ticksOf(objectTemperatureCelsius) | (this.errors[1] ? ERROR : 0)
        return 0
    }

    private isMeasuring(): boolean {
        return this.clock.millis() >= this.upAt + FIRST_DATA_MS
    }

    private isPresent(): boolean {
        const now = this.clock.millis()
        const conditions = this.environment(now)
        if (
            conditions.temperatureCelsius === undefined ||
            conditions.objectTemperatureCelsius === undefined
        ) {
            this.isUp = false
            return false
        }
        if (!this.isUp) {
            this.isUp = true
            this.upAt = now
            this.command = 0
        }
        return true
    }
}
