/**
 * Provisions an ATECC608 (address 0x60) on the I2C bus of the board, which cannot be undone. It says what it would do, and does it when the
 * setting PROVISION_SE names the chip by its serial number. `motewise provision-se` tells the rest.
 */
import { bus } from "../src/node/bus"
import { deviceClock } from "../src/node/clock"
import { readText } from "../src/node/config"
import { SETTING_PROVISION_SE } from "../src/telemetry/contract/settings"
import { Atecc608 } from "../src/trust/atecc608/atecc608"
import { Atecc608Provisioning } from "../src/trust/atecc608/provisioning"

const say = (line: string) => console.log(line)
const provisioning = new Atecc608Provisioning(new Atecc608(bus, deviceClock), say)

try {
    const { serial, lines } = await provisioning.plan()
    lines.forEach(say)
    const named = (await readText(SETTING_PROVISION_SE, "")).trim().toLowerCase()
    if (named === serial) say(`public key ${(await provisioning.run(serial)).toString("hex")}`)
    else say(`nothing was done: ${SETTING_PROVISION_SE} is "${named}"`)
} catch (e) {
    say((e as Error).message)
}
say("done")
