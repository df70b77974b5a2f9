/** An SC16IS750 with a modem on its wires, and in it a SIM whose IoT SAFE applet has a key on a real P-256. */
import { P256 } from "./p256"
import { IotSafeApplet } from "./parts/iot-safe-applet"
import { Modem } from "./parts/modem"
import type { Environment, PartClock } from "./parts/part"
import { SimSc16is750 } from "./parts/sc16is750"
import { SerialModem } from "./parts/serial-modem"
import { Uicc } from "./parts/uicc"
import { RandomStream } from "./random"

export class ModemBoard extends SimSc16is750 {
    readonly applet = new IotSafeApplet(new P256(new RandomStream("sim")))
    readonly card = new Uicc([this.applet])
    readonly modem = new Modem(this.card)

    constructor(clock: PartClock, environment: Environment, address?: number) {
        super(clock, environment, address)
        this.applet.personalise()
        this.device = new SerialModem(this.modem)
    }
}
