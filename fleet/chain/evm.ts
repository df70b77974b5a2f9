/** Any EVM chain, over JSON-RPC: one small contract (Anchors.sol), deployed when it is not there. */
import { existsSync, mkdirSync, readFileSync, renameSync, writeFileSync } from "node:fs"
import { dirname, join } from "node:path"
import type { Abi, Account, BaseError, Hex } from "viem"
import { inProject } from "../../image/project"
import { ChainError, type Anchor, type Chain } from "./chain"

const REQUEST_MS_MAX = 5_000
const RETRIES = 1
/** Ten blocks of Ethereum's. */
const RECEIPT_MS_MAX = 120_000
const POLL_MS = 250
/** Nodes refuse to search more at once. */
const BLOCKS_PER_SEARCH = 5_000
const SEARCHES_MAX = 2_000

export interface EvmOptions {
    url: string
    /** The fleet's, where what is known of the contract is kept. */
    folder: string
    /** Without one it only reads. */
    key?: Hex
    /** Instead of the one in the folder. */
    contract?: Hex
    say?: (line: string) => void
}

/** What is known of a contract from before. */
interface Known {
    address: Hex
    /** In which it was deployed: nothing of it is older. */
    block: number
    /** The largest size that was anchored. */
    size: number
}

export function contractPath(folder: string, chainId: number): string {
    return join(folder, "chain", `contract-${chainId}.json`)
}

/** @throws ChainError when nobody answers */
export async function openEvm(options: EvmOptions): Promise<Chain> {
    // Not at the top: it takes a second to load.
    const viem = await import("viem")
    const { privateKeyToAccount } = await import("viem/accounts")
    const account = options.key && privateKeyToAccount(options.key)
    const name = hostOf(options.url)
    const transport = viem.http(options.url, { timeout: REQUEST_MS_MAX, retryCount: RETRIES })
    const reader = viem.createPublicClient({ transport, pollingInterval: POLL_MS })
    const chainId = await orChainError(name, () => reader.getChainId())
    const chain = viem.defineChain({
        id: chainId,
        name,
        nativeCurrency: { name: "Ether", symbol: "ETH", decimals: 18 },
        rpcUrls: { default: { http: [] } },
    })
    const writer = viem.createWalletClient({ transport, chain, account })
    return new EvmChain(
        name,
        reader,
        writer,
        account,
        contractPath(options.folder, chainId),
        options
    )
}

/** A URL's path and query may hold a key to the node. */
function hostOf(url: string): string {
    try {
        return new URL(url).host
    } catch {
        throw new ChainError("the chain's address is no URL")
    }
}

async function orChainError<T>(name: string, ask: () => Promise<T>): Promise<T> {
    try {
        return await ask()
    } catch (e) {
        if (e instanceof ChainError) throw e
        throw new ChainError(`${name}: ${reasonOf(e as BaseError)}`)
    }
}

const SAYS: Record<string, string> = {
    NotOwner: "the contract belongs to another key",
    SizeNotGrown: "the contract knows as many entries or more, and sizes only grow",
}

/** Short: viem's whole message repeats the request. */
function reasonOf(error: BaseError): string {
    const reverted = error.walk?.(e => nameOf(e) !== undefined)
    const name = nameOf(reverted)
    if (name !== undefined) return SAYS[name] ?? name
    return (error.shortMessage ?? "no answer").split("\n")[0]
}

function nameOf(error: unknown): string | undefined {
    return (error as { data?: { errorName?: string } } | null | undefined)?.data?.errorName
}

type Reader = ReturnType<typeof import("viem").createPublicClient>
type Writer = ReturnType<typeof import("viem").createWalletClient>

class EvmChain implements Chain {
    private readonly abi: Abi
    private readonly bytecode: Hex
    private known: Known | undefined

    constructor(
        readonly name: string,
        private readonly reader: Reader,
        private readonly writer: Writer,
        private readonly account: Account | undefined,
        private readonly path: string,
        private readonly options: EvmOptions
    ) {
        const artifact = JSON.parse(readFileSync(inProject("fleet/chain/anchors.json"), "utf8"))
        this.abi = (artifact as { abi: Abi }).abi
        this.bytecode = (artifact as { bytecode: Hex }).bytecode
        const { contract } = options
        if (contract !== undefined) this.known = { address: contract, block: 0, size: 0 }
        else if (existsSync(path)) this.known = JSON.parse(readFileSync(path, "utf8")) as Known
    }

    latest(): Promise<Anchor | undefined> {
        return orChainError(this.name, async () => {
            const { known } = this
            if (known === undefined || !(await this.isThere(known))) return undefined
            const { address } = known
            const { abi } = this
            const read = { address, abi, functionName: "latest" }
            const [size, root] = (await this.reader.readContract(read)) as [bigint, Hex]
            return size === 0n ? undefined : anchorOf(size, root)
        })
    }

    anchor({ size, root }: Anchor): Promise<void> {
        return orChainError(this.name, async () => {
            const known = await this.contract()
            const { account, abi } = this
            const { address } = known
            const args = [BigInt(size), `0x${root.toString("hex")}`]
            const call = { account, address, abi, functionName: "anchor", args }
            // Says why not, where a transaction that fails does not.
            const { request } = await this.reader.simulateContract(call)
            const hash = await this.writer.writeContract({ ...request, chain: this.writer.chain })
            await this.mined(hash)
            this.remember({ ...known, size: Math.max(known.size, size) })
        })
    }

    anchors(): Promise<Anchor[]> {
        return orChainError(this.name, async () => {
            const { known } = this
            if (known === undefined || !(await this.isThere(known))) return []
            const newest = Number(await this.reader.getBlockNumber())
            const found: Anchor[] = []
            let from = Math.max(known.block, newest - BLOCKS_PER_SEARCH * SEARCHES_MAX)
            for (; from <= newest; from += BLOCKS_PER_SEARCH) {
                const logs = await this.reader.getContractEvents({
                    address: known.address,
                    abi: this.abi,
                    eventName: "Anchored",
                    fromBlock: BigInt(from),
                    toBlock: BigInt(Math.min(newest, from + BLOCKS_PER_SEARCH - 1)),
                })
                for (const log of logs) {
                    const { size, root } = (log as unknown as { args: { size: bigint; root: Hex } })
                        .args
                    found.push(anchorOf(size, root))
                }
            }
            return found
        })
    }

    async close(): Promise<void> {}

    private async isThere({ address }: Known): Promise<boolean> {
        return (await this.reader.getCode({ address })) !== undefined
    }

    /** Deployed when there is none, or the chain has forgotten it. */
    private async contract(): Promise<Known> {
        const { known, account, options } = this
        if (known !== undefined && (await this.isThere(known))) return known
        if (account === undefined) throw new ChainError(`${this.name}: no contract to read`)
        if (options.contract !== undefined)
            throw new ChainError(`${this.name}: there is no contract at ${options.contract}`)
        const { abi, bytecode, writer } = this
        const hash = await writer.deployContract({ abi, bytecode, account, chain: writer.chain })
        const { contractAddress, blockNumber } = await this.mined(hash)
        if (typeof contractAddress !== "string") throw new ChainError(`${this.name}: not deployed`)
        const why = known === undefined ? "" : `: the chain has forgotten that at ${known.address}`
        options.say?.(`chain ${this.name}: deployed the contract at ${contractAddress}${why}`)
        const deployed = { address: contractAddress, block: Number(blockNumber), size: 0 }
        this.remember(deployed)
        return deployed
    }

    private async mined(hash: Hex) {
        const receipt = await this.reader.waitForTransactionReceipt({
            hash,
            timeout: RECEIPT_MS_MAX,
        })
        if (receipt.status === "success") return receipt
        throw new ChainError(`${this.name}: the transaction failed`)
    }

    private remember(known: Known): void {
        this.known = known
        mkdirSync(dirname(this.path), { recursive: true })
        writeFileSync(`${this.path}.new`, `${JSON.stringify(known)}\n`)
        renameSync(`${this.path}.new`, this.path)
    }
}

function anchorOf(size: bigint, root: Hex): Anchor {
    return { size: Number(size), root: Buffer.from(root.slice(2), "hex") }
}
