/**
 * What a simulated part is: bytes in, bytes out, and time. Written in the TypeScript that Node and the DeviceScript VM both accept
 * (no getters, no #private, no Map), so that one file serves the simulator and the drivers' unit tests.
 */

/** The physical world at a part, in the contract's measurands. A missing value: the part is not there. */
export interface Conditions {
    temperatureCelsius?: number
    relativeHumidityPercent?: number
    carbonDioxidePpm?: number
    illuminanceLuxes?: number
    pressurePascals?: number
    objectTemperatureCelsius?: number
    vocTicks?: number
    pm1MicrogramsPerCubicMetre?: number
    pm25MicrogramsPerCubicMetre?: number
    pm4MicrogramsPerCubicMetre?: number
    pm10MicrogramsPerCubicMetre?: number
    uvIndex?: number
    accelerationXMetresPerSecondSquared?: number
    accelerationYMetresPerSecondSquared?: number
    accelerationZMetresPerSecondSquared?: number
    angularRateXDegreesPerSecond?: number
    angularRateYDegreesPerSecond?: number
    angularRateZDegreesPerSecond?: number
    magneticFluxDensityXMicroteslas?: number
    magneticFluxDensityYMicroteslas?: number
    magneticFluxDensityZMicroteslas?: number
    voltage0Volts?: number
    voltage1Volts?: number
    voltage2Volts?: number
    voltage3Volts?: number
    soilMoisturePercent?: number
    soilMoistureTicks?: number
    soilTemperatureCelsius?: number
    distanceMetres?: number
    pulseRedTicks?: number
    pulseInfraredTicks?: number
    busVoltageVolts?: number
    currentAmperes?: number
    powerWatts?: number
    cellVoltageVolts?: number
    stateOfChargePercent?: number
}

/** The world around a part at a moment of its clock, in milliseconds. */
export type Environment = (timeMs: number) => Conditions

/** Milliseconds; how they pass is the host's affair. */
export interface PartClock {
    millis(): number
}

/** One I2C part, from its own side of the wires. */
export interface Part {
    /** The 7-bit address. */
    readonly address: number
    /** Bytes written to it; false is a NACK. */
    write(bytes: Buffer): boolean
    /** Bytes read from it; undefined is a NACK. */
    read(length: number): Buffer | undefined
    /** What goes over the wires to another address, for a part that they wake; `isTaken` when somebody acknowledged it. */
    overhear?(address: number, written: Buffer, isTaken: boolean): void
}
