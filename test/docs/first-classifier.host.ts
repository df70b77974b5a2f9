/** docs/first-classifier.md, followed as it is written. */
import { follow } from "./newcomer"

follow("docs/first-classifier.md")
