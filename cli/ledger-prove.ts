/** `motewise ledger prove`: all that the ledger says of a node, for somebody who does not trust us. */
import { Command } from "commander"
import { NODE_ID } from "../fleet/ledger/entry"
import { proveNode, type Proof } from "../fleet/ledger/prove"
import { UsageError } from "../image/project"
import { FLEET_FOLDER, ledgerIn, plainEntry } from "./ledger-folder"

export function proveCommand(): Command {
    return new Command("prove")
        .description("every entry of a node, with the proof that it is in the signed log")
        .argument("<id>", "the node's, 16 hex digits; 16 zeros for what concerns the whole fleet")
        .option("--dir <folder>", "the fleet's", FLEET_FOLDER)
        .option("--json", "print one JSON object and nothing else", false)
        .addHelpText(
            "after",
            `
A proof is checked as in RFC 9162, 2.1.3.2: the leaf is SHA-256 of a zero byte and "entry". That there is no other
entry of the node is not proven by it: motewise ledger verify checks the index.

Examples:
  motewise ledger prove 0123456789abcdef --dir my-fleet
  motewise ledger prove 0123456789abcdef --json > proof.json`
        )
        .action((id: string, { dir, json }: { dir: string; json: boolean }) => {
            const node = id.toLowerCase()
            if (!NODE_ID.test(node)) throw new UsageError(`"${id}" is not a node id: 16 hex digits`)
            const proof = proveNode(ledgerIn(dir), node)
            if (json) console.log(JSON.stringify({ node, ...asJson(proof) }))
            else tell(node, proof)
            if (!proof.isRight || proof.entries.length === 0) process.exitCode = 1
        })
}

function asJson({ checkpoint, entries, isRight }: Proof): object {
    return {
        ok: isRight && entries.length > 0,
        checkpoint: checkpoint?.text ?? null,
        size: checkpoint?.size ?? 0,
        root: checkpoint?.root.toString("hex") ?? null,
        entries: entries.map(({ entry, bytes, proof }) => ({
            ...plainEntry(entry),
            entry: bytes.toString("hex"),
            proof: proof?.map(hash => hash.toString("hex")) ?? null,
        })),
    }
}

function tell(node: string, { checkpoint, entries, isRight }: Proof): void {
    if (entries.length === 0) console.error(`The ledger has no entry of node ${node}.`)
    for (const { entry, proof } of entries) {
        console.log(JSON.stringify(plainEntry(entry)))
        if (proof === undefined) console.log("  newer than the latest checkpoint: no proof yet")
        for (const hash of proof ?? []) console.log(`  ${hash.toString("hex")}`)
    }
    if (checkpoint !== undefined) console.log(`\n${shortened(checkpoint.text)}`)
    if (isRight && entries.every(({ proof }) => proof !== undefined) && entries.length > 0)
        console.log("\nEach entry leads to the signed root. Whole, for others to check: --json")
    if (!isRight)
        console.error("A proof does not lead to the signed root: motewise ledger verify tells why.")
}

/** A signature is 5 kB of Base64, which nobody reads. */
function shortened(checkpoint: string): string {
    return checkpoint.trimEnd().replace(/^(— \S+ \S{16})\S+$/gm, "$1...")
}
