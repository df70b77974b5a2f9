/** The settings that go to a board with the program: lines of KEY=value, as DeviceScript's tools read them. */
import { existsSync, readFileSync, renameSync, writeFileSync } from "node:fs"

/** One setting in place, the others as they are; the file is written whole or not at all. */
export function writeSetting(file: string, key: string, value: string): void {
    const lines = existsSync(file) ? readFileSync(file, "utf8").split("\n") : []
    const others = lines.filter(line => line.split("=")[0].trim() !== key)
    while (others.at(-1) === "") others.pop()
    const draft = `${file}.${process.pid}`
    // It may hold a network's password.
    writeFileSync(draft, [...others, `${key}=${value}`, ""].join("\n"), { mode: 0o600 })
    renameSync(draft, file)
}
