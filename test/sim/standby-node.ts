/** Says so when it wakes, and stands by for a minute: what the simulator's test of standby runs. */
import * as ds from "@devicescript/core"
import { chip, standBy } from "../../src/node/chip"

console.log(`awake on ${chip()}`)
await ds.sleep(2000)
await standBy(60000)
console.log("still on")
