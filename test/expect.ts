/** What @devicescript/test lacks: expectations on floats, faults, bytes, and errors of asynchronous code. VM only. */
import { expect } from "@devicescript/test"
import { SensorError } from "../src/drivers/sensor"

/** |actual - expected| <= tolerance; NaN and undefined fail. */
export function expectNear(actual: number, expected: number, tolerance: number): void {
    const near = Math.abs(actual - expected) <= tolerance
    if (!near) throw new Error(`expected ${expected} +- ${tolerance}, got ${actual}`)
}

/** The body throws a SensorError with this fault, and nothing else. */
export async function expectFault(fault: string, body: () => Promise<any>): Promise<void> {
    let error: Error
    try {
        await body()
    } catch (e) {
        error = e as Error
    }
    if (error === undefined) throw new Error(`expected a ${fault} fault, got a value`)
    if (!(error instanceof SensorError)) throw error
    expect((error as SensorError).fault as string).toBe(fault)
}

/** Byte for byte, told in hex. */
export function expectBytes(actual: Buffer, expectedHex: string): void {
    expect(actual.toString("hex")).toBe(expectedHex)
}
