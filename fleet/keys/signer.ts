/** Who signs what every node must trust: checkpoints, credentials, releases. */

export interface FleetSigner {
    /** An HSS public key: `verifyHss` takes it, and so does a node. */
    publicKey(): Buffer
    /** @throws Error when it can not sign: then nothing was signed */
    sign(message: Uint8Array): Promise<Buffer>
}
