/**
 * Who asks for a second key under one claim: the node itself, whose store was lost, or another device with a copy. The key that is known
 * is asked whether it is there. When it is, the newcomer is refused; when it says nothing for ten seconds, its store was lost.
 */
import type { KeyUses } from "./key-uses"
import type { Proof } from "./messages"
import type { NodeKey } from "./node-record"

const PATIENCE_MS = 10_000

export interface Newcomer {
    proof: Proof
    /** Of the message that it came in. */
    digest: Buffer
    key: NodeKey
    uses: KeyUses
}

interface Question {
    /** What the incumbent is asked to say again. */
    number: number
    deadlineMs: number
    newcomer: Newcomer
}

export class Incumbents {
    private readonly questions = new Map<string, Question>()

    /** One question a node. @returns the newcomer that waits already, if one does */
    waiting(id: string): Newcomer | undefined {
        return this.questions.get(id)?.newcomer
    }

    ask(id: string, newcomer: Newcomer, number: number, nowMs: number): void {
        this.questions.set(id, { number, newcomer, deadlineMs: nowMs + PATIENCE_MS })
    }

    isAnswer(id: string, number: unknown): boolean {
        return this.questions.get(id)?.number === number
    }

    /** The newcomer, who waits no longer. */
    settle(id: string): Newcomer | undefined {
        const newcomer = this.waiting(id)
        this.questions.delete(id)
        return newcomer
    }

    /** The newcomer, if it has waited long enough, and waits no longer. */
    giveUp(id: string, nowMs: number): Newcomer | undefined {
        const question = this.questions.get(id)
        return question && question.deadlineMs <= nowMs ? this.settle(id) : undefined
    }

    /** Of nodes whose incumbents were silent for too long. */
    silent(nowMs: number): string[] {
        return [...this.questions]
            .filter(([, { deadlineMs }]) => deadlineMs <= nowMs)
            .map(([id]) => id)
    }
}
