/** Signs with the key file of its argument until it is killed, a line a signature: what keys.host.ts kills. */
import { writeSync } from "node:fs"
import { HssKey } from "../../fleet/keys/hss"

const key = await HssKey.open(process.argv[2])
while (key.remaining > 0)
    writeSync(1, `${(await key.sign(Buffer.from("checkpoint"))).toString("hex")}\n`)
