/** Who may connect to the broker, and then use which topics. A broker's own way to say so stands behind this: see fleet/access. */
import {
    ackTopic,
    downTopic,
    enrolDownTopic,
    enrolUpTopic,
    stateTopic,
    upTopic,
} from "../../src/telemetry/contract/topics"
import { claimUser } from "../../src/telemetry/contract/enrolment"

/** One user of the broker, and all that it may. */
export interface Grant {
    user: string
    password: string
    /** The only client id that it may go by: another with its name would throw it out. */
    clientId: string
    publish: string[]
    subscribe: string[]
    /** From then on it may not connect; milliseconds since 1970. */
    expiresMs?: number
}

/** Why a broker turned somebody away; a foreign topic may be a last will's, and a client id that is another's counts as one too. */
export type Refusal =
    "unknownUser" | "wrongPassword" | "expiredCredential" | "foreignTopic" | "oversized"

export interface Access {
    /** Takes effect before it returns, and replaces what the user had; a session that it has is closed when its password changes. */
    grant(grants: readonly Grant[]): Promise<void>
    /** Closes their sessions, too. */
    withdraw(users: readonly string[]): Promise<void>
}

/** With a claim: the two enrolment topics, and nothing else. */
export function claimGrant(id: string, password: string): Grant {
    return {
        user: claimUser(id),
        password,
        clientId: `mw-${claimUser(id)}`,
        publish: [enrolUpTopic(id)],
        subscribe: [enrolDownTopic(id)],
    }
}

/** With a credential: the node's own topics. */
export function nodeGrant(id: string, password: string, expiresMs: number): Grant {
    return {
        user: id,
        password,
        clientId: `mw-${id}`,
        publish: [upTopic(id), stateTopic(id), ackTopic(id)],
        subscribe: [downTopic(id)],
        expiresMs,
    }
}
