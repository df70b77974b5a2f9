/** What every driver shares: the clock it waits by, the one error it throws, the shape the sampler calls. */

/** Milliseconds since boot, and a wait. A test's clock moves only when told to. */
export interface Clock {
    millis(): number
    delay(ms: number): Promise<void>
}

/**
 * Why there is no reading, for code to switch on and a dashboard to count:
 * - `bus`: the part did not answer (NACK, wire, power)
 * - `crc`: it answered, and the checksum says no
 * - `timeout`: it answered, but had no data within the datasheet's longest time
 * - `identity`: another part answers at this address
 * - `range`: a value the part cannot measure
 * - `stuck`: an answer that cannot be a measurement, such as all zeros
 */
export type Fault = "bus" | "crc" | "timeout" | "identity" | "range" | "stuck"

export const FAULTS: Fault[] = ["bus", "crc", "timeout", "identity", "range", "stuck"]

/** The one thing a driver throws. `detail` is for a person. */
export class SensorError extends Error {
    constructor(
        readonly part: string,
        readonly fault: Fault,
        readonly detail: string
    ) {
        super(`${part}: ${fault}: ${detail}`)
        this.name = "SensorError"
    }
}

/** A part on a bus. A sample's fields are measurands of the contract, unit last. */
export interface Sensor {
    readonly part: string
    /** Brings the part to where it can be sampled; called again after any fault. @throws SensorError */
    start(): Promise<void>
    /** Milliseconds after `start` until a sample counts; up to 6 s `sample` waits itself, after that nobody calls it before. */
    readonly warmUpMs: number
    /** One reading, in an object that the next may overwrite. @throws SensorError: never a doubtful value */
    sample(): Promise<object>
}
