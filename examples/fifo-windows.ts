/** A vibration as windows of a second: an LIS3DH (address 0x18) fills its FIFO at 50 Hz, and no sample is lost between two windows. */
import { Lis3dh } from "../src/drivers/lis3dh"
import { bus } from "../src/node/bus"
import { deviceClock } from "../src/node/clock"
import { Burst } from "../src/sensing/burst"
import { featureOf, parseFeature } from "../src/sensing/features"

const options = { fullScaleG: 2, dataRateHertz: 50, fifo: true }
const vibration = new Burst(new Lis3dh(bus, deviceClock, 0x18, options), deviceClock, 50)
const range = parseFeature("range", vibration.samplesPerSecond)

await vibration.start()
while (true) {
    await vibration.sample()
    const z = vibration.windows[2]
    console.log(`${z.filled} samples, range ${featureOf(range, z)} m/s2`)
}
