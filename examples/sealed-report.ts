/** A report, and the same one sealed (COSE_Encrypt0, AES-CCM-16-64-256): what a node with a claim publishes, and only its fleet can open. */
import * as ds from "@devicescript/core"
import { randomBuffer } from "@devicescript/crypto"
import { SEALED_REPORT } from "../src/telemetry/contract/sealing"
import { measurandByName } from "../src/telemetry/contract/measurands"
import { ReportWriter } from "../src/telemetry/report"
import { Sealer } from "../src/telemetry/sealer"

// Drawn anew at each boot: with the sequence number it names a report for ever, and no nonce is used twice.
const boot = randomBuffer(8)
const writer = new ReportWriter(true)
writer.startSealed({ boot, sequence: 0, uptimeMs: ds.millis(), samples: 1 }, true)
writer.value(measurandByName("temperatureCelsius"), 21.5)
const report = writer.finish()
console.log(`open ${report.length} B: ${report.toString("hex")}`)

// The session secret comes with the enrolment; a sealer is made once for each.
const sealer = new Sealer(randomBuffer(32), boot)
const sealed = sealer.seal("mw/0123456789abcdef/up", SEALED_REPORT, 0, report)
console.log(`sealed ${sealed.length} B`)
