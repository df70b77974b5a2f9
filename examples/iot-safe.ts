/**
 * Has the SIM sign, and shows the key, the message and the signature in hex: the IoT SAFE applet of a SIM, behind a modem that an
 * SC16IS750 (address 0x48) connects to the I2C bus of the board, at 9,600 baud (AT+IPR=9600).
 */
import { Sc16is750 } from "../src/drivers/sc16is750"
import { bus } from "../src/node/bus"
import { deviceClock } from "../src/node/clock"
import { IotSafeIdentity } from "../src/trust/iot-safe/iot-safe-identity"
import { Sc16is750Transport } from "../src/trust/iot-safe/sc16is750-transport"

const uart = new Sc16is750(bus, deviceClock)
const identity = new IotSafeIdentity(new Sc16is750Transport(uart))

try {
    const message = await identity.random(16)
    console.log(`public key ${(await identity.publicKey()).toString("hex")}`)
    console.log(`message ${message.toString("hex")}`)
    console.log(`signature ${(await identity.sign(message)).toString("hex")}`)
} catch (e) {
    console.log((e as Error).message)
}
