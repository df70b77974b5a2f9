/** A node's flash: what the VM saved last. It outlives a reboot, and a program and its settings can be put there before power-on. */
export class Flash {
    /** Saves since it was made: the wear that a program causes. */
    saves = 0

    constructor(private image: Uint8Array = new Uint8Array(0)) {}

    load(): Uint8Array {
        return this.image
    }

    save(image: Uint8Array): void {
        this.image = image
        this.saves++
    }

    /** Puts another image there, as a flashing tool does. */
    replace(image: Uint8Array): void {
        this.image = image
    }
}

/** Power failed in the middle of what a node was doing: thrown through the VM, which is then of no more use. */
export class PowerLost extends Error {
    constructor(readonly offMs: number) {
        super(`power is off for ${offMs} ms`)
    }
}
