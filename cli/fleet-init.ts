/** `motewise fleet init` */
import { randomBytes } from "node:crypto"
import { initFolder } from "../fleet/folder"
import { watchShare } from "./progress"

export async function init({ dir, json }: { dir: string; json: boolean }): Promise<void> {
    const progress = watchShare("making the fleet's key")
    try {
        const onProgress = (done: number, all: number) => progress.tell(done / all)
        await initFolder(dir, randomBytes, { onProgress })
    } finally {
        progress.done()
    }
    const keep = ["keys/fleet.pub", "keys/registrar.key", "claims/manifest.jsonl", "ledger/"]
    if (json) {
        console.log(JSON.stringify({ folder: dir, backUp: keep, neverRestore: ["keys/fleet.key"] }))
        return
    }
    console.log(`A fleet, in ${dir}.

Back up, often, and where only you can read it:
  ledger/                 what happened to which node; nobody can make it again
  claims/manifest.jsonl   every node's claim secret: who has it can enrol in a node's place
  keys/registrar.key      without it every node has to enrol again, which they do by themselves
  keys/fleet.pub          is no secret: give it to whoever is to check the ledger
Never put back a copy of keys/fleet.key: it would sign twice with one number, and then anybody can forge.

Next: motewise fleet claim --count 3${dirOf(dir)}`)
}

/** What to add to a command that is to be about the same folder. */
function dirOf(dir: string): string {
    return dir === ".motewise/fleet" ? "" : ` --dir ${dir}`
}
