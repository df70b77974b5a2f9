/** A few small values that outlive power. Each write wears the flash and has a moment in which a power cut costs the whole store. */
export interface Store {
    /** The value; undefined when there is none, or the store does not answer. */
    read(key: string): Promise<Buffer | undefined>
    /** False when the value cannot be read back: the store is full, worn, or does not answer. */
    write(key: string, value: Buffer): Promise<boolean>
}
