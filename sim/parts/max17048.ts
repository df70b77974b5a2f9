/**
 * A Maxim MAX17048 at register level: words, most significant byte first, at even addresses. Facts as in src/drivers/max17048.ts.
 *
 * It lives on the cell it measures. The world gives the state of charge: its model of the cell is not simulated, so what is written for the
 * model is kept and changes nothing. Its registers are as new as the read: the datasheet's update times are not known here.
 */
import { Environment, PartClock } from "./part"
import { RegisterPart } from "./register-part"

const VCELL = 0x02
const SOC = 0x04
const MODE = 0x06
const VERSION = 0x08
const STATUS = 0x1a
const CMD = 0xfe
const POWER_ON_RESET = 0x54

/** Address, most and least significant byte of what can be written, after power-on. */
const DEFAULTS = [
    [0x0a, 0x80, 0x30],
    [0x0c, 0x97, 0x1c],
    [0x14, 0x00, 0xff],
    [0x18, 0x96, 0x0c],
    [STATUS, 0x01, 0x00],
]

export class SimMax17048 extends RegisterPart {
    version = 0x0012
    private registers: number[] = []

    constructor(
        private readonly clock: PartClock,
        private readonly environment: Environment,
        address = 0x36
    ) {
        super(address)
        this.powerUp()
    }

    private powerUp(): void {
        this.registers = []
        for (let register = 0; register <= STATUS + 1; ++register) this.registers.push(0)
        for (const row of DEFAULTS) {
            this.registers[row[0]] = row[1]
            this.registers[row[0] + 1] = row[2]
        }
    }

    protected isReady(): boolean {
        const { cellVoltageVolts, stateOfChargePercent } = this.environment(this.clock.millis())
        if (cellVoltageVolts === undefined || stateOfChargePercent === undefined) {
            this.powerUp()
            return false
        }
        this.store(VCELL, cellVoltageVolts * 12800)
        this.store(SOC, stateOfChargePercent * 256)
        this.store(VERSION, this.version)
        return true
    }

    private store(register: number, value: number): void {
        const word = Math.min(Math.max(Math.round(value), 0), 0xffff)
        this.registers[register] = word >> 8
        this.registers[register + 1] = word & 0xff
    }

    protected get(register: number): number {
        return register < this.registers.length ? this.registers[register] : 0xff
    }

    protected put(register: number, value: number): boolean {
        if (register === CMD && value === POWER_ON_RESET) {
            this.powerUp()
            return true
        }
        if (register === CMD + 1 || register === MODE || register === MODE + 1) return true
        if (register >= 0x3e && register <= 0x7f) return true
        const at = register & 0xfe
        const isSetting = DEFAULTS.some(row => row[0] === at)
        if (isSetting) this.registers[register] = value
        return isSetting
    }
}
