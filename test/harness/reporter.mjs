/** A reporter for node's test runner: one JSON line per test, for run.ts to add up by file. */
export default async function* reporter(source) {
    for await (const { type, data } of source) {
        if (type !== "test:pass" && type !== "test:fail") continue
        const { name, skip, details } = data
        // A describe() is no test.
        if (details.type === "suite") continue
        const error = type === "test:fail" ? details.error : undefined
        const cause = error?.cause
        yield `${JSON.stringify({
            name,
            skipped: skip === undefined ? undefined : String(skip),
            seconds: details.duration_ms / 1000,
            passed: type === "test:pass",
            error:
                error &&
                (cause?.stack ?? cause?.message ?? cause ?? error.message ?? String(error)),
        })}\n`
    }
}
