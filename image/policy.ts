/** A program that leaves an option of the report policy (src/telemetry/policy.ts) as it is gets none of the lines that look at it. */

const OPTIONS = ["alarms", "whileOffline"]
/** Whoever else names an option may choose it. */
const LOOKING = /^src[\\/](node|telemetry)[\\/]/

/** @param sources by path, changed */
export function leaveOutPolicy(sources: Map<string, string>): void {
    for (const option of OPTIONS) {
        const name = new RegExp(`\\b${option}\\b`)
        if ([...sources].some(([path, text]) => !LOOKING.test(path) && name.test(text))) continue
        // Each is a line of its own, so that it can go.
        const looks = new RegExp(`^ +if \\([\\w.]*(?:report|policy)\\.${option} .*\\) .*\\n`, "gm")
        for (const [path, text] of sources) sources.set(path, text.replace(looks, ""))
    }
}
