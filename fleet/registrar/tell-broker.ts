/** A broker that keeps nothing, and one that kept what was true before we were killed, both learn here who may what. */
import { claimUser } from "../../src/telemetry/contract/enrolment"
import { claimGrant, nodeGrant, type Access, type Grant } from "./access"
import { claimPassword } from "./claim"
import { readCredential } from "./credential"
import type { Store } from "./store"

/** Of grants and users together. */
const AT_ONCE = 1000

export async function tellBroker(
    access: Access,
    store: Store,
    credentialKey: Uint8Array
): Promise<void> {
    let grants: Grant[] = []
    let users: string[] = []
    const tell = async () => {
        if (users.length > 0) await access.withdraw(users)
        if (grants.length > 0) await access.grant(grants)
        users = []
        grants = []
    }
    for await (const [id, { claimSecret, revoked, key, session }] of store.nodes()) {
        const isIn = revoked === undefined
        if (isIn && claimSecret) grants.push(claimGrant(id, claimPassword(claimSecret)))
        else users.push(claimUser(id))
        // Of another registrar.key, it is no credential.
        const said = session && readCredential(credentialKey, session.credential)
        const password = session?.credential.toString("hex")
        if (isIn && said && password) grants.push(nodeGrant(id, password, session.expiresMs))
        else if (key !== undefined) users.push(id)
        if (grants.length + users.length >= AT_ONCE) await tell()
    }
    await tell()
}
