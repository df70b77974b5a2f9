/** What a test needs that a user's machine may not have. It is skipped there, and says so; where MOTEWISE_TEST_ALL is set it fails. */
import { existsSync } from "node:fs"
import { inProject } from "../../image/project"
import { findProgram } from "../../machine/programs"

/** Nothing is to be skipped, and what can be shortened is done in full: in CI. */
export function isThorough(): boolean {
    return process.env.MOTEWISE_TEST_ALL !== undefined
}

/** For `{ skip }` of node:test: false when the program is there. */
export function withoutProgram(name: string, debianPackage = name): string | false {
    if (findProgram(name) !== undefined) return false
    const reason = `${name} is not installed (apt-get install ${debianPackage})`
    if (isThorough()) throw new Error(reason)
    return reason
}

/** A file of the shared recordings and vectors beside the checkout; `skip` is false when it is there. */
export function sharedFile(path: string): { path: string; skip: string | false } {
    const full = inProject("..", "shared", path)
    return { path: full, skip: existsSync(full) ? false : `../shared/${path} is not there` }
}
