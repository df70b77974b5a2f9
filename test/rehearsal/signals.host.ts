/** Apps of signals, each in its world, 50 samples a second. */
import { rehearse } from "./app-run"

rehearse({ app: "machine", seed: 2, hours: 1, classes: 3, share: 0.9 })
rehearse({ app: "wear", seed: 2, hours: 0.5, classes: 4, share: 0.9 })
