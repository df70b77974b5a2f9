/** A copy of this project in a folder of its own, for tests that change it as a user does. */
import { execFileSync, spawnSync } from "node:child_process"
import {
    cpSync,
    mkdirSync,
    mkdtempSync,
    readdirSync,
    rmSync,
    symlinkSync,
    writeFileSync,
} from "node:fs"
import { tmpdir } from "node:os"
import { dirname, join } from "node:path"
import { inProject } from "../../image/project"

const LEFT_OUT = [".git", ".motewise", ".devicescript", "node_modules"]

export class ProjectCopy {
    readonly root = mkdtempSync(join(tmpdir(), "motewise-copy-"))

    constructor() {
        for (const name of readdirSync(inProject()))
            if (!LEFT_OUT.includes(name))
                cpSync(inProject(name), join(this.root, name), { recursive: true })
        // Images are kept by what they are made of: what was compiled here need not be compiled there.
        mkdirSync(inProject(".motewise/images"), { recursive: true })
        mkdirSync(join(this.root, ".motewise"))
        symlinkSync(inProject(".motewise/images"), join(this.root, ".motewise/images"))
        // A folder of links, so that a package can be added to it.
        mkdirSync(join(this.root, "node_modules"))
        for (const name of readdirSync(inProject("node_modules")))
            symlinkSync(inProject("node_modules", name), join(this.root, "node_modules", name))
    }

    write(path: string, text: string): void {
        mkdirSync(dirname(join(this.root, path)), { recursive: true })
        writeFileSync(join(this.root, path), text)
    }

    /** `motewise ...` of the copy. */
    motewise(...args: string[]): { code: number | null; out: string; err: string } {
        return this.node("bin/motewise.mjs", ...args)
    }

    /** `npm test ...` of the copy. */
    test(...only: string[]): { code: number | null; out: string; err: string } {
        return this.node("bin/test.mjs", ...only)
    }

    /** Puts the contents of a tarball where npm would install it. */
    install(tarball: string, name: string): void {
        const folder = join(this.root, "node_modules", name)
        mkdirSync(folder)
        execFileSync("tar", ["-xzf", tarball, "-C", folder, "--strip-components=1"])
    }

    remove(): void {
        rmSync(this.root, { recursive: true, force: true })
    }

    private node(script: string, ...args: string[]) {
        const { status, stdout, stderr } = spawnSync(process.execPath, [script, ...args], {
            cwd: this.root,
            encoding: "utf8",
            env: { ...process.env, NODE_TEST_CONTEXT: undefined },
        })
        return { code: status, out: stdout, err: stderr }
    }
}
