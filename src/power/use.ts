/** What a node has used, as it counts it and now and then says it (NAME_USE of contract/senml.ts): `<chip> <five counts since boot>`. */

export interface Use {
    /** `archId` of the runtime's board; `wasm` is the simulator. */
    chip: string
    /** Times the radio was woken: packets that follow each other within EXCHANGE_GAP_MS are one exchange. */
    exchanges: number
    /** From the first to the last packet of each. */
    exchangeMs: number
    /** Both ways, as the program sees them; a connection that is tried is two. */
    packets: number
    /** Without what the network puts around them. */
    sentBytes: number
    /** In rounds: from the first part that is asked to the report that is made. Most of it is waiting for parts. */
    awakeMs: number
}

/** The time that an ESP32's radio stays awake by itself after a packet. */
export const EXCHANGE_GAP_MS = 50
