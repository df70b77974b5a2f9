/** A model replaced while the program runs, by 60 bytes as `motewise train` writes them (model.bin). What is damaged is refused, and the old one stays. */
import * as ds from "@devicescript/core"
import { occupancy } from "../models/occupancy/model"
import { Inference } from "../src/inference/inference"
import { PackedModel } from "../src/inference/packed"

// The same model, but somebody is there from 600 lx on, not from 365.
const NEW = hex`4d574d44 02 01 01 02 c24aeca7 0300 dc3b7a59 0000000080298840 000000000000b03f
    2600 0100 00 00 2df5 2c00 ff 00 0000 0000 ff 00 0100 0000 12a938d5`

const model = new PackedModel(occupancy)
const inference = new Inference(model)
const pause = async () => await ds.sleep(0)

function say(what: string): void {
    inference.windows[0].push(500)
    console.log(`${what}: 500 lx is ${model.classes[inference.infer()]}`)
}

say("built in")
const damaged = NEW.slice(0, NEW.length)
damaged[40] ^= 1
console.log(`damaged: "${await model.replace(damaged, pause)}"`)
say("still")
// Why it was refused; "" when it was taken, and then its inputs may be others.
console.log(`whole: "${await model.replace(NEW, pause)}"`)
inference.arrange()
say("from then on")
