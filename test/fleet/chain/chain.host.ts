/** The contract, on a chain of this machine's own that is stopped, killed and robbed of its memory. */
import assert from "node:assert/strict"
import {
    chmodSync,
    existsSync,
    mkdtempSync,
    readFileSync,
    rmSync,
    statSync,
    truncateSync,
} from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { after, test } from "node:test"
import { Anchoring } from "../../../fleet/chain/anchoring"
import { runningAnvil, startAnvil } from "../../../fleet/chain/anvil"
import { findAnvil } from "../../../fleet/chain/anvil-program"
import { ChainError, type Anchor, type Chain } from "../../../fleet/chain/chain"
import { ARTIFACT, compileAnchors } from "../../../fleet/chain/compile"
import { openEvm } from "../../../fleet/chain/evm"
import { anchoringKey } from "../../../fleet/chain/key"
import { openChain, openChainToRead } from "../../../fleet/chain/open"
import { isThorough } from "../../harness/needs"

const skip =
    findAnvil() !== undefined || isThorough()
        ? false
        : "anvil is not installed (the first `--chain local` does)"

const folders: string[] = []
const chains: Chain[] = []
after(async () => {
    // A chain that a failed test left would keep this process.
    for (const chain of chains) await chain.close()
    for (const folder of folders) rmSync(folder, { recursive: true, force: true })
})

function newFolder(): string {
    const folder = mkdtempSync(join(tmpdir(), "motewise-chain-"))
    folders.push(folder)
    return folder
}

function anchor(size: number): Anchor {
    return { size, root: Buffer.alloc(32, size) }
}

function listener(): { said: string[]; say: (line: string) => void } {
    const said: string[] = []
    return { said, say: line => void said.push(line) }
}

/** As a machine that is switched off. */
async function kill(folder: string): Promise<void> {
    const { pid } = runningAnvil(folder) ?? assert.fail("nothing runs")
    process.kill(pid, "SIGKILL")
    while (runningAnvil(folder) !== undefined) await new Promise(done => setTimeout(done, 20))
}

async function openLocal(folder: string, say: (line: string) => void = () => {}): Promise<Chain> {
    const chain = (await openChain("local", folder, say)) ?? assert.fail("no chain")
    chains.push(chain)
    return chain
}

test("the committed artifact is what the compiler makes of the source", () => {
    assert.equal(readFileSync(ARTIFACT, "utf8"), compileAnchors())
})

test("the anchoring key is its owner's alone", { skip: process.platform === "win32" }, () => {
    const path = join(newFolder(), "chain/key")
    const key = anchoringKey(path)
    assert.equal(statSync(path).mode & 0o777, 0o600)
    assert.equal(anchoringKey(path), key)
    chmodSync(path, 0o640)
    assert.throws(() => anchoringKey(path), /chain\/key: others can read this key/)
})

test("anchors stand, survive a restart, and sizes only grow", { skip }, async () => {
    const folder = newFolder()
    const { said, say } = listener()
    const chain = await openLocal(folder, say)
    assert.equal(await chain.latest(), undefined)
    await chain.anchor(anchor(3))
    await chain.anchor(anchor(5))
    assert.match(said.join(), /deployed the contract at 0x/)
    for (const size of [5, 4])
        await assert.rejects(chain.anchor(anchor(size)), /sizes only grow/, String(size))
    await chain.close()
    const again = await openLocal(folder)
    assert.deepEqual(await again.latest(), anchor(5))
    assert.deepEqual(await again.anchors(), [anchor(3), anchor(5)])
    await again.close()
    const reader = (await openChainToRead("local", folder)) ?? assert.fail("no chain")
    assert.deepEqual(await reader.anchors(), [anchor(3), anchor(5)])
    await assert.rejects(reader.anchor(anchor(9)), ChainError)
    await reader.close()
    assert.ok(!said.join().includes(anchoringKey(join(folder, "chain/key"))), "the key was told")
})

test(
    "what a killed chain forgot is anchored again, on a new contract if need be",
    { skip },
    async () => {
        const folder = newFolder()
        const { said, say } = listener()
        const before = await openLocal(folder, say)
        const keeper = new Anchoring(before, say)
        assert.equal(await keeper.keepUp(anchor(7)), "anchored")
        await kill(folder)
        assert.equal(await keeper.keepUp(anchor(8)), "late")
        assert.equal(await keeper.keepUp(anchor(9)), "late")
        assert.equal(said.filter(line => line.includes("anchors are late")).length, 1)
        // All of it, for the state was not saved yet: the contract too.
        rmSync(join(folder, "chain/anvil-state.json"), { force: true })
        const chain = await openLocal(folder, say)
        assert.equal(await new Anchoring(chain, say).keepUp(anchor(9)), "anchored")
        assert.match(said.at(-1) ?? "", /deployed .* the chain has forgotten that at 0x/)
        assert.deepEqual(await chain.latest(), anchor(9))
        await chain.close()
    }
)

test("a torn state file is put aside", { skip }, async () => {
    const folder = newFolder()
    const { said, say } = listener()
    const first = await openLocal(folder)
    await first.anchor(anchor(2))
    await first.close()
    const state = join(folder, "chain/anvil-state.json")
    truncateSync(state, Math.floor(statSync(state).size / 2))
    const chain = await openLocal(folder, say)
    assert.match(said[0], /starts afresh, for its state was torn/)
    assert.ok(existsSync(`${state}.torn`), "kept aside")
    assert.equal(await new Anchoring(chain, say).keepUp(anchor(2)), "anchored")
    await chain.close()
})

test("a chain whose owner died is taken over with its blocks", { skip }, async () => {
    const folder = newFolder()
    const orphan = await openLocal(folder)
    await orphan.anchor(anchor(4))
    const before = runningAnvil(folder)?.pid
    const chain = await openLocal(folder)
    assert.notEqual(runningAnvil(folder)?.pid, before)
    assert.deepEqual(await chain.latest(), anchor(4))
    await chain.close()
    await orphan.close()
})

test("nobody but the owner anchors", { skip }, async () => {
    const folder = newFolder()
    const owner = await openLocal(folder)
    await owner.anchor(anchor(1))
    const { url } = runningAnvil(folder) ?? assert.fail("nothing runs")
    const other = await openEvm({ url, folder, key: anchoringKey(join(newFolder(), "key")) })
    await assert.rejects(other.anchor(anchor(2)), /the contract belongs to another key/)
    assert.deepEqual(await owner.latest(), anchor(1))
    await owner.close()
})

test("a chain that knows what we do not is told of, and not written over", { skip }, async () => {
    const folder = newFolder()
    const { said, say } = listener()
    const chain = await openLocal(folder)
    await chain.anchor(anchor(6))
    const keeper = new Anchoring(chain, say)
    assert.equal(await keeper.keepUp(anchor(5)), "contradicted")
    assert.match(said[0], /entries were lost or changed/)
    assert.equal(await keeper.keepUp({ size: 6, root: Buffer.alloc(32) }), "contradicted")
    assert.equal(await keeper.keepUp(anchor(6)), "anchored")
    await chain.close()
})

test("where nobody listens is said without the URL's secrets", async () => {
    await assert.rejects(
        openEvm({ url: "http://127.0.0.1:9/v3/secret", folder: newFolder() }),
        e => {
            assert.ok(e instanceof ChainError, String(e))
            assert.match(e.message, /^127\.0\.0\.1:9: /)
            assert.doesNotMatch(e.message, /secret/)
            return true
        }
    )
})

test("an anvil that was stopped does not run any more", { skip }, async () => {
    const folder = newFolder()
    const first = await startAnvil(folder, () => {})
    assert.match(first.url, /^http:\/\/127\.0\.0\.1:\d+$/)
    await first.stop()
    assert.equal(runningAnvil(folder), undefined)
})
