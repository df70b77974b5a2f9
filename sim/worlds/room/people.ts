/** Who is in a room on one day: regulars with their habits, meetings, lunch, a late worker now and then. Whole minutes. */
import type { RandomStream } from "../../random"
import { isWorkingDay, MINUTES_A_DAY } from "../calendar"
import type { Site } from "./site"

export interface Attendance {
    /** How many people are in the room, by minute of the day. */
    people: Uint8Array
    /** 1 while something is projected and the lamps are off for it. */
    presentation: Uint8Array
}

interface Span {
    from: number
    until: number
}

const ABSENT_CHANCE = 0.15
/** Nobody is there before: the run starts at 07:30 in an empty room. */
const EARLIEST_MINUTE = 7 * 60 + 35
const LATEST_START_MINUTE = 10 * 60
const START_DEVIATION_MINUTES = 20
const AT_WORK_MINUTES = { least: 8 * 60, most: 9.5 * 60 }
const LATEST_LEAVE_MINUTE = 18 * 60 + 30
const LUNCH_START_MINUTE = { least: 11.75 * 60, most: 12.75 * 60 }
const LUNCH_MINUTES = { least: 30, most: 60 }
const BREAK_MINUTES = { least: 4, most: 15 }
const BREAKS_MOST = 3
const MEETINGS_MOST = 2
/** Half hours at which meetings begin, clear of lunch. */
const MEETING_START_MINUTES = [9, 9.5, 10, 10.5, 14, 14.5, 15, 15.5, 16].map(hour => hour * 60)
const MEETING_HALF_HOURS_MOST = 2
const MEETING_AWAY_CHANCE = 0.4
const GUESTS_MOST = 4
const PRESENTATION_CHANCE = 0.4
const EVENING_CHANCE = 0.15
const EVENING_START_MINUTE = { least: 18 * 60 + 40, most: 19 * 60 + 30 }
const EVENING_MINUTES = { least: 45, most: 120 }
const WEEKEND_CHANCE = 0.1
const WEEKEND_START_MINUTE = { least: 9 * 60, most: 15 * 60 }
const WEEKEND_MINUTES = { least: 60, most: 180 }

export function drawAttendance(random: RandomStream, site: Site, day: number): Attendance {
    const attendance = {
        people: new Uint8Array(MINUTES_A_DAY),
        presentation: new Uint8Array(MINUTES_A_DAY),
    }
    if (isWorkingDay(day)) {
        drawRegulars(random, site, attendance.people)
        drawMeetings(random, attendance)
        if (random.uniform() < EVENING_CHANCE) {
            add(attendance.people, 1, drawSpan(random, EVENING_START_MINUTE, EVENING_MINUTES))
        }
    } else if (random.uniform() < WEEKEND_CHANCE) {
        add(attendance.people, 1, drawSpan(random, WEEKEND_START_MINUTE, WEEKEND_MINUTES))
    }
    return attendance
}

function drawRegulars(random: RandomStream, site: Site, people: Uint8Array): void {
    const lunch = drawSpan(random, LUNCH_START_MINUTE, LUNCH_MINUTES)
    for (let regular = 0; regular < site.desks; ++regular) {
        // The first desk is never free on a working day, so that every working day has both classes.
        if (random.uniform() < ABSENT_CHANCE && regular > 0) continue
        const start = site.usualStartMinute + Math.round(START_DEVIATION_MINUTES * random.normal())
        const from = Math.min(LATEST_START_MINUTE, Math.max(EARLIEST_MINUTE, start))
        const until = Math.min(LATEST_LEAVE_MINUTE, from + minutesWithin(random, AT_WORK_MINUTES))

        const present = new Uint8Array(MINUTES_A_DAY).fill(1, from, until)
        present.fill(0, lunch.from, lunch.until)
        for (let breaks = random.integer(BREAKS_MOST + 1); breaks > 0; --breaks) {
            const pause = drawSpan(random, { least: from, most: until }, BREAK_MINUTES)
            present.fill(0, pause.from, pause.until)
        }
        present.forEach((here, minute) => (people[minute] += here))
    }
}

/** A meeting here brings guests; one elsewhere takes everybody along. */
function drawMeetings(random: RandomStream, { people, presentation }: Attendance): void {
    for (let meetings = random.integer(MEETINGS_MOST + 1); meetings > 0; --meetings) {
        const from = MEETING_START_MINUTES[random.integer(MEETING_START_MINUTES.length)]
        const until = from + 30 * (1 + random.integer(MEETING_HALF_HOURS_MOST))
        if (random.uniform() < MEETING_AWAY_CHANCE) {
            people.fill(0, from, until)
            presentation.fill(0, from, until)
        } else {
            add(people, 1 + random.integer(GUESTS_MOST), { from, until })
            if (random.uniform() < PRESENTATION_CHANCE) presentation.fill(1, from, until)
        }
    }
}

function add(people: Uint8Array, count: number, { from, until }: Span): void {
    for (let minute = from; minute < until; ++minute) people[minute] += count
}

function drawSpan(
    random: RandomStream,
    start: { least: number; most: number },
    length: { least: number; most: number }
): Span {
    const from = minutesWithin(random, start)
    return { from, until: from + minutesWithin(random, length) }
}

function minutesWithin(random: RandomStream, range: { least: number; most: number }): number {
    return Math.round(range.least + (range.most - range.least) * random.uniform())
}
