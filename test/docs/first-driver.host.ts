/** docs/first-driver.md, followed as it is written. */
import { follow } from "./newcomer"

follow("docs/first-driver.md")
