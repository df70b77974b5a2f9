/** A room node with a claim, its flash, and the fleet it is to enrol with, on one virtual clock. */
import { compile } from "../../image/compile"
import { partsOf, ROOM_SEATS } from "../../sim/breadboard"
import { Clock } from "../../sim/clock"
import { Flash } from "../../sim/flash"
import { I2cBus } from "../../sim/i2c"
import { SimNode } from "../../sim/node"
import { provision } from "../../sim/provision"
import { RandomStream } from "../../sim/random"
import { ScriptedFleet } from "./scripted-fleet"

export const CLAIM_ID = "00c1a1eed0de0001"
export const CLAIM_SECRET = Buffer.from(
    "00112233445566778899aabbccddeeff102132435465768798a9bacbdcedfe0f",
    "hex"
)
export const CLAIM = `${CLAIM_ID}-${CLAIM_SECRET.toString("hex")}`
/** The chip's own, which a node with a claim does not go by. */
const CHIP_ID = "00000000000de5c0"

/** What leaves the bench: the room program, or another, and its settings. */
export async function benchImage(claim = CLAIM, program = "src/main.ts"): Promise<Uint8Array> {
    const { bytes } = await compile(program)
    return provisioned(bytes, claim)
}

export function provisioned(image: Uint8Array, claim = CLAIM): Uint8Array {
    const settings: Record<string, string> = { BROKER: "mqtt://far.test" }
    if (claim !== "") settings["CLAIM"] = claim
    return provision(image, settings)
}

export class ClaimedDesk {
    readonly clock = new Clock()
    readonly fleet = new ScriptedFleet(this.clock, CLAIM_ID, CLAIM_SECRET)
    readonly lines: string[] = []
    readonly node: SimNode
    illuminanceLuxes = 480

    constructor(
        readonly image: Uint8Array,
        readonly flash: Flash = new Flash(image),
        seed = 1
    ) {
        const conditions = () => ({
            temperatureCelsius: 21.5,
            relativeHumidityPercent: 40,
            carbonDioxidePpm: 700,
            illuminanceLuxes: this.illuminanceLuxes,
        })
        this.node = new SimNode({
            id: CHIP_ID,
            seed,
            clock: this.clock,
            network: this.fleet,
            flash,
            bus: new I2cBus(
                partsOf(ROOM_SEATS, this.clock, conditions),
                [],
                this.clock,
                new RandomStream("claimed desk"),
                new Map()
            ),
            exact: false,
            onStoreFormatted: () => this.clock.after(1000, () => this.node.provisionAgain(image)),
            print: line => void this.lines.push(line),
        })
        this.node.start()
    }

    /** Whether it came to be, in so many seconds. */
    until(isSo: () => boolean, seconds: number): boolean {
        const endMs = this.clock.nowMs() + seconds * 1000
        while (!isSo() && this.clock.step(endMs));
        return isSo()
    }

    run(seconds: number): void {
        this.until(() => false, seconds)
    }
}
