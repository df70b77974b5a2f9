/** A node that does nothing but sign, with its key in the runtime's own store: what power is cut under by power-cuts.host.ts. */
import * as ds from "@devicescript/core"
import { FlashStore } from "../../src/node/flash-store"
import { ClaimedRandom } from "../../src/trust/claimed-random"
import { LmsIdentity } from "../../src/trust/lms-identity"
import { lmsParameters } from "../../src/trust/lms-parameters"
import {
    SIGNER_DATA_AT,
    SIGNER_TOPIC,
    TELL_DONE,
    TELL_FAULT,
    TELL_KEY,
    TELL_PLAN,
    TELL_ROLLOVER,
    TELL_SIGNED,
} from "./signer-contract"

/** What the builtin really is; upstream types it as a promise of nothing. */
interface TwinChannel {
    _twinMessage(topic: string, data: Buffer): Buffer
}
const channel = ds as unknown as TwinChannel

function tell(kind: number, data: Buffer): Buffer {
    return channel
        ._twinMessage(SIGNER_TOPIC, Buffer.concat(Buffer.from([kind]), data))
        .slice(SIGNER_DATA_AT)
}

const CLAIM_SECRET = hex`636c61696d20736563726574206f6620746869732074657374206e6f64652e2e`
const plan = tell(TELL_PLAN, hex`0000000000`)
const identity = new LmsIdentity({
    store: new FlashStore(),
    random: new ClaimedRandom(CLAIM_SECRET),
    nodeId: hex`0123456789abcdef`,
    parameters: lmsParameters(plan[3], plan[4]),
})

async function sign(messages: number): Promise<void> {
    for (let i = 0; i < messages; ++i) {
        const message = await identity.random(4)
        tell(TELL_SIGNED, Buffer.concat(message, await identity.sign(message)))
    }
}

async function live(): Promise<void> {
    await identity.start()
    tell(TELL_KEY, await identity.publicKey())
    await sign(plan[0])
    if (plan[1] === 1) {
        tell(TELL_ROLLOVER, await identity.rollover())
        await identity.switchKey()
        tell(TELL_KEY, await identity.publicKey())
        await sign(plan[2])
    }
    tell(TELL_DONE, hex``)
}

try {
    await live()
} catch (e) {
    tell(TELL_FAULT, Buffer.from((e as Error).message))
}
