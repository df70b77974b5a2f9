/**
 * Adafruit STEMMA soil sensor (product 4026): a touch channel that tells how wet the soil is, and the chip's temperature.
 *
 * There is no datasheet. Registers, product code, identity and how it behaves while busy are as in Adafruit's firmware of the part
 * (github.com/adafruit/seesaw, November 2024, boards/soil), newer identities as in Adafruit's drivers, of which the Arduino one is 1.7.9
 * and the CircuitPython one 1.18.2; waits are the longest in either; the range of the ticks, "about 200 (very dry) to 2000 (very wet)",
 * is from learn.adafruit.com.
 *
 * A command is carried out once its stop condition has come, so reading is a transaction of its own. There is no checksum.
 */
import { I2C } from "@devicescript/i2c"
import { CommandPort } from "./commands"
import { Clock, Sensor, SensorError } from "./sensor"

const PART = "seesaw"
// A command is a module's base and a function of it.
const STATUS_HW_ID = hex`0001`
const STATUS_VERSION = hex`0002`
const STATUS_TEMP = hex`0004`
const STATUS_SWRST = hex`007fff`
const TOUCH_CHANNEL_0 = hex`0f10`
const SWRST_MS = 500
const READ_MS = 8
/** How often an answer may be empty: the CircuitPython driver gives up after as many. */
const TRIES_MAX = 5

const HW_ID_SAMD = 0x55
const HW_ID_ATTINY_MIN = 0x84 // ATtiny806
const HW_ID_ATTINY_MAX = 0x89 // ATtiny1617
const PRODUCT_CODE = 4026 // other seesaw parts have others: the rotary encoder 4991 is at 0x36 too

const DRIEST_TICKS = 200
const WETTEST_TICKS = 2000
// The operating range of the ATSAMD10.
const COLDEST_CELSIUS = -40
const HOTTEST_CELSIUS = 85

export interface SoilSample {
    /** 200..2000, a little over 300 in air. What is dry and what is wet depends on the soil. */
    soilMoistureTicks: number
    /** Of the chip, at the top of the probe; accurate to 2 Cel. */
    soilTemperatureCelsius: number
}

/** Signed, 65536 ticks to a degree. */
export function celsiusFromTicks(ticks: number): number {
    return ticks / 65536
}

export class Seesaw implements Sensor {
    readonly part = PART
    readonly warmUpMs = 0
    private readonly port: CommandPort
    private readonly kept: SoilSample = { soilMoistureTicks: NaN, soilTemperatureCelsius: NaN }

    /** Address 0x36..0x39, by the part's two jumpers. */
    constructor(bus: I2C, clock: Clock, address = 0x36) {
        this.port = new CommandPort(PART, bus, clock, address)
    }

    /** Resets the part and has it tell what it is, 516 ms. @throws SensorError bus, identity */
    async start(): Promise<void> {
        await this.port.exchange(STATUS_SWRST, SWRST_MS, 0)
        const hardwareId = (await this.port.exchange(STATUS_HW_ID, READ_MS, 1))[0]
        if (
            hardwareId !== HW_ID_SAMD &&
            (hardwareId < HW_ID_ATTINY_MIN || hardwareId > HW_ID_ATTINY_MAX)
        )
            throw new SensorError(PART, "identity", `HW_ID ${hardwareId}`)
        const version = await this.port.exchange(STATUS_VERSION, READ_MS, 4)
        const product = (version[0] << 8) | version[1]
        if (product !== PRODUCT_CODE) throw new SensorError(PART, "identity", `product ${product}`)
    }

    /**
     * Temperature, then moisture: 16 ms, and 8 ms more for each answer that was not there yet, of which there may be eight.
     * @throws SensorError bus, timeout, stuck, range
     */
    async sample(): Promise<SoilSample> {
        const temp = await this.read(STATUS_TEMP, 4)
        const soilTemperatureCelsius = celsiusFromTicks(
            (temp[0] << 24) | (temp[1] << 16) | (temp[2] << 8) | temp[3]
        )
        const touch = await this.read(TOUCH_CHANNEL_0, 2)
        const soilMoistureTicks = (touch[0] << 8) | touch[1]
        // What the firmware answers when the channel was not measured.
        if (soilMoistureTicks === 0) throw new SensorError(PART, "stuck", "moisture 0 ticks")
        // Firmware that is asked too early answers with what it was asked before, and 25 Cel are 25 "ticks".
        if (soilMoistureTicks < DRIEST_TICKS || soilMoistureTicks > WETTEST_TICKS)
            throw new SensorError(PART, "range", `moisture ${soilMoistureTicks} ticks`)
        if (soilTemperatureCelsius < COLDEST_CELSIUS || soilTemperatureCelsius > HOTTEST_CELSIUS)
            throw new SensorError(PART, "range", `temperature ${soilTemperatureCelsius} Cel`)
        const { kept } = this
        kept.soilMoistureTicks = soilMoistureTicks
        kept.soilTemperatureCelsius = soilTemperatureCelsius
        return kept
    }

    /** An answer that is not there is all ones; for a temperature that would be -15 millionths of a degree. */
    private async read(command: Buffer, length: number): Promise<Buffer> {
        for (let tries = 0; tries < TRIES_MAX; ++tries) {
            const answer = await this.port.exchange(command, READ_MS, length)
            for (let at = 0; at < length; ++at) if (answer[at] !== 0xff) return answer
        }
        throw new SensorError(PART, "timeout", `no answer in ${TRIES_MAX} tries`)
    }
}
