/**
 * Keeps the chain up with the ledger. It never keeps the ledger waiting: a chain that is down makes anchors late, which is said once, and
 * they are made up for when it is back. The newest anchor vouches for all entries before it, so what the chain forgot (a reset, blocks
 * lost by a kill) is made good by anchoring the newest checkpoint again; when the older ones were anchored is then lost.
 */
import { ChainError, type Anchor, type Chain } from "./chain"

/** Anchored; not yet, for the chain does not answer; or the chain has something else that we never signed, or that we lost. */
export type AnchorState = "anchored" | "late" | "contradicted"

export class Anchoring {
    private state: AnchorState = "anchored"
    /** The largest size that was seen there. */
    private seen = 0

    constructor(
        private readonly chain: Chain,
        private readonly say: (line: string) => void
    ) {}

    /** Call it with the newest checkpoint, and again from time to time. Never throws a ChainError. */
    async keepUp(newest: Anchor): Promise<AnchorState> {
        try {
            return this.turn(await this.submit(newest), "")
        } catch (e) {
            if (!(e instanceof ChainError)) throw e
            return this.turn("late", `: ${e.message}`)
        }
    }

    private async submit(newest: Anchor): Promise<AnchorState> {
        const there = await this.chain.latest()
        const size = there?.size ?? 0
        if (size < this.seen)
            this.say(
                `chain ${this.chain.name}: it has forgotten the anchors after ${size} entries (of ${this.seen}); ${newest.size} entries are anchored again`
            )
        this.seen = size
        if (there !== undefined && size >= newest.size) {
            const isSame = size === newest.size && there.root.equals(newest.root)
            return isSame ? "anchored" : "contradicted"
        }
        await this.chain.anchor(newest)
        this.seen = newest.size
        return "anchored"
    }

    private turn(state: AnchorState, why: string): AnchorState {
        if (state !== this.state) this.say(`chain ${this.chain.name}: ${SAYS[state]}${why}`)
        this.state = state
        return state
    }
}

const SAYS: Record<AnchorState, string> = {
    anchored: "anchors are made again",
    late: "anchors are late; the ledger goes on",
    contradicted:
        "it holds an anchor that this ledger's newest checkpoint does not have: entries were lost or changed, or it is another ledger's contract",
}
