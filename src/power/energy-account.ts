/**
 * The account that a node keeps of what costs energy: its radio's exchanges and its own rounds. It counts and does not multiply: an image is
 * the same for every board, and what a board draws is for the far end to look up (board-power.ts).
 *
 * `ds.millis()` stands still while the program computes, so computing cannot be told from waiting: a round's whole time counts as awake.
 */
import * as ds from "@devicescript/core"
import { EnergyMeter } from "./energy-meter"
import { EXCHANGE_GAP_MS, Use } from "./use"

export class EnergyAccount implements EnergyMeter, Use {
    readonly chip: string = ds._dcfgString("archId")
    exchanges = 0
    exchangeMs = 0
    packets = 0
    sentBytes = 0
    awakeMs = 0
    private onAirMs = -Infinity

    onAir(nowMs: number, packets: number, sentBytes: number): void {
        const gapMs = nowMs - this.onAirMs
        if (gapMs > EXCHANGE_GAP_MS) this.exchanges++
        else this.exchangeMs += gapMs
        this.onAirMs = nowMs
        this.packets += packets
        this.sentBytes += sentBytes
    }

    toText(): string {
        const { chip, exchanges, exchangeMs, packets, sentBytes, awakeMs } = this
        return `${chip} ${exchanges} ${exchangeMs} ${packets} ${sentBytes} ${awakeMs}`
    }
}
