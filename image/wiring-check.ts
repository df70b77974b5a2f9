/** Refuses a program whose parts can not work together, before it is compiled: each refusal names both sides and where they stand. */
import { existsSync, readFileSync, readdirSync } from "node:fs"
import { basename } from "node:path"
import { allMeasurands, measurandByName } from "../src/telemetry/contract/measurands"
import { boardOf, boardPins } from "./boards"
import { nearest } from "./nearest"
import { UsageError, inProject } from "./project"
import { pinsUsed } from "./pins"
import { wiringOf, type Place, type Wiring } from "./wiring"

/** Addresses that the I2C specification keeps for itself: UM10204 rev. 7.0, table 4. */
const ADDRESS_MIN = 0x08
const ADDRESS_MAX = 0x77

/** @returns the wiring, when nothing is wrong with it @throws UsageError */
export function checkWiring(entry: string, board?: string): Wiring {
    const wiring = wiringOf(entry)
    checkDrivers(wiring)
    checkAddresses(wiring)
    checkMeasurands(wiring)
    checkPins(entry, board ?? boardOf(entry))
    return wiring
}

/** The drivers in src/drivers, by the names of their files; not what families share. */
export function driverNames(): string[] {
    return readdirSync(inProject("src/drivers"))
        .map(file => basename(file, ".ts"))
        .filter(name => existsSync(inProject("sim/parts", `${name}.ts`)))
        .filter(name => /implements [\w, ]*Sensor/.test(sourceOf(name)))
        .sort()
}

function sourceOf(driver: string): string {
    return readFileSync(inProject("src/drivers", `${driver}.ts`), "utf8")
}

function checkDrivers({ missing }: Wiring): void {
    for (const { part, at } of missing)
        throw new UsageError(`${told(at)}: no driver "${part}"${nearest(part, driverNames())}`)
}

function checkAddresses({ parts }: Wiring): void {
    parts.forEach(({ part, address, at }, index) => {
        if (address === undefined) return
        if (address < ADDRESS_MIN || address > ADDRESS_MAX)
            throw new UsageError(`${told(at)}: ${part} at ${hex(address)}: I2C has 0x08 to 0x77`)
        const other = parts.slice(0, index).find(before => before.address === address)
        if (other !== undefined)
            throw new UsageError(
                `${told(at)}: ${part} is at ${hex(address)}, and so is ${other.part} (${told(other.at)}); ` +
                    `give one of them its other address, or leave it out`
            )
    })
}

function checkMeasurands({ served, reported }: Wiring): void {
    const known = allMeasurands().map(({ measurand }) => measurand)
    for (const { measurand, at } of [...served, ...reported])
        if (measurandByName(measurand) === undefined)
            throw new UsageError(
                `${told(at)}: no measurand "${measurand}"${nearest(measurand, known)}`
            )
    served.forEach(({ measurand, by, at }, index) => {
        const other = served.slice(0, index).find(before => before.measurand === measurand)
        if (other !== undefined)
            throw new UsageError(
                `${told(at)}: ${measurand} is served by ${by}, and already by ${other.by} (${told(other.at)})`
            )
    })
}

function checkPins(entry: string, board: string | undefined): void {
    if (board === undefined) return
    const pins = boardPins(board)
    if (pins === undefined) return
    for (const { pin, at } of pinsUsed(entry))
        if (!pins.includes(pin))
            throw new UsageError(
                `${told(at)}: board ${board} has no pin "${pin}"${nearest(pin, pins)}`
            )
}

function told({ file, line }: Place): string {
    return `${file}:${line}`
}

function hex(address: number): string {
    return `0x${address.toString(16).padStart(2, "0")}`
}
