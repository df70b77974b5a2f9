/** A chain by what a person calls it: `local`, `none`, or the URL of any JSON-RPC endpoint. */
import { join, resolve } from "node:path"
import { existsSync } from "node:fs"
import type { Hex } from "viem"
import { LOCAL_CHAIN_ID, runningAnvil, startAnvil, startToRead, type Anvil } from "./anvil"
import { ChainError, type Chain } from "./chain"
import { contractPath, openEvm, type EvmOptions } from "./evm"
import { anchoringKey } from "./key"

/** Enough for any number of anchors, where the money is ours. */
const BALANCE_WEI = "0x3635c9adc5dea00000"

/** To anchor there; undefined for `none`. @param folder of the fleet @throws ChainError, InputError */
export async function openChain(
    chain: string,
    folder: string,
    say: (line: string) => void
): Promise<Chain | undefined> {
    if (chain === "none") return undefined
    const key = anchoringKey(join(folder, "chain", "key"))
    if (chain !== "local") return openEvm({ url: chain, folder, key, say })
    const anvil = await startAnvil(resolve(folder), say)
    const { privateKeyToAddress } = await import("viem/accounts")
    return openOn(anvil, { folder, key, say }, () =>
        setBalance(anvil.url, privateKeyToAddress(key))
    )
}

/** A chain that ends with its anvil. */
async function openOn(
    { url, stop }: Anvil,
    options: Omit<EvmOptions, "url">,
    prepare = async () => {}
): Promise<Chain> {
    try {
        await prepare()
        const chain = await openEvm({ ...options, url })
        return {
            name: "local",
            latest: () => chain.latest(),
            anchor: anchor => chain.anchor(anchor),
            anchors: () => chain.anchors(),
            close: stop,
        }
    } catch (e) {
        await stop()
        throw e
    }
}

/** Only to read; for `local` the chain need not run. @throws ChainError */
export async function openChainToRead(
    chain: string,
    folder: string,
    contract?: Hex
): Promise<Chain | undefined> {
    if (chain === "none") return undefined
    if (chain !== "local") return openEvm({ url: chain, folder, contract })
    const running = runningAnvil(resolve(folder))
    if (running !== undefined) return openEvm({ url: running.url, folder, contract })
    const anvil = await startToRead(resolve(folder), line => console.error(line))
    return openOn(anvil, { folder, contract })
}

/** Whether this fleet has ever anchored on a chain of its own. */
export function hasLocalChain(folder: string): boolean {
    return existsSync(contractPath(folder, LOCAL_CHAIN_ID))
}

async function setBalance(url: string, address: string): Promise<void> {
    const body = {
        jsonrpc: "2.0",
        id: 1,
        method: "anvil_setBalance",
        params: [address, BALANCE_WEI],
    }
    const answer = await fetch(url, {
        method: "POST",
        headers: { "content-type": "application/json" },
        body: JSON.stringify(body),
        signal: AbortSignal.timeout(5_000),
    })
    if (!answer.ok) throw new ChainError("local: anvil does not take orders")
}
