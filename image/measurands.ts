/** A program gets the rows of the table of measurands that it names: a node looks its own few up, and never the rest. */
import { librarySources } from "./sources"

const TABLE = "src/telemetry/contract/measurands.ts"
const ROW = /^ {4}"(\w+) \S+ \S+ \d",\n/gm
/** Who asks for one of these may want any row. */
const WANTS_ALL = /\b(allMeasurands|measurandByWire)\b/

/**
 * Takes the rows of the table away whose measurand is in no other text of the program: not in a part's list, a driver's sample, a
 * model or a report, nor in a comment. So no name must be put together at run time; a driver spells its own out, for its sample's type.
 * @param sources by path, changed
 */
export function leaveOutMeasurands(sources: Map<string, string>): void {
    const table = sources.get(TABLE)
    if (table === undefined) return
    const others = [...sources, ...librarySources(sources)].filter(([path]) => path !== TABLE)
    const text = others.map(([, source]) => source).join("\n")
    if (WANTS_ALL.test(text)) return
    sources.set(
        TABLE,
        table.replace(ROW, (row: string, name: string) => (text.includes(name) ? row : ""))
    )
}
