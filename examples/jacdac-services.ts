/** An SHT4x (address 0x44) as two Jacdac services, temperature and humidity, read every 5 s: for devtools, or a node that listens. */
import { Sht4x } from "../src/drivers/sht4x"
import { bus } from "../src/node/bus"
import { deviceClock } from "../src/node/clock"
import { serveReadings } from "../src/node/jacdac-services"
import { Sampler } from "../src/sensing/sampler"

const climate = new Sht4x(bus, deviceClock)
const sampler = new Sampler(
    serveReadings([
        { sensor: climate, measurands: ["temperatureCelsius", "relativeHumidityPercent"] },
    ])
)

console.log("serving temperature and humidity")
await sampler.start()
while (true) {
    await sampler.round()
    await deviceClock.delay(5000)
}
