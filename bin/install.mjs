/**
 * Brings node_modules in line with package-lock.json before anything of it is needed. Plain JavaScript, for it runs on a bare clone.
 */
import { spawnSync } from "node:child_process"
import { existsSync, readFileSync } from "node:fs"
import { dirname, join } from "node:path"
import { fileURLToPath } from "node:url"

const root = dirname(dirname(fileURLToPath(import.meta.url)))
const NODE_OLDEST = [20, 19]

function packagesIn(file) {
    return JSON.parse(readFileSync(file, "utf8")).packages
}

/** What the lockfile wants and node_modules has not, or has in another version. */
function isStale() {
    const wanted = packagesIn(join(root, "package-lock.json"))
    const hidden = join(root, "node_modules/.package-lock.json")
    if (!existsSync(hidden)) return true
    const installed = packagesIn(hidden)
    return Object.entries(wanted).some(
        ([path, { version, optional }]) =>
            path !== "" && !optional && installed[path]?.version !== version
    )
}

export function install() {
    const [major, minor] = process.versions.node.split(".").map(Number)
    if (major < NODE_OLDEST[0] || (major === NODE_OLDEST[0] && minor < NODE_OLDEST[1])) {
        console.error(
            `Motewise needs Node.js ${NODE_OLDEST.join(".")} or newer; this is ${process.versions.node}.`
        )
        process.exit(1)
    }
    // Installed as a package of somebody else's project, whose lockfile is not ours to follow.
    if (!existsSync(join(root, "package-lock.json")) || !isStale()) return
    console.error("Installing what package-lock.json lists (once; a quarter of a minute) ...")
    const npm = spawnSync("npm", ["ci", "--no-audit", "--no-fund", "--loglevel=error"], {
        cwd: root,
        // What npm says must not get into what we print on standard output.
        stdio: ["ignore", 2, 2],
        shell: process.platform === "win32",
    })
    if (npm.status === 0) return
    console.error("npm ci failed (see above). Mend that, or run it yourself, and try again.")
    process.exit(1)
}
