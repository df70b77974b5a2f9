/** A program that keeps no account of its energy gets none of the lines that would tell the account. */

const ACCOUNT = "src/power/energy-account.ts"
/** Each is a line of its own, so that it can go. */
const TELLS = /^ +if \((?:health\.|options\.)?(?:energy|meter) !== undefined.*\) .*\n/gm

/** @param sources by path, changed */
export function leaveOutEnergy(sources: Map<string, string>): void {
    if (sources.has(ACCOUNT)) return
    for (const [path, text] of sources) sources.set(path, text.replace(TELLS, ""))
}
