/** `motewise fleet claim`: nothing that it prints is secret. */
import { randomBytes } from "node:crypto"
import { join } from "node:path"
import { addToManifest, claimedIds, newClaims, writeSettings } from "../fleet/claims"
import { manifestPath, ownersFolder, refuseNoFleet } from "../fleet/folder"
import { sayShare } from "./progress"

interface ClaimOptions {
    dir: string
    count: number
    out?: string
    brokerUrl?: string
    json: boolean
}

/** Of the ids, printed. */
const SHOWN_MAX = 20

export function claim({ dir, count, out, brokerUrl, json }: ClaimOptions): void {
    refuseNoFleet(dir)
    const manifest = manifestPath(dir)
    const folder = out ?? join(dir, "claims")
    ownersFolder(folder)
    const taken = claimedIds(manifest, line => console.error(line))
    const claims = newClaims(count, randomBytes, id => taken.has(id))
    // First: settings of a claim that nobody knows would be a node that cannot enrol.
    addToManifest(manifest, claims)
    const progress = sayShare("written")
    claims.forEach((one, i) => {
        writeSettings(folder, one, brokerUrl)
        progress.tell(i / count)
    })
    progress.done()
    const ids = claims.map(({ id }) => id)
    if (json) {
        console.log(JSON.stringify({ count, folder, manifest, ids }))
        return
    }
    for (const id of ids.slice(0, SHOWN_MAX)) console.log(join(folder, `${id}.env`))
    if (count > SHOWN_MAX) console.log(`and ${count - SHOWN_MAX} more`)
    console.log(
        `${count} ${count === 1 ? "claim" : "claims"}. Each file is the settings of one node, and secret: flash it, then delete it.`
    )
    if (brokerUrl === undefined)
        console.log("They do not say where the broker is: --broker-url adds that.")
}
