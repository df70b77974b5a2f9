/**
 * Where anvil is: npm's @foundry-rs/anvil-<platform>, installed when a local chain is first wanted. It is 43 MB for whoever wants no chain, and
 * npm cannot lock a package of platforms of which a registry has one.
 */
import { spawn } from "node:child_process"
import { existsSync, mkdirSync, renameSync, rmSync } from "node:fs"
import { fileURLToPath } from "node:url"
import { join } from "node:path"
import { ChainError } from "./chain"

const ANVIL_VERSION = "1.7.1"
const FOLDER = fileURLToPath(new URL(`../../.motewise/anvil-${ANVIL_VERSION}`, import.meta.url))
const INSTALL_MS_MAX = 300_000

/** Undefined where it was not installed. */
export function findAnvil(): string | undefined {
    const program = process.platform === "win32" ? "anvil.exe" : "anvil"
    const path = join(FOLDER, "node_modules", packageName(), "bin", program)
    return existsSync(path) ? path : undefined
}

/** @throws ChainError */
export async function installedAnvil(say: (line: string) => void): Promise<string> {
    const found = findAnvil()
    if (found !== undefined) return found
    say(`chain local: installing anvil ${ANVIL_VERSION} (43 MB, once)`)
    const wanted = `${packageName()}@${ANVIL_VERSION}`
    // Beside its place and moved there whole: two processes may want it at once, and one may be ended half-way.
    const draft = `${FOLDER}.${process.pid}`
    mkdirSync(draft, { recursive: true })
    const failed = await runNpm(["install", "--prefix", draft, "--no-audit", "--no-fund", wanted])
    if (failed === "" && !existsSync(FOLDER)) renameSync(draft, FOLDER)
    rmSync(draft, { recursive: true, force: true })
    const installed = findAnvil()
    if (installed !== undefined) return installed
    throw new ChainError(
        `local: anvil could not be installed (${failed}); mend that, or use --chain none or a URL`
    )
}

function packageName(): string {
    const arch = process.arch === "x64" ? "amd64" : process.arch
    return `@foundry-rs/anvil-${process.platform}-${arch}`
}

/** Why it failed, in a line; empty when it did not. */
function runNpm(words: string[]): Promise<string> {
    return new Promise(resolve => {
        const npm = spawn("npm", [...words, "--loglevel=error"], {
            stdio: ["ignore", "ignore", "pipe"],
            shell: process.platform === "win32",
            timeout: INSTALL_MS_MAX,
        })
        let said = ""
        npm.stderr.on("data", (data: Buffer) => (said += String(data).slice(0, 1000)))
        npm.once("error", e => resolve(e.message))
        npm.once("close", code =>
            resolve(code === 0 ? "" : `npm ended with ${code}: ${said.trim().split("\n")[0]}`)
        )
    })
}
