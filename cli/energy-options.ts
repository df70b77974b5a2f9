/** Options of the verbs that tell of energy: for which board, and on which battery. */
import { Option } from "commander"
import { ourBoards, boardFile, SIMULATOR } from "../image/boards"
import { BOARD_POWER, SIMULATED_CHIP, type BoardPower } from "../src/power/board-power"
import { numberFrom } from "./numbers"

/** An 18650 cell of 3 Ah at 3.6 V. */
const BATTERY_MILLIWATT_HOURS = 10800

const powered = ourBoards().filter(id => id !== SIMULATOR)
const ofSimulated = powered.find(id => boardFile(id).archId === SIMULATED_CHIP)

export function powerOption(): Option {
    return new Option("--board <id>", "whose currents the energy is told for")
        .choices(powered)
        .default(ofSimulated)
}

export function batteryOption(): Option {
    return new Option("--battery <mWh>", "what a battery holds")
        .argParser(numberFrom(1, 1e9))
        .default(BATTERY_MILLIWATT_HOURS)
}

export function powerOf(board: string): BoardPower {
    return BOARD_POWER[boardFile(board).archId]
}
