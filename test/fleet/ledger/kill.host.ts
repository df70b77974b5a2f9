/** Writers that are killed, and writers that meet. */
import assert from "node:assert/strict"
import { spawn } from "node:child_process"
import { existsSync, mkdtempSync, rmSync, writeFileSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { createInterface } from "node:readline"
import { test } from "node:test"
import { inProject } from "../../../image/project"
import { Ledger } from "../../../fleet/ledger/ledger"
import { eventsOf } from "./events"

const KILLS = 30

test("kill -9 of a writer, at random moments, loses no batch it had promised", async () => {
    const folder = mkdtempSync(join(tmpdir(), "motewise-ledger-"))
    let promised = 0
    for (let i = 0; i < KILLS; ++i) {
        const child = spawn(
            process.execPath,
            ["--import", "tsx", inProject("test/fleet/ledger/writer.ts"), folder],
            { stdio: ["ignore", "pipe", "inherit"] }
        )
        const lines = createInterface({ input: child.stdout })
        const gone = new Promise(resolve => child.once("exit", resolve))
        let isTimed = false
        for await (const line of lines) {
            promised = Number(line)
            if (!isTimed) setTimeout(() => child.kill("SIGKILL"), Math.random() * 100)
            isTimed = true
        }
        await gone
        const ledger = Ledger.open(folder)
        assert.ok(ledger.size >= promised, `${ledger.size} < ${promised}`)
        assert.equal(ledger.entry(ledger.size - 1).index, ledger.size - 1)
        ledger.close()
    }
    assert.ok(promised > KILLS, "nothing was written")
    rmSync(folder, { recursive: true })
})

test("a ledger has one writer; the lock of a dead one is taken over, that of a live one is not", () => {
    const folder = mkdtempSync(join(tmpdir(), "motewise-ledger-"))
    const lock = join(folder, "ledger/lock")
    const first = Ledger.open(folder)
    assert.throws(() => Ledger.open(folder), new RegExp(`process ${process.pid} writes this`))
    first.close()
    assert.ok(!existsSync(lock), "the lock is let go")
    // No process has this number, one that has it was born at another time, and what a power cut leaves.
    for (const stale of [`${2 ** 22 + 1} ?\n`, `${process.pid} another boot 1\n`, ""]) {
        writeFileSync(lock, stale)
        const ledger = Ledger.open(folder)
        ledger.append(eventsOf(1))
        ledger.close()
    }
    assert.equal(Ledger.open(folder).size, 3)
    rmSync(folder, { recursive: true })
})
