/**
 * Signs a message with the key in an ATECC608 (address 0x60) on the I2C bus of the board, and shows what anybody needs to check it. The chip
 * has to be provisioned, once and for ever: examples/provision-se.ts.
 */
import { bus } from "../src/node/bus"
import { deviceClock } from "../src/node/clock"
import { Atecc608Identity } from "../src/trust/atecc608/identity"

const identity = new Atecc608Identity(bus, deviceClock)
const message = "motewise"

try {
    console.log(`algorithm ${identity.algorithm}`)
    console.log(`public key ${(await identity.publicKey()).toString("hex")}`)
    console.log(`signature of "${message}"`)
    console.log((await identity.sign(Buffer.from(message))).toString("hex"))
    console.log(`random ${(await identity.random(16)).toString("hex")}`)
} catch (e) {
    console.log((e as Error).message)
}
