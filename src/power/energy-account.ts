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
        // Pieces that come in one millisecond are one packet.
        if (gapMs > 0 || sentBytes > 0) this.packets += packets
        this.onAirMs = nowMs
        this.sentBytes += sentBytes
    }

    totals(): number[] {
        return [this.exchanges, this.exchangeMs, this.packets, this.sentBytes, this.awakeMs]
    }

    resume(totals: number[]): void {
        this.exchanges = totals[0]
        this.exchangeMs = totals[1]
        this.packets = totals[2]
        this.sentBytes = totals[3]
        this.awakeMs = totals[4]
    }

    toText(): string {
        const { chip, exchanges, exchangeMs, packets, sentBytes, awakeMs } = this
        return `${chip} ${exchanges} ${exchangeMs} ${packets} ${sentBytes} ${awakeMs}`
    }
}
