/** The sections of a detector's report, each from no more than it speaks of. */
import { WHOLE } from "../detector/streams"
import type { DetectorReportFacts, ReportEpisode, ReportGroup } from "./detector-facts"
import { KINDS_FOR_PEOPLE, parameterMeanings, stateBytes } from "./detector-parameters"
import { rangeOf } from "./margins"
import { type Markup, markup } from "../../drawing/markup"
import { figureSection, type Section, table } from "./page"
import { HEAP_BYTES_LEAST } from "./sections"
import { CHANNELS_DRAWN_MAX, GROUPS_DRAWN_MAX, rowsOf, timelineFigure } from "./timeline-figure"
import {
    amount,
    counted,
    decimalsFor,
    quantity,
    shareText,
    titleOf,
    unitOf,
    whole,
} from "./wording"

const EPISODES_MAX = 30
/** More columns than these and the table of episodes can not be read. */
const INPUTS_SHOWN_MAX = 6

export function timelineSection({
    inputs,
    groups,
    label,
    holdout,
    training,
}: Pick<DetectorReportFacts, "inputs" | "groups" | "label" | "holdout" | "training">): Section {
    const drawn = drawnOf(groups)
    const rest = groups.length - drawn.length
    const apart = holdout !== undefined && holdout.recording !== training.recording
    const named = drawn.map(group => ({
        ...group,
        name: apart ? `${groupName(group)} (${group.recording})` : groupName(group),
    }))
    const what =
        label === undefined
            ? "Look whether each mark stands where something happens: a triangle is where it begins to alarm, the ticks below are every alarm."
            : "Look for shaded spans without a triangle, which it missed, and for hollow triangles, which were false: a triangle is where it begins to alarm, the ticks below are every alarm."
    const scale =
        drawn.length > 1 ? " Every group has the same scale, each about its own level." : ""
    const omitted =
        rest === 0
            ? ""
            : ` Of ${whole(groups.length)} groups ${drawn.length} are drawn, those with alarms or events before others.`
    const channels =
        inputs.length > CHANNELS_DRAWN_MAX
            ? ` Of ${inputs.length} inputs the first ${CHANNELS_DRAWN_MAX} are drawn.`
            : ""
    return figureSection(
        "When it alarms",
        "timeline",
        timelineFigure(named, inputs),
        what + scale + omitted + channels
    )
}

/** In their order; where there are too many, those in which something is to be seen. */
function drawnOf(groups: ReportGroup[]): ReportGroup[] {
    const isQuiet = ({ alarms, events }: ReportGroup) => alarms.length + events.length === 0
    const order = groups.filter(group => rowsOf(group) > 0)
    const first = [...order.filter(group => !isQuiet(group)), ...order.filter(isQuiet)]
    const drawn = new Set(first.slice(0, GROUPS_DRAWN_MAX))
    return order.filter(group => drawn.has(group))
}

/** Of a recording whose rows are not told apart, whose one group has a name of ours. */
function groupName({ name }: ReportGroup): string {
    return name === WHOLE ? "all rows" : name
}

export function episodesSection(
    facts: Pick<DetectorReportFacts, "inputs" | "groups" | "label" | "holdout" | "training">
): Section {
    const { inputs, groups, label, holdout, training } = facts
    const title = "Every alarm episode"
    const all = groups.flatMap(group => group.episodes.map(episode => ({ group, episode })))
    if (all.length === 0)
        return { title, caption: "There is none: it never alarmed.", body: markup``, isWide: true }
    const shown = inputs.slice(0, INPUTS_SHOWN_MAX)
    const decimals = shown.map((_, i) =>
        decimalsFor(Math.max(...groups.map(({ channels }) => rangeOf(channels[i]))))
    )
    const columns: Column[] = [
        {
            head: ["first alarm, row", "number"],
            cell: ({ group, episode }) => String(group.rowNumbers[episode.start]),
        },
        {
            head: ["last alarm, row", "number"],
            cell: ({ group, episode }) => String(group.rowNumbers[episode.end]),
        },
        ...shown.map((input, i): Column => {
            const unit = unitOf(input)
            return {
                head: [unit === "" ? titleOf(input) : `${titleOf(input)}, ${unit}`, "number"],
                cell: ({ group, episode }) => {
                    const value = group.channels[i][episode.start]
                    return Number.isNaN(value) ? "missing" : quantity(value, decimals[i], "")
                },
            }
        }),
    ]
    if (groups.length > 1)
        columns.unshift({ head: ["group", "text"], cell: ({ group }) => groupName(group) })
    if (label !== undefined)
        columns.push({
            head: ["is", "text"],
            cell: ({ episode }) => (episode.isOfEvent === true ? "of an event" : "false"),
        })
    if (holdout !== undefined)
        columns.push({
            head: ["in rows", "text"],
            cell: ({ group, episode }) => {
                if (holdout.recording !== training.recording) return group.recording
                return episode.isKept ? "kept from it" : "it was chosen by"
            },
        })
    const rows = all.slice(0, EPISODES_MAX).map(each => columns.map(({ cell }) => cell(each)))
    const cap =
        all.length > EPISODES_MAX
            ? `the first ${EPISODES_MAX} of ${whole(all.length)} are listed`
            : "all are listed"
    return {
        title,
        caption: `Look up the rows in the recording (the header is row 1), with the readings that it alarmed by first; alarms close to each other are one episode, and ${cap}.`,
        body: table(
            columns.map(({ head }) => head),
            rows
        ),
        isWide: true,
    }
}

/** Wide enough to be read where the window is not: the table scrolls. */
function sentence(text: string): Markup {
    return markup`<div style="min-width: 15rem">${text}</div>`
}

interface Column {
    head: [string, "text" | "number"]
    cell: (of: { group: ReportGroup; episode: ReportEpisode }) => string
}

export function choiceSection({
    choice,
    parameters,
    label,
    alarmsPer1000Rows,
}: Pick<DetectorReportFacts, "choice" | "parameters" | "label" | "alarmsPer1000Rows">): Section {
    const title = "How it was chosen"
    if (choice.by === "labels") {
        const { folds, kinds } = choice
        const by =
            folds === 1
                ? "There is one event only, so each kind is judged by what it was chosen by: expect less."
                : `Each kind is judged by events that it was not chosen by, in ${folds} parts of the recording.`
        return {
            title,
            caption: `Look at the candidates that are as good as the best: where there are many, the one amid them that was taken is far from failing. The column ${JSON.stringify(label)} tells the events. ${by}`,
            body: table(
                [
                    ["kind of detector", "text"],
                    ["it alarms by", "text"],
                    ["events hit", "number"],
                    ["false episodes", "number"],
                    ["rows late, at most", "number"],
                    ["as good as its best", "number"],
                ],
                kinds.map(({ kind, unseen, candidates, asGood }) => [
                    kind === parameters.kind ? markup`<strong>${kind}, taken</strong>` : kind,
                    sentence(KINDS_FOR_PEOPLE[kind]),
                    `${whole(unseen.eventsHit)} of ${whole(unseen.events)}`,
                    whole(unseen.falseEpisodes),
                    unseen.maxDelayRows === undefined ? "" : whole(unseen.maxDelayRows),
                    `${whole(asGood)} of ${whole(candidates)}`,
                ])
            ),
            isWide: true,
        }
    }
    const { stretch, episodes, autocorrelation } = choice
    const standsOut = choice.by === "stands-out"
    const facts: [string, string, string][] = [
        ["kind of detector", parameters.kind, `it alarms by ${KINDS_FOR_PEOPLE[parameters.kind]}`],
        [
            "alarms",
            whole(episodes),
            standsOut ? "stand out from all the rest" : "within what was asked for",
        ],
        [
            "stretch",
            standsOut ? `factor ${amount(stretch, "")}` : "none",
            standsOut
                ? "between the lowest and the highest threshold that gives just these alarms"
                : "of thresholds over which the alarms stay the same",
        ],
        [
            "asked for",
            `${alarmsPer1000Rows} in 1,000 rows`,
            standsOut
                ? "alarms somebody wants to hear; what stands out may come some times as often"
                : "alarms somebody wants to hear (--alarms-per-1000-rows); they set the threshold",
        ],
        [
            "autocorrelation",
            autocorrelation.toFixed(2),
            "0 where a reading says nothing of the next, 1 where the stream wanders slowly",
        ],
    ]
    return {
        title,
        caption: standsOut
            ? "Look at the stretch: the longer it is, the clearer what was found stands out. Nobody labelled this recording, so no figure here says whether the alarms are right."
            : "Nothing stands out by itself, so the threshold is where the recording gives as many alarms as were asked for; nobody labelled it, so no figure here says whether they are right.",
        body: table(
            [
                ["", "text"],
                ["value", "number"],
                ["which is", "text"],
            ],
            facts.map(([name, value, meaning]) => [name, value, sentence(meaning)])
        ),
        isWide: true,
    }
}

export function parametersSection({
    parameters,
    inputs,
}: Pick<DetectorReportFacts, "parameters" | "inputs">): Section {
    return {
        title: "What its numbers mean",
        caption:
            "Look at these before another sensor or another interval between readings: all times are counted in readings. They are in model.ts by these names.",
        body: table(
            [
                ["parameter", "text"],
                ["value", "number"],
                ["in plain words", "text"],
            ],
            parameterMeanings(parameters, inputs).map(({ name, of, value, meaning }) => [
                markup`<span style="white-space: nowrap">${name}</span>${of === undefined ? "" : ` of ${of}`}`,
                value,
                sentence(meaning),
            ])
        ),
        isWide: true,
    }
}

export function detectorBoardSection({
    parameters,
    inputs,
}: Pick<DetectorReportFacts, "parameters" | "inputs">): Section {
    const bytes = stateBytes(parameters, inputs.length)
    const rows: (string | Markup)[][] = [
        [
            "what it remembers of the stream",
            `${whole(bytes)} B`,
            `in RAM, of the ${whole(HEAP_BYTES_LEAST)} B that programs have on the smallest board`,
            markup`<meter max="${HEAP_BYTES_LEAST}" value="${bytes}"></meter> ${shareText(bytes / HEAP_BYTES_LEAST)}`,
        ],
    ]
    return {
        title: "What it takes on the board",
        caption: `It does not grow with the stream: ${counted(inputs.length, "input")} of one group, as many bytes after a year as after a minute; the objects around them come on top. It is part of the program: there is no model.bin that could be sent to a running node.`,
        body: table(
            [
                ["", "text"],
                ["size", "number"],
                ["of", "text"],
                ["share", "text"],
            ],
            rows
        ),
        isWide: true,
    }
}
