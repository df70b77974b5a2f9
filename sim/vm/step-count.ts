/** What a node's program costs and how near it comes to the end of its VM's patience, over as many boots as there are. */
import { MAX_STEPS, type StepExports } from "./counting-vm"

export class StepCount {
    /** Called before the first opcode of another activation than the one before, with its address: the VM is then slower again. */
    readonly onFrame?: (frame: number) => void
    protected vm: StepExports | undefined
    private stepsBefore = 0
    private longestBefore = 0

    /** From now on counts what this VM runs, beside what the ones before it ran. */
    follow(vm: StepExports): void {
        this.stepsBefore = this.steps
        this.longestBefore = this.longestStretch
        this.vm = vm
    }

    /** Opcodes run since the last reset. */
    get steps(): number {
        return this.stepsBefore + (this.vm?.motewise_steps.value ?? 0)
    }

    /** The most opcodes that a fiber has run between two awaits since the last reset; MAX_STEPS would be its end. */
    get longestStretch(): number {
        const longest = MAX_STEPS - (this.vm?.motewise_least_left.value ?? MAX_STEPS)
        return Math.max(this.longestBefore, longest)
    }

    /** Called when the VM has given way to its host. */
    left(): void {}

    reset(): void {
        this.stepsBefore = 0
        this.longestBefore = 0
        if (this.vm === undefined) return
        this.vm.motewise_steps.value = 0
        this.vm.motewise_least_left.value = MAX_STEPS
    }
}
