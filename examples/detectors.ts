/** Two detectors on one stream: a kettle boils in a room that has 45 to 46 %RH. They learn what is usual while they run. */
import { EwmaZ } from "../src/inference/ewma-z"
import { FastSlow } from "../src/inference/fast-slow"
import { UNUSUAL } from "../src/inference/verdict"

// Each value that is far from the mean so far, in standard deviations, until it has become usual.
const ewma = new EwmaZ({ alpha: 0.05, threshold: 6, deviationFloor: 0.2, alarmedShare: 0.1 })
// Where a quick mean leaves a slow one, once.
const fastSlow = new FastSlow({
    fastAlpha: 0.15,
    slowAlpha: 0.005,
    threshold: 2.5,
    deviationFloor: 0.2,
    refractory: 20,
    settling: 50,
})

for (let minute = 0; minute < 200; ++minute) {
    let humidityPercent = 45 + (minute % 5) * 0.25
    if (minute >= 120 && minute < 140) humidityPercent += 5
    if (ewma.push(humidityPercent) === UNUSUAL) console.log(`minute ${minute}: ewma`)
    if (fastSlow.push(humidityPercent) === UNUSUAL) console.log(`minute ${minute}: fast and slow`)
}
