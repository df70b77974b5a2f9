/** The report of a detector: one page for a person, and its figure as a file of its own. */
import type { DetectorFigures } from "../detector/training"
import type { DetectorReportFacts, JudgedRecording } from "./detector-facts"
import { KINDS_FOR_PEOPLE } from "./detector-parameters"
import {
    choiceSection,
    detectorBoardSection,
    episodesSection,
    parametersSection,
    timelineSection,
} from "./detector-sections"
import { type KeyFigure, pageText } from "./page"
import { figureFiles } from "./report"
import { amount, counted, few, titleOf, whole } from "./wording"

/** More names than these make no sentence. */
const NAMES_MAX = 4

/** Text by file name: report.html and timeline.svg. The same facts make the same bytes. */
export function detectorReportFiles(facts: DetectorReportFacts): Record<string, string> {
    const sections = [
        timelineSection(facts),
        episodesSection(facts),
        choiceSection(facts),
        parametersSection(facts),
        detectorBoardSection(facts),
    ]
    const page = pageText({
        title: `${facts.name}: report of the detector`,
        headline: headlineOf(facts),
        keyFigures: keyFiguresOf(facts),
        sections,
    })
    return { "report.html": page, ...figureFiles(sections) }
}

/** What it tells apart in what, by what, how often and how well it alarms, and what it was chosen by. */
function headlineOf(facts: DetectorReportFacts): string {
    const { name, classes, inputs, parameters, training, holdout, label } = facts
    const titles = few(inputs.map(titleOf), NAMES_MAX, "inputs")
    const by = label === undefined ? "from the stream alone, without labels" : "by their labels"
    const judged =
        holdout === undefined
            ? `${resultOf(training)}. It was chosen on these rows, ${by}`
            : `${resultOf(holdout)} kept from it. It was chosen on ${counted(training.figures.rows, "other row")}, ${by}`
    return `${name} tells ${classes[0]} from ${classes[1]} in ${titles}, by ${KINDS_FOR_PEOPLE[parameters.kind]}: ${judged}.`
}

/** "2 alarm episodes, 2 of 2 events hit and none false, in 18,914 rows of 4 groups" */
function resultOf({ figures, groups }: JudgedRecording): string {
    const { rows, alarmEpisodes } = figures
    const of = groups === 1 ? "" : ` of ${whole(groups)} groups`
    return `${counted(alarmEpisodes, "alarm episode")}${worthOf(figures)} in ${counted(rows, "row")}${of}`
}

function worthOf({ events, eventsHit, falseEpisodes }: DetectorFigures): string {
    if (events === null) return ""
    const wrong = falseEpisodes === 0 ? "none" : whole(falseEpisodes ?? 0)
    if (events === 0) return `, ${wrong} false, for there was no event,`
    return `, ${whole(eventsHit ?? 0)} of ${counted(events, "event")} hit and ${wrong} false,`
}

function keyFiguresOf({ training, holdout, choice, parameters }: DetectorReportFacts): KeyFigure[] {
    const figures: KeyFigure[] = []
    if (holdout !== undefined)
        figures.push(...figuresOf(holdout, `rows of ${holdout.recording} kept from it`))
    if (choice.by === "labels" && choice.folds > 1) {
        const taken = choice.kinds.find(({ kind }) => kind === parameters.kind)
        if (taken !== undefined)
            figures.push({
                value: `${whole(taken.unseen.eventsHit)} of ${whole(taken.unseen.events)}`,
                meaning: `events hit by its kind when it was not chosen by them; ${whole(taken.unseen.falseEpisodes)} false`,
            })
    }
    figures.push(...figuresOf(training, `rows of ${training.recording} it was chosen by`))
    return figures
}

function figuresOf({ figures }: JudgedRecording, where: string): KeyFigure[] {
    const { rows, alarmEpisodes, events, eventsHit, falseEpisodes, maxDelayRows } = figures
    const often = rows === 0 ? "0" : amount((1000 * alarmEpisodes) / rows, "")
    const alarms = {
        value: whole(alarmEpisodes),
        meaning: `alarm episodes in the ${whole(rows)} ${where}: ${often} in 1,000`,
    }
    if (events === null || events === 0) return [alarms]
    const late = maxDelayRows === null ? "" : `, at most ${counted(maxDelayRows, "row")} late`
    const hit = {
        value: `${whole(eventsHit ?? 0)} of ${whole(events)}`,
        meaning: `events hit in the ${where}${late}; ${counted(falseEpisodes ?? 0, "false episode")}`,
    }
    return [hit, alarms]
}
