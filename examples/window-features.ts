/** What a model may ask of a window of samples, rather than of the newest alone: here of the last five temperatures, one a second. */
import { Sht4x } from "../src/drivers/sht4x"
import { bus } from "../src/node/bus"
import { deviceClock } from "../src/node/clock"
import { featureOf, parseFeature } from "../src/sensing/features"
import { Window } from "../src/sensing/window"

const sensor = new Sht4x(bus, deviceClock)
const window = new Window(5)
const mean = parseFeature("mean", 1)
const range = parseFeature("range", 1)

await sensor.start()
while (true) {
    const { temperatureCelsius } = await sensor.sample()
    window.push(temperatureCelsius)
    // NaN until the window is full: a model never sees a half-filled one.
    console.log(`mean ${featureOf(mean, window)} Cel, range ${featureOf(range, window)} Cel`)
    await deviceClock.delay(1000)
}
