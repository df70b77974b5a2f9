/** How a run's time passes: as fast as it can, or tied to the wall clock. */
import type { Clock } from "./clock"

/** Events a run does before it lets the rest of the process have its turn. */
const EVENTS_A_TURN = 20000
const TICK_MS = 10

/**
 * As fast as it can, to `endMs`. `settle` is called after every event and may return a promise when others (a broker in this
 * process) have work that takes no virtual time.
 */
export async function runFast(
    clock: Clock,
    endMs: number,
    settle: () => Promise<void> | undefined,
    stopped: () => boolean
): Promise<void> {
    for (let events = 0; clock.step(endMs); ++events) {
        const others = settle()
        if (others !== undefined) await others
        if (events % EVENTS_A_TURN === 0) await new Promise(setImmediate)
        if (stopped()) return
    }
}

/** To `endMs`, `speed` times as fast as the wall clock; real sockets are served in between. */
export async function runPaced(
    clock: Clock,
    endMs: number,
    speed: number,
    stopped: () => boolean
): Promise<void> {
    const startMs = clock.nowMs()
    const wallStartMs = performance.now()
    while (clock.nowMs() < endMs && !stopped()) {
        const dueMs = startMs + (performance.now() - wallStartMs) * speed
        // A machine that cannot keep up falls behind evenly; it does not starve its sockets to catch up.
        const limitMs = Math.min(endMs, dueMs)
        for (let events = 0; events < EVENTS_A_TURN && clock.step(limitMs); ++events);
        await new Promise(resolve => setTimeout(resolve, TICK_MS))
    }
}
