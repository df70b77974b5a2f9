/** `npm test`: installs what is missing, then runs test/harness/run.ts. Arguments narrow it to files whose path holds one of them. */
import { install } from "./install.mjs"

install()
const { register } = await import("tsx/esm/api")
register()
const { runAll } = await import("../test/harness/run.ts")
process.exitCode = await runAll(process.argv.slice(2))
