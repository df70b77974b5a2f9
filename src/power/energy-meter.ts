/** What a node's sockets and rounds tell to its account of energy, if it keeps one (energy-account.ts). Nothing of it allocates. */

export interface EnergyMeter {
    /** In rounds, milliseconds since boot. */
    awakeMs: number
    /** Packets come or go. @param sentBytes 0 for what comes */
    onAir(nowMs: number, packets: number, sentBytes: number): void
    /** As use.ts has it. */
    toText(): string
}
