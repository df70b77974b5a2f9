/** A ledger of a tenth of the entries. */
import { barsPicture } from "../all/bars"
import type { Quick } from "../all/quick"
import { written } from "../all/units"

export const ledgerQuick: Quick = {
    name: "ledger",
    args: ["ledger", "--entries", "100000"],
    test: "a ledger of 100,000 entries",
    sentence:
        "{appendsPerSecond} appends a second with a flush every {batch} entries, {appendsPerSecondBy100} with one every 100; a proof in {proofMs ms}, its check in {verifyMs ms}; {bytesPerEntry B} an entry",
    measured: [
        "appendsPerSecond",
        "appendsPerSecondBy100",
        "proofMs",
        "verifyMs",
        "rssBytes",
        "rssGrowthBytes",
    ],
    isAlone: true,
    picture: ({ batch, appendsPerSecond, appendsPerSecondBy100 }) =>
        barsPicture({
            title: "Entries that the ledger takes in a second, by how often it flushes",
            axis: "entries a second",
            series: ["entries a second"],
            rows: [
                { name: "a flush every 100", value: appendsPerSecondBy100 },
                { name: `every ${written(batch)}`, value: appendsPerSecond },
            ].map(({ name, value }) => ({
                name,
                parts: [{ value: value as number, series: 0 }],
                text: written(value),
            })),
        }),
}
