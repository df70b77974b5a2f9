/** What a test needs that a user's machine may not have. It is skipped there, and says so; where MOTEWISE_TEST_ALL is set it fails. */
import { existsSync } from "node:fs"
import { delimiter, join } from "node:path"
import { inProject } from "../../image/project"

/** For `{ skip }` of node:test: false when the program is on the path. */
export function withoutProgram(name: string, debianPackage = name): string | false {
    const places = (process.env.PATH ?? "").split(delimiter).concat("/usr/sbin")
    if (places.some(place => existsSync(join(place, name)))) return false
    const reason = `${name} is not installed (apt-get install ${debianPackage})`
    if (process.env.MOTEWISE_TEST_ALL !== undefined) throw new Error(reason)
    return reason
}

/** A file of the shared recordings and vectors beside the checkout; `skip` is false when it is there. */
export function sharedFile(path: string): { path: string; skip: string | false } {
    const full = inProject("..", "shared", path)
    return { path: full, skip: existsSync(full) ? false : `../shared/${path} is not there` }
}
