/** The machine that measured, as far as it tells what the times are worth: nothing that names it, its owner or its folders. */
import { availableParallelism, arch, cpus, totalmem, type } from "node:os"

export interface Machine {
    processor: string
    cores: number
    memoryGigabytes: number
    system: string
    node: string
}

export function thisMachine(): Machine {
    return {
        processor: cpus()[0]?.model.replace(/\s+/g, " ").trim() || "unknown processor",
        cores: availableParallelism(),
        memoryGigabytes: Math.round(totalmem() / 2 ** 30),
        system: `${type()} ${arch()}`,
        node: process.versions.node,
    }
}

/** "2 cores of an AMD EPYC ..." would need its article: the processor comes first. */
export function machineText({ processor, cores, memoryGigabytes, node }: Machine): string {
    return `${processor}, ${cores} cores, ${memoryGigabytes} GB, Node ${node}`
}
