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
}
