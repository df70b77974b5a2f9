/**
 * A fleet's folder, for its owner's eyes only:
 *
 * | path                    | what                                                                      |
 * |-------------------------|---------------------------------------------------------------------------|
 * | `keys/fleet.key`        | signs checkpoints; changes with every signature                           |
 * | `keys/fleet.pub`        | its public key: what whoever checks the ledger needs                      |
 * | `keys/registrar.key`    | makes nonces and credentials                                              |
 * | `claims/manifest.jsonl` | ids and secrets of all claims                                             |
 * | `claims/<id>.env`       | the settings of one node to flash                                         |
 * | `ledger/`               | what happened to which node                                               |
 * | `registrar/`            | what can be made again from the two above, at the price of new enrolments |
 * | `chain/`, `broker/`     | of a local chain, and a mosquitto, of our own                             |
 * | `control.sock`          | where `motewise fleet up` is asked, while it runs                         |
 */
import { chmodSync, existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs"
import { join } from "node:path"
import { InputError } from "../table/input-error"
import { HssKey, type NewHssOptions } from "./keys/hss"
import { Ledger } from "./ledger/ledger"
import { registrarKeys } from "./registrar/registrar-keys"

const OWNER_ONLY = 0o700
const FOLDERS = ["keys", "claims", "ledger", "registrar"]

export const keyPath = (folder: string) => join(folder, "keys", "fleet.key")
export const publicKeyPath = (folder: string) => join(folder, "keys", "fleet.pub")
export const manifestPath = (folder: string) => join(folder, "claims", "manifest.jsonl")
export const socketPath = (folder: string) => join(folder, "control.sock")

/** Made when it is not there. */
export function ownersFolder(path: string): void {
    mkdirSync(path, { recursive: true, mode: OWNER_ONLY })
    chmodSync(path, OWNER_ONLY)
}

/**
 * Makes a fleet's keys and folders: 1 to 2 s.
 * @throws InputError when there is a fleet in the folder: new keys would make worth nothing what the old ones signed
 */
export async function initFolder(
    folder: string,
    random: (n: number) => Buffer,
    options: NewHssOptions
): Promise<void> {
    if (existsSync(keyPath(folder)))
        throw new InputError(
            `${keyPath(folder)}: there is a fleet already. Choose another folder with --dir: without its key what this one signed could not go on`
        )
    ownersFolder(folder)
    for (const name of FOLDERS) ownersFolder(join(folder, name))
    const key = await HssKey.create(keyPath(folder), options)
    try {
        writeFileSync(publicKeyPath(folder), key.publicKey())
    } finally {
        await key.close()
    }
    registrarKeys(folder, random)
    Ledger.open(folder).close()
}

/** @throws InputError when there is no fleet */
export function refuseNoFleet(folder: string): void {
    if (existsSync(keyPath(folder))) return
    throw new InputError(
        `There is no fleet in ${folder} (no ${keyPath(folder)}). Make one with motewise fleet init, or name its folder with --dir.`
    )
}

/** What `init` was ended before it wrote is made up for. @throws InputError when the two do not belong together */
export function checkPublicKey(folder: string, publicKey: Buffer): void {
    const path = publicKeyPath(folder)
    if (!existsSync(path)) writeFileSync(path, publicKey)
    else if (!readFileSync(path).equals(publicKey))
        throw new InputError(
            `${path}: is not the public key of ${keyPath(folder)}: put back the one that belongs to this ledger`
        )
}
