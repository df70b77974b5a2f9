/**
 * A verdict that flickers on a threshold counts once it has held for three rounds. In a node it is `verdictAfter: 3` in the report policy,
 * and saves an alarm and a flash write each time.
 */
import { SteadyVerdict } from "../src/telemetry/steady-verdict"

const steady = new SteadyVerdict(3)

for (const said of ["vacant", "occupied", "vacant", "occupied", "occupied", "occupied", "vacant"])
    console.log(`said ${said}, holds ${steady.push(said)}`)
