/** `motewise ledger verify`: is the ledger what it was? Read from the files and the chain alone. */
import { existsSync, readFileSync } from "node:fs"
import { join } from "node:path"
import { Command, InvalidArgumentError } from "commander"
import { ChainError, type Anchor } from "../fleet/chain/chain"
import { hasLocalChain, openChainToRead } from "../fleet/chain/open"
import { verifyHss } from "../fleet/keys/hss-verify"
import { verifyLedger, type Verdict } from "../fleet/ledger/verify"
import { FLEET_FOLDER, ledgerIn } from "./ledger-folder"
import { sayShare } from "./progress"

interface VerifyOptions {
    dir: string
    chain?: string
    contract?: `0x${string}`
    json: boolean
}

/** What the chain said, or why it was not heard. */
interface Heard {
    anchors?: Anchor[]
    told: string
}

export function verifyCommand(): Command {
    return new Command("verify")
        .description("check the whole log, and name the first entry that is not what it was")
        .option("--dir <folder>", "the fleet's", FLEET_FOLDER)
        .option(
            "--chain <chain>",
            "where it was anchored: local, none, or a JSON-RPC URL (default: local if it was ever there)",
            chainOf
        )
        .option("--contract <address>", "on that chain (default: as the folder has it)", addressOf)
        .option("--json", "print one JSON object and nothing else", false)
        .addHelpText(
            "after",
            `
Exits with 1 when anything is wrong. Who can write to the folder can also change the public key and the contract's
address in it: keep both elsewhere too (keys/fleet.pub, --contract).

Examples:
  motewise ledger verify --dir my-fleet
  motewise ledger verify --dir my-fleet --chain none --json
  motewise ledger verify --chain https://rpc.example --contract 0x5FbDB2315678afecb367f032d93F642f64180aa3`
        )
        .action(run)
}

async function run({ dir, chain, contract, json }: VerifyOptions): Promise<void> {
    const disk = ledgerIn(dir)
    const heard = await hear(chain ?? (hasLocalChain(dir) ? "local" : "none"), dir, contract)
    const keyPath = join(dir, "keys", "fleet.pub")
    const publicKey = existsSync(keyPath) ? readFileSync(keyPath) : undefined
    const progress = sayShare("checked")
    const verdict = verifyLedger(disk, {
        publicKey,
        verifySignature: verifyHss,
        anchors: heard.anchors,
        tell: progress.tell,
    })
    progress.done()
    const signatures = publicKey === undefined ? `not checked: there is no ${keyPath}` : "checked"
    if (json) {
        const { isRight, areSignaturesChecked: _, first = null, ...rest } = verdict
        console.log(JSON.stringify({ ok: isRight, ...rest, first, signatures, chain: heard.told }))
    } else report(verdict, signatures, heard.told)
    if (!verdict.isRight) process.exitCode = 1
}

async function hear(chain: string, dir: string, contract?: `0x${string}`): Promise<Heard> {
    try {
        const opened = await openChainToRead(chain, dir, contract)
        if (opened === undefined) return { told: "not checked: no chain" }
        try {
            const anchors = await opened.anchors()
            return { anchors, told: `${opened.name}: ${anchors.length} anchors` }
        } finally {
            await opened.close()
        }
    } catch (e) {
        if (!(e instanceof ChainError)) throw e
        return { told: `not checked: ${e.message}` }
    }
}

function report(verdict: Verdict, signatures: string, chain: string): void {
    const { entries, root, checkpoints, tornBytes, problems, isRight } = verdict
    for (const problem of problems) console.error(problem)
    console.log(
        isRight
            ? `The ledger is right: ${entries} entries, ${checkpoints} checkpoints.`
            : `The ledger is wrong; ${entries} entries fit.`
    )
    console.log(`root ${root}\nsignatures ${signatures}\nanchors ${chain}`)
    if (tornBytes > 0)
        console.log(`${tornBytes} bytes of an unfinished batch: the next writer cuts them off`)
}

function chainOf(text: string): string {
    if (/^(local|none|https?:\/\/\S+)$/.test(text)) return text
    throw new InvalidArgumentError("It takes local, none, or a URL that begins with http.")
}

function addressOf(text: string): `0x${string}` {
    if (/^0x[0-9a-fA-F]{40}$/.test(text)) return text as `0x${string}`
    throw new InvalidArgumentError("It takes 0x and 40 hexadecimal digits.")
}
