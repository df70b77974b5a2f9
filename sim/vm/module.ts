/**
 * The DeviceScript VM as a WebAssembly module, taken from the installed @devicescript/cli package.
 *
 * Upstream ships the VM only inside the command line's bundle (no @devicescript/vm on npm), as a base64 text. We read that text,
 * compile it once a process and share it between all nodes; upstream's JavaScript around it is left alone, for it reads the real
 * clock, the real entropy and the real sockets. Nothing of the package is copied into this repository.
 */
import { createHash } from "node:crypto"
import { readFileSync } from "node:fs"
import { createRequire } from "node:module"
import { dirname, join } from "node:path"

export const CLI_VERSION = "2.16.4"
/** SHA-256 of the WebAssembly binary of 2.16.4: what was tested is what runs. */
const VM_SHA256 = "a56742b09dd4bfe278815676ac94231ed4f8995cee6260818f5d758d8ab6ee1d"
const BEFORE_VM = `"runtime/devicescript-vm/built/devicescript-vm.js"(exports`
const BEFORE_WASM = `wasmBinaryFile = "data:application/octet-stream;base64,`

export class VmLayoutError extends Error {
    constructor(found: string) {
        super(
            `@devicescript/cli: ${found}. Motewise loads the VM of exactly ${CLI_VERSION}; ` +
                `run "npm ci" to install it again.`
        )
        this.name = "VmLayoutError"
    }
}

/** The WebAssembly text of the bundle. @throws VmLayoutError when it is not where 2.16.4 has it */
export function wasmFromBundle(bundle: string): Buffer {
    const vmAt = bundle.indexOf(BEFORE_VM)
    if (vmAt < 0) throw new VmLayoutError("its bundle holds no devicescript-vm.js")
    const markAt = bundle.indexOf(BEFORE_WASM, vmAt)
    if (markAt < 0) throw new VmLayoutError("its devicescript-vm.js holds no WebAssembly text")
    const start = markAt + BEFORE_WASM.length
    return Buffer.from(bundle.slice(start, bundle.indexOf(`"`, start)), "base64")
}

let compiled: WebAssembly.Module | undefined

/** The VM's module: 0.3 s the first time, then at once. @throws VmLayoutError */
export function vmModule(): WebAssembly.Module {
    compiled ??= new WebAssembly.Module(new Uint8Array(vmBinary()))
    return compiled
}

/** The VM as it is in the installed package, to the byte. @throws VmLayoutError */
export function vmBinary(): Buffer {
    const require = createRequire(import.meta.url)
    let folder: string
    try {
        folder = dirname(require.resolve("@devicescript/cli/package.json"))
    } catch {
        throw new VmLayoutError("it is not installed")
    }
    const { version } = JSON.parse(readFileSync(join(folder, "package.json"), "utf8"))
    if (version !== CLI_VERSION) throw new VmLayoutError(`version ${version} is installed`)
    const wasm = wasmFromBundle(readFileSync(join(folder, "built/devicescript-cli.cjs"), "latin1"))
    const sha256 = createHash("sha256").update(wasm).digest("hex")
    if (sha256 !== VM_SHA256) throw new VmLayoutError(`its VM has SHA-256 ${sha256}`)
    return wasm
}
