/** Where a fleet's ledger is, and how its entries are printed. */
import { join } from "node:path"
import { FolderDisk, type Disk } from "../fleet/ledger/disk"
import type { Entry } from "../fleet/ledger/entry"
import { UsageError } from "../image/project"

/** Not `fleet`: in a clone of this project that is the source. */
export const FLEET_FOLDER = ".motewise/fleet"

/** @throws UsageError when there is no ledger */
export function ledgerIn(folder: string): Disk {
    const disk = new FolderDisk(join(folder, "ledger"))
    if (disk.length("journal") !== undefined) return disk
    throw new UsageError(
        `There is no ledger in ${folder} (no ${join(folder, "ledger", "journal")}). Name the fleet's folder with --dir.`
    )
}

/** With hexadecimal for bytes, and the time as people write it. */
export function plainEntry({ index, kind, timeMs, node, previous, ...facts }: Entry): object {
    const plain = Object.entries(facts).map(([name, value]) => [
        name,
        Buffer.isBuffer(value) ? value.toString("hex") : value,
    ])
    return {
        index,
        kind,
        time: new Date(timeMs).toISOString(),
        node,
        ...Object.fromEntries(plain),
        previous: previous.toString("hex"),
    }
}
