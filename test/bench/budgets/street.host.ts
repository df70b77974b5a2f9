/** A day of this app takes minutes of a busy machine: a suite of its own. */
import { withinBudgets } from "./of-app"

withinBudgets("street")
