/** The parts on a simulated node's bus. A part whose world says nothing of what it measures does not answer. */
import type { Clock } from "./clock"
import { ModemBoard } from "./modem-board"
import { SimAds1115 } from "./parts/ads1115"
import { SimAht20 } from "./parts/aht20"
import { SimBh1750 } from "./parts/bh1750"
import { SimBme280 } from "./parts/bme280"
import { SimBme680 } from "./parts/bme680"
import { SimBmp390 } from "./parts/bmp390"
import { SimDs3231 } from "./parts/ds3231"
import { SimIna219 } from "./parts/ina219"
import { SimLis3dh } from "./parts/lis3dh"
import { SimLtr390 } from "./parts/ltr390"
import { SimMax17048 } from "./parts/max17048"
import { SimMax30102 } from "./parts/max30102"
import { SimMlx90614 } from "./parts/mlx90614"
import { SimMmc5603 } from "./parts/mmc5603"
import { SimMpu6050 } from "./parts/mpu6050"
import { SimScd30 } from "./parts/scd30"
import { SimScd4x } from "./parts/scd4x"
import { SimSeesaw } from "./parts/seesaw"
import { SimSgp40 } from "./parts/sgp40"
import { SimSht3x } from "./parts/sht3x"
import { SimSht4x } from "./parts/sht4x"
import { SimShtc3 } from "./parts/shtc3"
import { SimSps30 } from "./parts/sps30"
import { SimSsd1306 } from "./parts/ssd1306"
import { SimTfluna } from "./parts/tfluna"
import { SimVeml7700 } from "./parts/veml7700"
import type { Environment, Part, PartClock } from "./parts/part"
import { SeatedAtecc608 } from "./secure-element"

type PartMaker = new (
    clock: PartClock,
    environment: Environment,
    address?: number,
    node?: string
) => Part

/** A part of ours and where it sits; at its default address when none is given. */
export interface Seat {
    part: string
    address?: number
}

const PARTS: Record<string, PartMaker> = {
    ads1115: SimAds1115,
    aht20: SimAht20,
    atecc608: SeatedAtecc608,
    bh1750: SimBh1750,
    bme280: SimBme280,
    bme680: SimBme680,
    bmp390: SimBmp390,
    ds3231: SimDs3231,
    ina219: SimIna219,
    lis3dh: SimLis3dh,
    ltr390: SimLtr390,
    max17048: SimMax17048,
    max30102: SimMax30102,
    mlx90614: SimMlx90614,
    mmc5603: SimMmc5603,
    mpu6050: SimMpu6050,
    sc16is750: ModemBoard,
    scd30: SimScd30,
    scd4x: SimScd4x,
    seesaw: SimSeesaw,
    sgp40: SimSgp40,
    sht3x: SimSht3x,
    sht4x: SimSht4x,
    shtc3: SimShtc3,
    sps30: SimSps30,
    ssd1306: SimSsd1306,
    tfluna: SimTfluna,
    veml7700: SimVeml7700,
}

/** Every part there is; what faults may call them. */
export const PART_NAMES = Object.keys(PARTS)

/** What the room app is wired to. */
export const ROOM_SEATS: Seat[] = [{ part: "sht4x" }, { part: "scd4x" }, { part: "bh1750" }]

/**
 * By name; the second of a kind is called by its address too. A seat stays empty whose part we have no model of, or whose address another has.
 * @param node whose they are: no two nodes have the same secrets
 */
export function partsOf(
    seats: Seat[],
    clock: Clock,
    environment: Environment,
    node = ""
): Map<string, Part> {
    const partClock = { millis: () => clock.nowMs() }
    const parts = new Map<string, Part>()
    const taken = new Set<number>()
    for (const { part: name, address } of seats) {
        const Maker = PARTS[name] as PartMaker | undefined
        if (Maker === undefined) continue
        const part = new Maker(partClock, environment, address, node)
        if (taken.has(part.address)) continue
        taken.add(part.address)
        parts.set(parts.has(name) ? `${name}@0x${part.address.toString(16)}` : name, part)
    }
    return parts
}
