/** Appends to a ledger, tells how long it is after each batch, and checkpoints now and then, until it is killed. */
import { writeSync } from "node:fs"
import { Ledger } from "../../../fleet/ledger/ledger"
import { TestSigner, eventsOf } from "./events"

const ledger = Ledger.open(process.argv[2])
const signer = new TestSigner()
for (let batch = 0; ; ++batch) {
    ledger.append(eventsOf(1 + (batch % 90), 1000, ledger.size))
    writeSync(1, `${ledger.size}\n`)
    if (batch % 7 === 6) await ledger.checkpoint(signer)
}
