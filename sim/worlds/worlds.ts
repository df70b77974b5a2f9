/** The worlds there are, by name: what makes each, and which measurands it tells of. Whatever else a part feels is as on the desk. */
import { nearest } from "../../image/nearest"
import { UsageError } from "../../image/project"
import type { Conditions } from "../parts/part"
import { airWorld } from "./air"
import { climateWorld } from "./climate"
import { coldWorld } from "./cold"
import { DESK, DeskWorld } from "./desk"
import { machineWorld } from "./machine"
import { RoomWorld } from "./room"
import { soilWorld } from "./soil"
import { streetWorld } from "./street"
import { wearWorld } from "./wear"
import type { World } from "./world"

export interface WorldKind {
    make(seed: number, places: number): World
    measurands: (keyof Conditions)[]
    /** From one row of a recording to the next, where that is finer than the grain of the truth. */
    recordEveryMs?: number
}

const ACCELERATION: (keyof Conditions)[] = [
    "accelerationXMetresPerSecondSquared",
    "accelerationYMetresPerSecondSquared",
    "accelerationZMetresPerSecondSquared",
]

const KINDS: Record<string, WorldKind> = {
    room: {
        make: (seed, places) => new RoomWorld(seed, places),
        measurands: [
            "temperatureCelsius",
            "relativeHumidityPercent",
            "carbonDioxidePpm",
            "illuminanceLuxes",
        ],
    },
    soil: {
        make: soilWorld,
        measurands: [
            "soilMoistureTicks",
            "soilTemperatureCelsius",
            "temperatureCelsius",
            "relativeHumidityPercent",
            "illuminanceLuxes",
        ],
    },
    street: {
        make: streetWorld,
        measurands: [
            "illuminanceLuxes",
            "magneticFluxDensityXMicroteslas",
            "magneticFluxDensityYMicroteslas",
            "magneticFluxDensityZMicroteslas",
        ],
    },
    cold: {
        make: coldWorld,
        measurands: ["temperatureCelsius", "relativeHumidityPercent", "illuminanceLuxes"],
    },
    air: {
        make: airWorld,
        measurands: [
            "pm1MicrogramsPerCubicMetre",
            "pm25MicrogramsPerCubicMetre",
            "pm4MicrogramsPerCubicMetre",
            "pm10MicrogramsPerCubicMetre",
            "carbonDioxidePpm",
            "temperatureCelsius",
        ],
    },
    climate: {
        make: climateWorld,
        measurands: ["temperatureCelsius", "relativeHumidityPercent"],
    },
    machine: { make: machineWorld, measurands: ACCELERATION, recordEveryMs: 20 },
    wear: { make: wearWorld, measurands: ACCELERATION, recordEveryMs: 20 },
    desk: {
        make: () => new DeskWorld(),
        measurands: Object.keys(DESK) as (keyof Conditions)[],
    },
}

/** What can be made of a seed. */
export const WORLD_NAMES = Object.keys(KINDS)

/** @throws UsageError that names those there are */
export function worldKind(name: string): WorldKind {
    if (Object.hasOwn(KINDS, name)) return KINDS[name]
    throw new UsageError(`no world "${name}"${nearest(name, WORLD_NAMES)}`)
}

/** The world that an app is made for: the one called like it, or else the desk. */
export function worldOfApp(app: string): string {
    return Object.hasOwn(KINDS, app) ? app : "desk"
}
