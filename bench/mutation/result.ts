/** What a run of mutants comes to, and what is enough of it. */

export const OVERALL_RATE_MIN = 0.9
export const DRIVER_RATE_MIN = 0.75

export interface Survivor {
    operator: string
    line: number
    from: string
    to: string
}

export interface DriverResult {
    driver: string
    /** Those that compile. */
    mutants: number
    killed: number
    survived: number
    invalid: number
    /** Killed of mutants; 1 of none. */
    rate: number
    survivors: Survivor[]
}

export interface MutationResult {
    mutants: number
    killed: number
    survived: number
    invalid: number
    rate: number
    drivers: DriverResult[]
    /** Drivers whose own tests fail as they are: nothing was learnt of them. */
    unhealthy: { driver: string; told: string }[]
    wallMs: number
    seed: number
}

/** Every driver was healthy, and enough of its mutants were killed. */
export function isEnough({ rate, drivers, unhealthy }: MutationResult): boolean {
    return (
        unhealthy.length === 0 &&
        rate >= OVERALL_RATE_MIN &&
        drivers.every(driver => driver.rate >= DRIVER_RATE_MIN)
    )
}
