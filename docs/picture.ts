/** Draws docs/table.svg, the picture in the README: the live table as a rehearsal of 2 h 40 min fills it. `npm run picture` */
import { writeFileSync } from "node:fs"
import { PassThrough } from "node:stream"
import { nodesTable, summary } from "../cli/table"
import { escaped } from "../drawing/markup"
import { compile } from "../image/compile"
import { inProject } from "../image/project"
import { Rehearsal } from "../rehearsal/rehearsal"
import { RoomWorld } from "../sim/worlds/room"

const SECONDS = 9600
const NODES = 3
const CHARACTER_WIDTH_PX = 7.83
const LINE_HEIGHT_PX = 17
const MARGIN_PX = 16
const COLOURS: [RegExp, string][] = [
    [/\bonline\b/g, "#7ee787"],
    [/\boccupied\b/g, "#f0c674"],
    [/[│┌┐└┘├┤┬┴┼─]+/g, "#5c6773"],
]

/** The text of the terminal as it stands after the run. */
async function terminal(): Promise<string[]> {
    const { bytes } = await compile("src/main.ts")
    const rehearsal = await Rehearsal.create({
        image: bytes,
        nodes: NODES,
        world: new RoomWorld(1, NODES),
        seed: 1,
        virtual: true,
        speed: 1,
        seconds: SECONDS,
        faults: [],
        exact: false,
        print: () => {},
    })
    await rehearsal.run()
    const noColours = new PassThrough() as unknown as NodeJS.WriteStream
    const table = nodesTable(rehearsal.rows(), noColours)
    const last = summary(rehearsal.result(), true)
    await rehearsal.close()
    return ["$ npm start", "", ...table.split("\n"), "", ...last.split("\n")]
}

function drawn(lines: string[]): string {
    const width = Math.max(...lines.map(line => line.length)) * CHARACTER_WIDTH_PX + 2 * MARGIN_PX
    const height = lines.length * LINE_HEIGHT_PX + 2 * MARGIN_PX
    const text = lines.map((line, index) => {
        const coloured = COLOURS.reduce(
            (svg, [pattern, fill]) =>
                svg.replace(pattern, word => `<tspan fill="${fill}">${word}</tspan>`),
            escaped(line)
        )
        const y = MARGIN_PX + (index + 0.8) * LINE_HEIGHT_PX
        return `<text x="${MARGIN_PX}" y="${y.toFixed(1)}" xml:space="preserve">${coloured}</text>`
    })
    return [
        `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${width.toFixed(0)} ${height}" role="img"`,
        `  aria-label="Three simulated nodes in a terminal table" font-family="ui-monospace, Menlo, Consolas, monospace"`,
        `  font-size="13" fill="#e6e1cf">`,
        `<rect width="100%" height="100%" rx="8" fill="#0f1419"/>`,
        ...text,
        "</svg>",
        "",
    ].join("\n")
}

writeFileSync(inProject("docs/table.svg"), drawn(await terminal()))
