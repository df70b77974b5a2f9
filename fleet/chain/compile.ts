/**
 * From Anchors.sol to the artifact that is committed beside it: `npx tsx fleet/chain/compile.ts`. Compiling takes seconds and a compiler
 * that only developers have, so the artifact is kept, and a test makes it again and compares.
 */
import { readFileSync, writeFileSync } from "node:fs"
import { createRequire } from "node:module"
import { pathToFileURL } from "node:url"
import { inProject } from "../../image/project"

export const ARTIFACT = inProject("fleet/chain/anchors.json")
const SOURCE = inProject("fleet/chain/Anchors.sol")
const NAME = "Anchors"

interface Compiled {
    errors?: { formattedMessage: string }[]
    contracts: Record<
        string,
        Record<string, { abi: object[]; evm: { bytecode: { object: string } } }>
    >
}

/** Of solc, which has no types. */
interface Compiler {
    compile: (input: string) => string
    version: () => string
}

/** The artifact's text. @throws Error with what the compiler says, warnings too */
export function compileAnchors(): string {
    const solc = createRequire(import.meta.url)("solc") as Compiler
    const input = {
        language: "Solidity",
        sources: { [NAME]: { content: readFileSync(SOURCE, "utf8") } },
        settings: {
            optimizer: { enabled: true, runs: 200 },
            // The oldest that chains still run, so that all of them take it.
            evmVersion: "paris",
            metadata: { appendCBOR: false, bytecodeHash: "none" },
            outputSelection: { "*": { "*": ["abi", "evm.bytecode.object"] } },
        },
    }
    const output = JSON.parse(solc.compile(JSON.stringify(input))) as Compiled
    if (output.errors !== undefined)
        throw new Error(output.errors.map(({ formattedMessage }) => formattedMessage).join("\n"))
    const { abi, evm } = output.contracts[NAME][NAME]
    const artifact = { compiler: solc.version(), abi, bytecode: `0x${evm.bytecode.object}` }
    return `${JSON.stringify(artifact, null, 4)}\n`
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? "").href)
    writeFileSync(ARTIFACT, compileAnchors())
