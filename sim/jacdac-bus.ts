/** A Jacdac bus between simulated nodes: what one sends all others hear, a little later. */
import type { Clock } from "./clock"

/** A full frame at 1 Mbaud takes 2.5 ms. */
const FRAME_MS = 2.5

/** Such as a SimNode. */
export interface JacdacDevice {
    readonly id: string
    receiveJacdacFrame(frame: Uint8Array): void
}

export class JacdacBus {
    private readonly devices: JacdacDevice[] = []
    /** A cable that is pulled: nobody hears anybody. */
    isCut = false

    constructor(private readonly clock: Clock) {}

    join(device: JacdacDevice): void {
        this.devices.push(device)
    }

    /** For a node's `onJacdacFrame`. @param sender its id */
    send(sender: string, frame: Uint8Array): void {
        this.clock.after(FRAME_MS, () => {
            if (this.isCut) return
            for (const device of this.devices)
                if (device.id !== sender) device.receiveJacdacFrame(frame)
        })
    }
}
