/** The secure element on a simulated node's bus: provisioned, as it would be before somebody builds it in. */
import { SimAtecc608 } from "./parts/atecc608"
import type { Environment, PartClock } from "./parts/part"
import { P256 } from "./p256"
import { RandomStream } from "./random"

export class SeatedAtecc608 extends SimAtecc608 {
    /** It feels nothing of the world. @param node whose it is */
    constructor(clock: PartClock, _environment: Environment, address?: number, node = "") {
        super(clock, new P256(new RandomStream(`${node}/atecc608`)), address)
        this.provision()
    }
}
