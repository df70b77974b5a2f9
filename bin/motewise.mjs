#!/usr/bin/env node
/** The `motewise` command: installs what is missing, then runs cli/main.ts as it stands. */
import { install } from "./install.mjs"

install()
const { register } = await import("tsx/esm/api")
register()
const { main } = await import("../cli/main.ts")
await main(process.argv)
