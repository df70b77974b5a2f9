/**
 * A world of rooms: people come and go, breathe, warm the air and switch lamps, under one sky.
 *
 * Everything is drawn from (seed, place, day), so what a part feels at a time never depends on who asked before. The air has to be
 * stepped from the start; checkpoints of the last hours spare that to a caller who looks back a little.
 */
import assert from "node:assert/strict"
import type { Conditions } from "../parts/part"
import { RandomStream } from "../random"
import { OUTDOOR_CARBON_DIOXIDE_PPM, relativeHumidityPercent, RoomAir, type Air } from "./room/air"
import { isWorkingDay, MINUTE_MS, MINUTES_A_DAY, START_MINUTE } from "./calendar"
import { drawLamps } from "./room/lamps"
import { Memo } from "./memo"
import { drawAttendance } from "./room/people"
import { drawSite, type Site } from "./room/site"
import { Sky } from "./room/sky"
import { DESK } from "./desk"
import { Trajectory } from "./trajectory"
import type { World } from "./world"

const STEP_MS = 10_000
const STEPS_A_MINUTE = MINUTE_MS / STEP_MS
const STEPS_A_CHECKPOINT = 60 * STEPS_A_MINUTE
const DAYS_KEPT = 3

const SET_POINT_CELSIUS = 21.5
const SET_BACK_CELSIUS = 18
/** The heating starts early enough for the first who come. */
const HEATED_MINUTES = { from: 5 * 60, until: 18 * 60 }
/** A room nobody was in for a night: what the first steps, from midnight to the start at 07:30, make of it is soon its own. */
const FIRST_AIR: Air = {
    carbonDioxidePpm: OUTDOOR_CARBON_DIOXIDE_PPM,
    temperatureCelsius: SET_BACK_CELSIUS,
    vapourGramsPerCubicMetre: 6,
}

export class RoomWorld implements World {
    readonly name = "room"
    readonly rowMs = MINUTE_MS
    readonly rows = undefined
    private readonly rooms: Room[] = []

    /** @param places how many rooms there are, numbered from 0 */
    constructor(seed: number, places: number) {
        const sky = new Sky(seed)
        for (let place = 0; place < places; ++place) this.rooms.push(new Room(seed, place, sky))
    }

    conditionsAt(place: number, timeMs: number): Conditions {
        assert(timeMs >= 0, `timeMs ${timeMs}`)
        return this.room(place).conditionsAt(Math.floor(timeMs / STEP_MS))
    }

    truthAt(place: number, row: number): string {
        assert(row >= 0, `row ${row}`)
        return this.room(place).isOccupied(START_MINUTE + row) ? "occupied" : "vacant"
    }

    private room(place: number): Room {
        assert(place in this.rooms, `place ${place} of ${this.rooms.length}`)
        return this.rooms[place]
    }
}

/** What happens in a room on one day, by minute. */
interface RoomDay {
    people: Uint8Array
    lamps: Uint8Array
}

/** Inside, time counts from the midnight before the run: minutes of it, and steps of STEP_MS. */
class Room {
    private readonly site: Site
    private readonly days: Memo<RoomDay>
    private readonly air: Trajectory<Air>
    private felt: { step: number; conditions: Conditions } | undefined

    constructor(
        seed: number,
        place: number,
        private readonly sky: Sky
    ) {
        const site = drawSite(seed, place)
        this.site = site
        this.days = new Memo(DAYS_KEPT, day => drawRoomDay(seed, place, site, sky, day))
        const roomAir = new RoomAir(site, STEP_MS / 1000)
        this.air = new Trajectory(FIRST_AIR, STEPS_A_CHECKPOINT, (air, step) =>
            this.airAfter(roomAir, air, step)
        )
    }

    isOccupied(minute: number): boolean {
        return this.days.at(Math.floor(minute / MINUTES_A_DAY)).people[minute % MINUTES_A_DAY] > 0
    }

    conditionsAt(stepOfRun: number): Conditions {
        const step = stepOfRun + START_MINUTE * STEPS_A_MINUTE
        if (this.felt?.step !== step) {
            // Every part of a node is handed this very object.
            this.felt = { step, conditions: Object.freeze(this.feltAt(step)) }
        }
        return this.felt.conditions
    }

    private feltAt(step: number): Conditions {
        const air = this.air.at(step)
        const { day, minute } = momentOf(step)
        const lampLuxes = this.days.at(day).lamps[Math.floor(minute)] * this.site.lampLuxes
        return {
            ...DESK,
            temperatureCelsius: air.temperatureCelsius,
            relativeHumidityPercent: relativeHumidityPercent(air),
            carbonDioxidePpm: air.carbonDioxidePpm,
            illuminanceLuxes: lampLuxes + this.sky.daylightLuxesAt(this.site, day, minute),
        }
    }

    private airAfter(roomAir: RoomAir, air: Air, step: number): Air {
        const { day, minute } = momentOf(step)
        const { people, lamps } = this.days.at(day)
        const at = Math.floor(minute)
        return roomAir.step(air, {
            people: people[at],
            lampOn: lamps[at] > 0,
            setPointCelsius: setPointCelsius(day, at),
            outdoors: this.sky.outdoorsAt(day, minute),
        })
    }
}

/** The people and lamps of one room on one day, and nothing of the days before. */
export function drawRoomDay(
    seed: number,
    place: number,
    site: Site,
    sky: Sky,
    day: number
): RoomDay {
    const random = new RandomStream(`${seed}/room/${place}/day/${day}`)
    const attendance = drawAttendance(random, site, day)
    const lamps = drawLamps(random, site, attendance, minute =>
        sky.daylightLuxesAt(site, day, minute)
    )
    return { people: attendance.people, lamps }
}

function momentOf(step: number): { day: number; minute: number } {
    const minutes = step / STEPS_A_MINUTE
    const day = Math.floor(minutes / MINUTES_A_DAY)
    return { day, minute: minutes - day * MINUTES_A_DAY }
}

function setPointCelsius(day: number, minute: number): number {
    const heated = minute >= HEATED_MINUTES.from && minute < HEATED_MINUTES.until
    return isWorkingDay(day) && heated ? SET_POINT_CELSIUS : SET_BACK_CELSIUS
}
