/** Enrolment of a whole fleet in virtual time, and of a small one in real time while its far end is killed a few times. */
import { barsPicture } from "../all/bars"
import type { Figures, Quick } from "../all/quick"
import { written } from "../all/units"
import type { Rate } from "./registrar-rate"

export const enrolQuick: Quick = {
    name: "enrol",
    args: ["enrol"],
    test: "200 nodes switched on within a second",
    sentence:
        "{enrolled} of {nodes} enrolled and heard, {manualSteps} steps by hand; power-on to the first sealed report {p50PowerOnToTelemetryMs s} (5 of them a part that warms up), {bytesPerEnrolment B} between node and broker, first report included; {ledgerEntries} entries in the ledger; the registrar by itself {perSecond} enrolments a second",
    measured: ["perSecond", "registrar"],
    isAlone: true,
    picture: ({ registrar }) => {
        const rates = Object.entries(registrar as Figures) as unknown as [string, Rate][]
        return barsPicture({
            title: "What an enrolment costs the registrar, by the node's kind of key",
            axis: "milliseconds a node, 200 at a time, flushed to the disk",
            series: ["check of the signature", "ledger", "store", "everything else"],
            rows: rates.map(([kind, { verifyMs, ledgerMs, storeMs, wallMs }]) => ({
                name: kind === "lms" ? "LMS, in software" : "P-256, secure element",
                parts: [
                    { value: verifyMs, series: 0 },
                    { value: ledgerMs, series: 1 },
                    { value: storeMs, series: 2 },
                    { value: Math.max(0, wallMs - verifyMs - ledgerMs - storeMs), series: 3 },
                ],
                text: written(wallMs, "ms"),
            })),
        })
    },
}

export const killsQuick: Quick = {
    name: "enrol-kills",
    args: ["enrol", "--kills", "5", "--nodes", "20"],
    test: "in real time, the far end killed (`kill -9`)",
    sentence:
        "{kills} kills: {enrolled} of {nodes} enrolled, {duplicateEntries} in the ledger twice, {missingEntries} with a credential that the ledger does not know",
    measured: ["enrolledAtLastKill"],
    isAlone: false,
}
