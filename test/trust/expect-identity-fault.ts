/** An expectation on what an identity throws. VM only. */
import { IdentityError } from "../../src/trust/identity"
import { expect } from "../suite"

/** The body throws an IdentityError with this fault, and what it says has `says` in it. */
export async function expectIdentityFault(
    fault: string,
    says: string,
    body: () => Promise<unknown>
): Promise<void> {
    let error: Error
    try {
        await body()
    } catch (e) {
        error = e as Error
    }
    if (error === undefined) throw new Error(`expected a ${fault} fault, got a value`)
    if (!(error instanceof IdentityError)) throw error
    expect((error as IdentityError).fault as string).toBe(fault)
    if (!error.message.includes(says)) throw new Error(`"${error.message}" does not say "${says}"`)
}
