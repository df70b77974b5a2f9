/** The report of a detector as files: its figures are the training's, its marks stand where the alarms are, and its text is safe. */
import assert from "node:assert/strict"
import { describe, test } from "node:test"
import type { Table } from "../../table/csv"
import { detectorRecipeOf, type DetectorWishes } from "../../train/detector/recipe"
import { type DetectorTraining, trainDetector } from "../../train/detector/training"
import { bandOf } from "../../train/report/band"
import type { DetectorReportFacts, ReportGroup } from "../../train/report/detector-facts"
import { SMALL_PX, textWidthPx } from "../../drawing/figure"
import { parameterMeanings, stateBytes } from "../../train/report/detector-parameters"
import { detectorReportFiles } from "../../train/report/detector-report"
import { timelineFigure, type TimelineGroup } from "../../train/report/timeline-figure"
import { pageText } from "./page-text"
import { type MadeStream, streamCsv } from "./streams"
import { xmlFault } from "./well-formed"

function tableOf(made: MadeStream, file = "/somewhere/pipe.csv"): Table {
    const [header, ...rows] = streamCsv(made)
        .trim()
        .split("\n")
        .map(line => line.split(","))
    return { file, sha256: "0", header, rows }
}

function trained(
    table: Table,
    wishes: Partial<DetectorWishes> = {},
    holdout?: Table
): DetectorTraining {
    const recipe = detectorRecipeOf(table, { name: "leak", seed: 1, ...wishes })
    return trainDetector(table, recipe, holdout)
}

/** Leaks in rows 500 and 1200 of each of two groups; one more in row 1500 of the second that nobody labelled. */
function leaks(): Table {
    const events = [500, 1200, 1500].map(row => ({ row, rows: 40, size: 30 }))
    const table = tableOf({ seed: "report", rows: 1600, channels: 2, groups: 2, events })
    for (const [row, cells] of table.rows.entries()) {
        const at = row % 1600
        if (at < 1500 || at >= 1540) continue
        cells[3] = "fine"
        // The first group is quiet there.
        if (row < 1600) cells[1] = table.rows[row - 300][1]
    }
    return table
}

const LABELLED: Partial<DetectorWishes> = { label: "label", groupBy: ["group"] }
const labelled = trained(leaks(), { ...LABELLED, holdout: 0.375 })
const files = detectorReportFiles(labelled.facts)
const text = pageText(files["report.html"])
const free = trained(leaks(), { groupBy: ["group"] })
const freeText = pageText(detectorReportFiles(free.facts)["report.html"])

/** A group of one channel that lies still. */
function still(rows: number, more: Partial<TimelineGroup> = {}): TimelineGroup {
    return {
        name: "still",
        channels: [Float64Array.from({ length: rows }, (_, row) => (row % 2 === 0 ? 1 : 2))],
        keptFrom: rows,
        events: [],
        alarms: [],
        episodes: [],
        ...more,
    }
}

const CHANNEL = { measurand: "c0", feature: "last" }

describe("report of a detector", () => {
    test("is a page, and its timeline as a file", () => {
        assert.deepEqual(Object.keys(files).sort(), ["report.html", "timeline.svg"])
        assert.equal(xmlFault(files["timeline.svg"]), undefined)
        assert.match(files["timeline.svg"], /prefers-color-scheme: dark/)
    })

    test("says in its first sentence what the summary says", () => {
        const { holdout, training } = labelled.summary
        assert.ok(holdout !== null, "there is a holdout")
        // 0.375 of 1,600 rows in each group: 600, of which the leak of row 1200 is one that is labelled.
        assert.deepEqual([holdout.rows, holdout.events, training.events], [1200, 2, 2])
        const { alarmEpisodes, eventsHit, falseEpisodes } = holdout
        const result = `${alarmEpisodes} alarm episode${alarmEpisodes === 1 ? "" : "s"}, ${eventsHit} of 2 events hit and ${falseEpisodes === 0 ? "none" : falseEpisodes} false, in 1,200 rows of 2 groups kept from it`
        assert.ok(text.includes(result), result)
        assert.match(text, /chosen on 2,000 other rows, by their labels/)
    })

    test("its figures are the summary's, of training and of what was kept", () => {
        const { training, holdout } = labelled.summary
        for (const [figures, where] of [
            [holdout, "kept from it"],
            [training, "it was chosen by"],
        ] as const) {
            assert.ok(figures !== null, where)
            const rows = `rows of pipe.csv ${where}`
            const wrong = `${figures.falseEpisodes} false episodes?`
            const hit = `events hit in the ${rows}, at most ${figures.maxDelayRows} rows? late; ${wrong} ${figures.eventsHit} of ${figures.events} `
            assert.match(text, new RegExp(hit))
            const perThousand = Number(
                ((1000 * figures.alarmEpisodes) / figures.rows).toPrecision(3)
            )
            const often = `alarm episodes in the [\\d,]+ ${rows}: ${perThousand} in 1,000 ${figures.alarmEpisodes} `
            assert.match(text, new RegExp(often))
            const isKept = figures === holdout
            const episodes = labelled.facts.groups
                .flatMap(group => group.episodes)
                .filter(episode => episode.isKept === isKept)
            assert.equal(episodes.length, figures.alarmEpisodes)
            assert.equal(
                episodes.filter(({ isOfEvent }) => isOfEvent === false).length,
                figures.falseEpisodes
            )
        }
    })

    test("an episode begins and ends with an alarm, on its side of where rows were kept", () => {
        const kept: boolean[] = []
        for (const { alarms, episodes, keptFrom } of labelled.facts.groups)
            for (const { start, end, isKept } of episodes) {
                assert.ok(alarms.includes(start) && alarms.includes(end), `${start} to ${end}`)
                assert.ok(start <= end, `${start} to ${end}`)
                assert.deepEqual([start >= keptFrom, end >= keptFrom], [isKept, isKept])
                kept.push(isKept)
            }
        assert.deepEqual(new Set(kept), new Set([true, false]))
    })

    test("a mark for each episode, hollow for a false one", () => {
        const episodes = labelled.facts.groups.flatMap(group => group.episodes)
        const marks = (kind: string) =>
            [...files["timeline.svg"].matchAll(new RegExp(`class="${kind} edge"`, "g"))].length
        // One of each more in the legend.
        const wrong = episodes.filter(({ isOfEvent }) => isOfEvent === false).length
        assert.ok(wrong > 0, "there is a false one")
        assert.equal(marks("paper"), wrong + 1)
        assert.equal(marks("wrong"), episodes.length - wrong + 1)
    })

    test("lists episodes by the rows of the file, with the reading there", () => {
        const table = leaks()
        const [group] = labelled.facts.groups.slice(1)
        const [{ start, end }] = group.episodes
        // The second group's row 500 is row 2100 of the table, and 2102 of the file: a deviation of 30 is told at once.
        assert.equal(start, 500)
        assert.equal(group.rowNumbers[start], 2102)
        const cells = table.rows[2100].slice(1, 3).map(cell => Number(cell).toFixed(2))
        const row = new RegExp(`g1 2102 ${end + 1602} ([\\d.]+) ([\\d.]+) of an event it was`)
        const found = row.exec(text)
        assert.ok(found !== null, text.slice(text.indexOf("Every alarm"), 3000))
        found.slice(1).forEach((cell, i) => {
            const apart = Math.abs(Number(cell) - Number(cells[i]))
            assert.ok(apart <= 0.02, `${cell} for ${cells[i]}`)
        })
    })

    test("lists no more than thirty episodes, and says how many there are", () => {
        const [group] = labelled.facts.groups
        const episodes = Array.from({ length: 31 }, (_, i) => ({
            start: 10 * i,
            end: 10 * i + 1,
            isKept: false,
            isOfEvent: false,
        }))
        const facts = { ...labelled.facts, groups: [{ ...group, episodes }] }
        const list = pageText(detectorReportFiles(facts)["report.html"])
        assert.match(list, /the first 30 of 31 are listed/)
        assert.equal(list.match(/ false it was chosen by/g)?.length, 30)
        const most = { ...facts, groups: [{ ...group, episodes: episodes.slice(1) }] }
        assert.match(pageText(detectorReportFiles(most)["report.html"]), /and all are listed/)
    })

    test("tells how the kinds did, and which was taken", () => {
        const { choice, detector } = labelled.summary
        assert.ok(choice.by === "labels", choice.by)
        for (const { kind, unseen, candidates, asGood } of choice.kinds) {
            const line = new RegExp(
                `${kind}${kind === detector ? ", taken" : ""} how [a-z ]+ ${unseen.eventsHit} of ${unseen.events} ${unseen.falseEpisodes} [\\d ]*${asGood} of ${candidates} `
            )
            assert.match(text, line)
        }
    })

    test("without labels says so, and claims nothing of events", () => {
        assert.match(freeText, /chosen on these rows, from the stream alone, without labels/)
        assert.match(freeText, /no figure here says whether (they|the alarms) are right/)
        assert.doesNotMatch(freeText, /events? hit|false episode|of an event/)
        const { choice, training } = free.summary
        assert.ok(choice.by !== "labels", choice.by)
        const result = `${training.alarmEpisodes} alarm episodes in 3,200 rows of 2`
        assert.ok(freeText.includes(result), result)
        assert.ok(freeText.includes("0.4 in 1,000 rows"), "what was asked for")
        for (const each of [text, freeText]) assert.doesNotMatch(each, /undefined|NaN|Infinity/)
    })

    test("another recording that judges it is drawn by its own name", () => {
        const other = tableOf({ seed: "other", rows: 300 }, "/elsewhere/later.csv")
        const { facts, summary } = trained(leaks(), { inputs: ["c0"], groupBy: ["group"] }, other)
        assert.equal(summary.holdout?.rows, 300)
        const made = detectorReportFiles(facts)
        assert.match(made["timeline.svg"], />g0 \(later\.csv\)</)
        assert.match(made["timeline.svg"], />g0 \(pipe\.csv\)</)
        assert.match(pageText(made["report.html"]), /in 300 rows kept from it/)
    })

    test("a detector that never alarmed has a report", () => {
        const groups = free.facts.groups.map(group => ({ ...group, alarms: [], episodes: [] }))
        const made = detectorReportFiles({ ...free.facts, groups })
        assert.match(pageText(made["report.html"]), /it never alarmed/)
        assert.equal(xmlFault(made["timeline.svg"]), undefined)
    })

    test("kept rows without an event are not said to have none of none hit", () => {
        // The last 40 rows are behind every leak.
        const { facts, summary } = trained(leaks(), { ...LABELLED, holdout: 0.025 })
        assert.equal(summary.holdout?.events, 0)
        const told = pageText(detectorReportFiles(facts)["report.html"])
        assert.match(told, /none false, for there was no event, in 80 rows of 2 groups kept/)
        assert.doesNotMatch(told, /0 of 0/)
    })

    test("draws eight groups, those with alarms before others, and counts the rest", () => {
        const [group] = free.facts.groups
        const groups = Array.from({ length: 11 }, (_, i): ReportGroup => {
            const name = `pipe ${i}`
            return i % 5 === 4 ? { ...group, name } : { ...group, name, alarms: [], episodes: [] }
        })
        const made = detectorReportFiles({ ...free.facts, groups })
        const names = [...made["timeline.svg"].matchAll(/>pipe (\d+)</g)].map(([, i]) => Number(i))
        // Alarms in 4 and 9; of the quiet ones the first six.
        assert.deepEqual(names, [0, 1, 2, 3, 4, 5, 6, 9])
        assert.match(pageText(made["report.html"]), /Of 11 groups 8 are drawn/)
    })

    test("is the same bytes each time", () => {
        const again = trained(leaks(), { ...LABELLED, holdout: 0.375 })
        assert.deepEqual(detectorReportFiles(again.facts), files)
    })

    test("needs nothing from elsewhere, and no script", () => {
        for (const made of Object.values(files)) {
            const outside = made.replaceAll('xmlns="http://www.w3.org/2000/svg"', "")
            assert.doesNotMatch(outside, /https?:|src=|href=|url\(|@import|<script|<link/)
        }
    })

    test("shows hostile names as text", () => {
        const hostile = "<img src=x onerror=1>"
        const table = leaks()
        table.header = [`${hostile} group`, `${hostile}&`, `</svg>"'`, `${hostile} truth`]
        for (const cells of table.rows) cells[0] = `${hostile}${cells[0]}`
        table.file = `/somewhere/${hostile}.csv`
        const made = detectorReportFiles(
            trained(table, {
                label: table.header[3],
                groupBy: [table.header[0]],
                holdout: 0.375,
            }).facts
        )
        for (const [file, content] of Object.entries(made))
            assert.doesNotMatch(content, /<img|\u0001/, file)
        assert.equal(xmlFault(made["timeline.svg"]), undefined)
        assert.equal(made["report.html"].match(/<svg /g)?.length, 1)
        assert.equal(made["report.html"].match(/<\/svg>/g)?.length, 1)
        const shown = pageText(made["report.html"])
        for (const name of [`${hostile}g1`, `${hostile}&`, `</svg>"'`, `${hostile} truth`])
            assert.ok(shown.includes(name), name)
    })
})

describe("timeline", () => {
    test("a band is the least and the greatest of its rows, and missing where all are", () => {
        // Eight rows in four bins; the stream ends with the seventh.
        const values = Float64Array.of(1, 3, 2, NaN, NaN, NaN, -4)
        assert.deepEqual(bandOf(values, 8, 4), {
            least: Float64Array.of(1, 2, NaN, -4),
            greatest: Float64Array.of(3, 2, NaN, -4),
        })
        // Three rows in two bins: 0 and 2/3 are in the first, 4/3 in the second.
        assert.deepEqual(bandOf(Float64Array.of(7, 9, 8), 3, 2).greatest, Float64Array.of(9, 8))
    })

    test("rows, alarms, events and what was kept stand at their places", () => {
        // 840 rows over the 840 px right of 64 px: row r begins at 64 + r.
        const { text: drawn } = timelineFigure(
            [
                still(840, {
                    keptFrom: 630,
                    events: [{ start: 200, end: 299 }],
                    alarms: [100, 210],
                    episodes: [
                        { start: 100, end: 100, isKept: false, isOfEvent: false },
                        { start: 210, end: 210, isKept: false, isOfEvent: true },
                    ],
                }),
            ],
            [CHANNEL]
        ).body
        assert.match(drawn, /class="c1" fill-opacity="0.35" x="264" y="\d+" width="100"/)
        assert.match(drawn, /class="rest" fill-opacity="0.35" x="694" y="\d+" width="210"/)
        // Ticks 1.5 px wide amid row 100 and 210; triangles from 5 px left of it.
        assert.match(drawn, /class="wrong" d="M163\.75 \d+h1\.5v9h-1\.5zM273\.75 \d+h/)
        assert.match(drawn, /class="paper edge" d="M159\.5 \d+h10l-5 10z/)
        assert.match(drawn, /class="wrong edge" d="M269\.5 \d+h10l-5 10z/)
        assert.match(drawn, /x="464" y="\d+" text-anchor="middle">400</)
    })

    test("a stream is an outline of 420 bins at most, broken where readings are missing", () => {
        const [group] = [still(4200)]
        group.channels[0].fill(NaN, 1000, 2000)
        const { text: drawn } = timelineFigure([group], [CHANNEL]).body
        const outline = /class="curve bar" d="([^"]*)"/.exec(drawn)?.[1] ?? ""
        const [, ...runs] = outline.split("M")
        assert.equal(runs.length, 2)
        // Ten rows a bin of 2 px: bins 0 to 99, and 200 to 419; there and back.
        assert.match(runs[0], /^64 \S+L65 .* 263 \S+H264V/)
        assert.match(runs[1], /^464 .* 903 \S+H904V/)
        const numbers = runs.map(run =>
            [...run.matchAll(/L([^H]*)H/g)].flatMap(([, points]) => points.split(" "))
        )
        assert.deepEqual(
            numbers.map(({ length }) => length / 2),
            [200, 440]
        )
    })

    test("groups share rows and units to a pixel", () => {
        const short = still(420)
        const wide = still(840)
        wide.channels[0] = wide.channels[0].map(value => 100 + 10 * value)
        const { text: drawn } = timelineFigure([short, wide], [CHANNEL]).body
        const heights = [...drawn.matchAll(/class="curve bar" d="M64 (\S+?)L[^"]*?V([\d.]+)L/g)]
        const [a, b] = heights.map(([, high, low]) => Number(low) - Number(high))
        // 110 to 120 takes all of 160 px but 3 px above and below; beside it 1 to 2.
        assert.equal(b, 154)
        assert.ok(Math.abs(b / a - 10) < 0.2, `${a} beside ${b}`)
        assert.match(drawn, /H484V/)
        assert.match(drawn, /H904V/)
    })

    test("all of its legend is inside it", () => {
        const episode = { start: 3, end: 3, isKept: false, isOfEvent: true }
        const group = still(100, { keptFrom: 50, alarms: [3], episodes: [episode] })
        const { widthPx, body } = timelineFigure([group], [CHANNEL])
        const [, from, last] = /x="(\d+)" y="19">(kept from it)</.exec(body.text) ?? []
        assert.ok(Number(from) + textWidthPx(last, SMALL_PX) <= widthPx, `${last} at ${from}`)
    })

    test("alarms without end are no more marks than the band has points", () => {
        const alarms = Array.from({ length: 8400 }, (_, row) => row)
        const { text: drawn } = timelineFigure([still(8400, { alarms })], [CHANNEL]).body
        assert.equal(drawn.match(/h1\.5v9h-1\.5z/g)?.length, 420 + 1)
    })
})

describe("parameters in plain words", () => {
    const temperature = { measurand: "temperatureCelsius", feature: "last" }

    test("alpha is how far it looks back, and a floor is what must happen at least", () => {
        const said = parameterMeanings(
            {
                kind: "ewma-z",
                alpha: 1 / 128,
                threshold: 8,
                alarmedShare: 0.125,
                deviationFloors: [0.25],
            },
            [temperature]
        )
        const meaning = (name: string) => said.find(each => each.name === name)?.meaning ?? ""
        assert.match(meaning("alpha"), /about 128 readings/)
        assert.match(meaning("alarmedShare"), /8 times more slowly/)
        assert.match(meaning("deviationFloors"), /by more than 2 °C/)
        assert.equal(said.find(({ name }) => name === "deviationFloors")?.value, "0.25 °C")
    })

    test("every parameter of every kind is told", () => {
        const kinds: DetectorReportFacts["parameters"][] = [
            {
                kind: "fast-slow",
                fastAlpha: 0.05,
                slowAlpha: 0.0025,
                threshold: 2,
                deviationFloors: [1],
                refractory: 60,
                settling: 400,
            },
            {
                kind: "half-space-trees",
                seed: 1,
                trees: 10,
                depth: 6,
                window: 250,
                lows: [1],
                highs: [2],
                threshold: 0.1,
                massMin: 25,
                refractory: 60,
            },
        ]
        for (const { kind, ...numbers } of kinds) {
            const named = parameterMeanings({ kind, ...numbers } as (typeof kinds)[0], [
                temperature,
            ]).flatMap(({ name }) => name.split(", "))
            assert.deepEqual([...named].sort(), Object.keys(numbers).sort())
        }
        // Counts of two windows, 2 B each, of 128 halves, by which channel 64 are cut, and two ends of 8 B: ten times.
        assert.equal(stateBytes(kinds[1], 1), 10 * (128 * 4 + 64 + 16))
        assert.equal(stateBytes(kinds[0], 2), 2 * 4 * 8)
    })
})
