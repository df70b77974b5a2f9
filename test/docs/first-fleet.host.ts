/** docs/first-fleet.md, followed as it is written. */
import { follow } from "./newcomer"

follow("docs/first-fleet.md")
