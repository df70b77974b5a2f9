/** A trained model asked directly: is somebody in a room of so much light? models/occupancy was made by `motewise train`. */
import { occupancy } from "../models/occupancy/model"
import { Inference } from "../src/inference/inference"
import { UNKNOWN } from "../src/inference/model"

const inference = new Inference(occupancy)
const [light] = inference.windows

for (const luxes of [0, 300, 400, NaN, 1000]) {
    light.push(luxes)
    const verdict = inference.infer()
    // A reading that did not come is no class by chance.
    console.log(`${luxes} lx: ${verdict === UNKNOWN ? "unknown" : occupancy.classes[verdict]}`)
}
