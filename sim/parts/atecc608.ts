/**
 * A Microchip ATECC608 at register level: asleep until SDA is low for long enough, one command at a time, locks that stay locked.
 *
 * Commands, modes and times: Microchip's CryptoAuthLib. Waking, idling, status bytes, that a busy or sleeping chip does not acknowledge and that
 * an answer can be read again: its public data sheets DS40002112 (ATECC608A-TNGTLS) and of the ATECC608B-TNGLoRaWAN. The configuration of
 * a new chip is one that others have read off theirs. The complete data sheet is not public; where the sources are silent it refuses: it
 * signs and counts only when CryptoAuthLib's own tests ask it to (both zones locked; the configuration locked), locks slots only after the
 * data zone, and takes a buffer's digest for one signature.
 *
 * Simulated are Info, Read, Write and Lock of the configuration, Lock of slots, Random, Nonce in pass-through mode, GenKey, Sign and Counter;
 * anything else is a parse error. Its slots hold keys alone, and nobody reads them. Counters are not shown in the configuration.
 */
import { Curve } from "./curve"
import { Part, PartClock } from "./part"

const WAKE_LOW_MICROSECONDS = 60
/** At 100 kHz. */
const BIT_MICROSECONDS = 10
const WAKE_MS = 1.5
const WATCHDOG_MS = 1300

const REWIND = 0x00
const SLEEP = 0x01
const IDLE = 0x02
const COMMAND = 0x03

const SUCCESS = 0x00
const PARSE_ERROR = 0x03
const AWAKE = 0x11
const EXECUTION_ERROR = 0x0f
const WATCHDOG_NEAR = 0xee
const COMMUNICATION_ERROR = 0xff

const READ = 0x02
const WRITE = 0x12
const NONCE = 0x16
const LOCK = 0x17
const RANDOM = 0x1b
const COUNTER = 0x24
const INFO = 0x30
const GENKEY = 0x40
const SIGN = 0x41

const SLOTS = 16
const COUNTER_MAX = 2097151
const WRITABLE_FROM = 16
const LOCK_WORD = 84
const LOCK_VALUE = 86
const LOCK_CONFIG = 87
const SLOT_LOCKED = 88
const UNLOCKED = 0x55

/** Of a new chip but its serial number, 32 bytes a line. */
const NEW_CHIP = [
    "012300000000600300000000ee015500c0000000832087208f20c48f8f8f8f8f",
    "9f8faf8f0000000000000000000000000000af8fffffffff00000000ffffffff",
    "000000000000000000000000000000000000000000005555ffff000000000000",
    "3300330033001c001c001c001c001c003c003c003c003c003c003c003c001c00",
]

/** Longest times, clock divider 0. */
function durationMs(opcode: number): number {
    switch (opcode) {
        case GENKEY:
        case SIGN:
            return 115
        case WRITE:
            return 45
        case LOCK:
            return 35
        case COUNTER:
            return 25
        case RANDOM:
            return 23
        case NONCE:
            return 20
        default:
            return 5
    }
}

/** Worked out apart from the driver's: CRC-16/ARC, whose register is this one's from right to left. Low byte first on the wire. */
function crc16(bytes: Buffer, start: number, length: number): number {
    let reversed = 0
    for (let at = start; at < start + length; ++at) {
        reversed = reversed ^ bytes[at]
        for (let bit = 0; bit < 8; ++bit)
            reversed = (reversed & 1) === 1 ? (reversed >> 1) ^ 0xa001 : reversed >> 1
    }
    let crc = 0
    for (let bit = 0; bit < 16; ++bit) if (((reversed >> bit) & 1) === 1) crc += 1 << (15 - bit)
    return crc
}

function answerOf(data: Buffer): Buffer {
    const count = data.length + 3
    const answer = Buffer.alloc(count)
    answer[0] = count
    for (let at = 0; at < data.length; ++at) answer[1 + at] = data[at]
    const crc = crc16(answer, 0, count - 2)
    answer[count - 2] = crc & 0xff
    answer[count - 1] = crc >> 8
    return answer
}

/** What survives a loss of power. */
export interface Eeprom {
    configuration: Buffer
    /** By slot; undefined where there is none. */
    keys: (Buffer | undefined)[]
    counters: number[]
}

export class SimAtecc608 implements Part {
    readonly eeprom: Eeprom
    revision = [0x00, 0x00, 0x60, 0x03]
    /** Answers to commands, the next ones to be read, that go out with a bit flipped; one read again counts again. */
    corruptAnswers = 0
    /** Commands, the next ones, that arrive with a bit flipped. */
    corruptCommands = 0
    /** Statuses that the next commands end with, undone; 0 for one that is done. */
    statuses: number[] = []
    /** What it answers when it is woken: its self-test may have failed. */
    wakeStatus = AWAKE
    /** Times it takes, in hundredths of the longest. */
    slownessPercent = 100
    /** Nothing answers without power. What it was told is forgotten. */
    hasPower = true
    /** Commands it has taken. */
    commands = 0

    private awakeSince = 0
    private isAwake = false
    private readyAt = 0
    private output: Buffer | undefined
    private outputAt = 0
    private isAnswerToCommand = false
    private tempKey: Buffer | undefined
    private digestBuffer: Buffer | undefined

    /** A new chip, with a serial number from the engine's randomness. */
    constructor(
        private readonly clock: PartClock,
        private readonly engine: Curve,
        readonly address = 0x60
    ) {
        const configuration = Buffer.from(NEW_CHIP.join(""), "hex")
        const serial = engine.random(6)
        for (let at = 0; at < 2; ++at) configuration[2 + at] = serial[at]
        for (let at = 0; at < 4; ++at) configuration[8 + at] = serial[2 + at]
        const keys: (Buffer | undefined)[] = []
        for (let slot = 0; slot < SLOTS; ++slot) keys.push(undefined)
        this.eeprom = { configuration, keys, counters: [0, 0] }
    }

    /** As provision-se leaves a new chip: a key in slot 0, all locked. */
    provision(): void {
        const { configuration, keys } = this.eeprom
        configuration[LOCK_CONFIG] = 0
        configuration[LOCK_VALUE] = 0
        configuration[SLOT_LOCKED] = 0xfe
        keys[0] = this.engine.makeKey()
    }

    /** SDA low for 60 us, by whatever goes over the wires. One that is awake takes no notice. */
    overhear(address: number, written: Buffer, isTaken: boolean): void {
        this.look()
        if (!this.hasPower || this.isAwake) return
        let low = lowMicroseconds(address << 1, isTaken)
        for (let at = 0; at < written.length && isTaken; ++at)
            low = Math.max(low, lowMicroseconds(written[at], true))
        if (low < WAKE_LOW_MICROSECONDS) return
        this.isAwake = true
        this.awakeSince = this.clock.millis()
        this.isAnswerToCommand = false
        this.answer(Buffer.from([this.wakeStatus]), WAKE_MS)
    }

    write(bytes: Buffer): boolean {
        this.look()
        if (!this.isListening()) return false
        const wordAddress = bytes[0]
        if (wordAddress === REWIND) this.outputAt = 0
        else if (wordAddress === SLEEP) this.fallAsleep()
        else if (wordAddress === IDLE) this.isAwake = false
        else if (wordAddress === COMMAND) this.take(bytes)
        else return false
        return true
    }

    read(length: number): Buffer | undefined {
        this.look()
        if (!this.isListening() || this.output === undefined) return undefined
        const isCorrupt = this.isAnswerToCommand && this.corruptAnswers > 0
        if (isCorrupt) this.corruptAnswers--
        const bytes = Buffer.alloc(length)
        for (let at = 0; at < length; ++at) {
            bytes[at] = this.outputAt < this.output.length ? this.output[this.outputAt] : 0xff
            this.outputAt++
        }
        if (isCorrupt) bytes[1] = bytes[1] ^ 1
        return bytes
    }

    /** Power that fails, and comes back: what was told is forgotten. */
    setPower(hasPower: boolean): void {
        this.hasPower = hasPower
        this.fallAsleep()
    }

    private isListening(): boolean {
        return this.hasPower && this.isAwake && this.clock.millis() >= this.readyAt
    }

    private look(): void {
        if (this.isAwake && this.clock.millis() - this.awakeSince >= WATCHDOG_MS) this.fallAsleep()
    }

    private fallAsleep(): void {
        this.isAwake = false
        this.tempKey = undefined
        this.digestBuffer = undefined
        this.output = undefined
    }

    private answer(data: Buffer, afterMs: number): void {
        this.output = answerOf(data)
        this.outputAt = 0
        this.readyAt = this.clock.millis() + afterMs
    }

    private take(packet: Buffer): void {
        this.isAnswerToCommand = true
        const count = packet.length - 1
        const isWhole = count >= 7 && packet[1] === count
        const crc = isWhole ? crc16(packet, 1, count - 2) : 0
        const isRight = isWhole && packet[count - 1] === (crc & 0xff) && packet[count] === crc >> 8
        if (!isRight || this.corruptCommands > 0) {
            if (this.corruptCommands > 0) this.corruptCommands--
            this.answer(Buffer.from([COMMUNICATION_ERROR]), 1)
            return
        }
        const opcode = packet[2]
        const tookMs = (durationMs(opcode) * this.slownessPercent) / 100
        const leftMs = this.awakeSince + WATCHDOG_MS - this.clock.millis()
        const status = this.statuses.length > 0 ? this.statuses.shift() : SUCCESS
        if (status !== undefined && status !== SUCCESS) {
            this.answer(Buffer.from([status]), tookMs)
            return
        }
        if (leftMs < tookMs) {
            this.answer(Buffer.from([WATCHDOG_NEAR]), 1)
            return
        }
        this.commands++
        const data = Buffer.alloc(count - 7)
        for (let at = 0; at < data.length; ++at) data[at] = packet[6 + at]
        const result = this.executed(opcode, packet[3], packet[4] | (packet[5] << 8), data)
        this.answer(typeof result === "number" ? Buffer.from([result]) : result, tookMs)
    }

    /** What it answers: data, or a status. */
    private executed(
        opcode: number,
        mode: number,
        parameter: number,
        data: Buffer
    ): Buffer | number {
        if (data.length > 0 && opcode !== WRITE && opcode !== NONCE) return PARSE_ERROR
        switch (opcode) {
            case INFO:
                return mode === 0 && parameter === 0 ? Buffer.from(this.revision) : PARSE_ERROR
            case RANDOM:
                return this.randomNumber(mode)
            case NONCE:
                return this.takeDigest(mode, data)
            case READ:
                return this.readConfiguration(mode, parameter)
            case WRITE:
                return this.writeConfiguration(mode, parameter, data)
            case LOCK:
                return this.lock(mode, parameter)
            case GENKEY:
                return this.generateKey(mode, parameter)
            case SIGN:
                return this.sign(mode, parameter)
            case COUNTER:
                return this.count(mode, parameter)
            default:
                return PARSE_ERROR
        }
    }

    private isConfigurationLocked(): boolean {
        return this.eeprom.configuration[LOCK_CONFIG] !== UNLOCKED
    }

    private isDataLocked(): boolean {
        return this.eeprom.configuration[LOCK_VALUE] !== UNLOCKED
    }

    private isSlotLocked(slot: number): boolean {
        const { configuration } = this.eeprom
        return ((configuration[SLOT_LOCKED + (slot >> 3)] >> (slot & 7)) & 1) === 0
    }

    private slotConfig(slot: number): number {
        const { configuration } = this.eeprom
        return configuration[20 + 2 * slot] | (configuration[21 + 2 * slot] << 8)
    }

    private keyConfig(slot: number): number {
        const { configuration } = this.eeprom
        return configuration[96 + 2 * slot] | (configuration[97 + 2 * slot] << 8)
    }

    /** Private, of type P-256. */
    private isKeySlot(slot: number): boolean {
        return (this.keyConfig(slot) & 0x1d) === 0x11
    }

    private randomNumber(mode: number): Buffer | number {
        if (mode > 1) return PARSE_ERROR
        if (this.isConfigurationLocked()) return this.engine.random(32)
        return Buffer.from(
            "ffff0000ffff0000ffff0000ffff0000ffff0000ffff0000ffff0000ffff0000",
            "hex"
        )
    }

    private takeDigest(mode: number, data: Buffer): number {
        if (data.length !== 32 || (mode !== 0x03 && mode !== 0x43)) return PARSE_ERROR
        if (mode === 0x03) this.tempKey = data
        else this.digestBuffer = data
        return SUCCESS
    }

    private readConfiguration(mode: number, parameter: number): Buffer | number {
        const length = mode === 0x80 ? 32 : 4
        const from = parameter << 2
        if ((mode !== 0x80 && mode !== 0x00) || from + length > 128 || from % length !== 0)
            return PARSE_ERROR
        const bytes = Buffer.alloc(length)
        for (let at = 0; at < length; ++at) bytes[at] = this.eeprom.configuration[from + at]
        return bytes
    }

    private writeConfiguration(mode: number, parameter: number, data: Buffer): number {
        const length = mode === 0x80 ? 32 : 4
        const from = parameter << 2
        if ((mode !== 0x80 && mode !== 0x00) || data.length !== length) return PARSE_ERROR
        if (from + length > 128 || from % length !== 0) return PARSE_ERROR
        const hitsLocks = from <= LOCK_WORD && from + length > LOCK_WORD
        if (this.isConfigurationLocked() || from < WRITABLE_FROM || hitsLocks)
            return EXECUTION_ERROR
        for (let at = 0; at < length; ++at) this.eeprom.configuration[from + at] = data[at]
        return SUCCESS
    }

    private lock(mode: number, parameter: number): number {
        const { configuration } = this.eeprom
        const zone = mode & 0x03
        const checksCrc = (mode & 0x80) === 0
        if (zone === 0x00) {
            if (this.isConfigurationLocked()) return EXECUTION_ERROR
            if (checksCrc && parameter !== crc16(configuration, 0, 128)) return EXECUTION_ERROR
            configuration[LOCK_CONFIG] = 0
            return SUCCESS
        }
        if (zone === 0x01) {
            // The CRC of slots is not simulated.
            if (checksCrc) return PARSE_ERROR
            if (!this.isConfigurationLocked() || this.isDataLocked()) return EXECUTION_ERROR
            configuration[LOCK_VALUE] = 0
            return SUCCESS
        }
        const slot = (mode >> 2) & 0x0f
        if (zone !== 0x02) return PARSE_ERROR
        const isLockable = (this.keyConfig(slot) & 0x20) !== 0
        if (!this.isConfigurationLocked() || !this.isDataLocked()) return EXECUTION_ERROR
        if (!isLockable || this.isSlotLocked(slot)) return EXECUTION_ERROR
        configuration[SLOT_LOCKED + (slot >> 3)] &= ~(1 << (slot & 7)) & 0xff
        return SUCCESS
    }

    private generateKey(mode: number, slot: number): Buffer | number {
        if (slot >= SLOTS || (mode !== 0x00 && mode !== 0x04)) return PARSE_ERROR
        if (!this.isConfigurationLocked() || !this.isKeySlot(slot)) return EXECUTION_ERROR
        if (mode === 0x04) {
            const mayMake = !this.isDataLocked() || (this.slotConfig(slot) & 0x2000) !== 0
            if (!mayMake || this.isSlotLocked(slot)) return EXECUTION_ERROR
            this.eeprom.keys[slot] = this.engine.makeKey()
        }
        const key = this.eeprom.keys[slot]
        const mayShow = mode === 0x04 || (this.keyConfig(slot) & 0x02) !== 0
        return key === undefined || !mayShow ? EXECUTION_ERROR : this.engine.publicKey(key)
    }

    private sign(mode: number, slot: number): Buffer | number {
        if (slot >= SLOTS || (mode !== 0x80 && mode !== 0xa0)) return PARSE_ERROR
        const digest = mode === 0x80 ? this.tempKey : this.digestBuffer
        const key = this.eeprom.keys[slot]
        const maySign = this.isKeySlot(slot) && (this.slotConfig(slot) & 0x0001) !== 0
        if (!this.isConfigurationLocked() || !this.isDataLocked() || !maySign)
            return EXECUTION_ERROR
        if (digest === undefined || key === undefined) return EXECUTION_ERROR
        if (mode === 0x80) this.tempKey = undefined
        else this.digestBuffer = undefined
        return this.engine.sign(key, digest)
    }

    private count(mode: number, counter: number): Buffer | number {
        const { counters } = this.eeprom
        if (counter > 1 || mode > 1) return PARSE_ERROR
        if (!this.isConfigurationLocked()) return EXECUTION_ERROR
        if (mode === 1) {
            if (counters[counter] === COUNTER_MAX) return EXECUTION_ERROR
            counters[counter]++
        }
        const value = counters[counter]
        return Buffer.from([value & 0xff, (value >> 8) & 0xff, value >> 16, 0])
    }
}

/** The longest that SDA is low while a byte goes over, and its acknowledgement. */
function lowMicroseconds(byte: number, isTaken: boolean): number {
    let longest = 0
    let low = 0
    for (let bit = 8; bit >= 0; --bit) {
        const isLow = bit === 0 ? isTaken : ((byte >> (bit - 1)) & 1) === 0
        low = isLow ? low + BIT_MICROSECONDS : 0
        longest = Math.max(longest, low)
    }
    return longest
}
