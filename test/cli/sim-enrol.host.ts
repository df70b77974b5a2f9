import assert from "node:assert/strict"
import { test } from "node:test"
import { assertRefused, fileOf, motewise } from "./run"

const RUN = ["sim", "--enrol", "--virtual", "--seed", "7", "--seconds", "900", "--json"]

test("nodes with claims alone are all enrolled, heard and judged, and each is in the ledger once", () => {
    const { code, out } = motewise(...RUN)
    assert.equal(code, 0)
    const { enrolled, published, acknowledged, lost, gaps, rows } = JSON.parse(out)
    assert.deepEqual(enrolled, { nodes: 3, ledgerEntries: 3, refused: 0 })
    assert.deepEqual({ lost, gaps, owed: published - acknowledged }, { lost: 0, gaps: 0, owed: 0 })
    // Of 15 rows, the last interval's are not reported yet.
    assert.ok(rows >= 3 * 10, `${rows} rows were heard`)
    assert.equal(
        motewise(...RUN).out.replace(/"wallMs":\d+/, ""),
        out.replace(/"wallMs":\d+/, ""),
        "another run of the same seed"
    )
})

test("for people it says how many enrolled", () => {
    const { code, out } = motewise(
        "sim",
        "--enrol",
        "--virtual",
        "--seconds",
        "120",
        "--nodes",
        "1"
    )
    assert.equal(code, 0)
    assert.match(out, /^1 of 1 nodes enrolled and heard, 1 entries in the ledger, 0 refusals$/m)
})

test("claims that are not there, too few, or of no use here are refused before anything runs", () => {
    const broker = ["--broker", "mqtt://127.0.0.1:1"]
    const manifest = fileOf(
        "manifest.jsonl",
        `{"id":"00112233445566aa","secret":"${"5a".repeat(32)}"}\n`
    )
    assertRefused(motewise("sim", "--claims", manifest), /--claims is for --enrol/)
    assertRefused(
        motewise("sim", "--enrol", "--claims", manifest),
        /--claims is for the fleet at --broker/
    )
    assertRefused(
        motewise("sim", "--enrol", ...broker, "--claims", "/nowhere/manifest.jsonl"),
        /There is no \/nowhere\/manifest\.jsonl: make claims with motewise fleet claim/
    )
    assertRefused(
        motewise("sim", "--enrol", ...broker, "--claims", manifest, "--nodes", "2"),
        /has 1 claims for 2 nodes: make more with motewise fleet claim/
    )
})
