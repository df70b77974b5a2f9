/** What is mutated, and which suites have to notice. */
import { readFileSync, readdirSync } from "node:fs"
import { nearest } from "../../image/nearest"
import { UsageError, inProject } from "../../image/project"
import { sourcesOf } from "../../image/sources"

const DRIVERS = "src/drivers"
const SUITES = "test/drivers"
/** The error and the types that everything else tests. */
const NOT_A_DRIVER = "sensor"

export interface Target {
    /** The name of its file. */
    driver: string
    file: string
    /** In the order they are tried. */
    suites: string[]
}

/**
 * Every file of src/drivers. A driver, which is a file with a class that implements Sensor, has to be held by its own suite; what
 * a family shares by its own, if it has one, and by those of the drivers that use it.
 * @param only names of drivers; all if empty @throws UsageError when there is no such driver
 */
export function targets(only: string[]): Target[] {
    const names = readdirSync(inProject(DRIVERS))
        .filter(file => file.endsWith(".ts"))
        .map(file => file.slice(0, -".ts".length))
        .filter(name => name !== NOT_A_DRIVER)
        .sort()
    const stranger = only.find(name => !names.includes(name))
    if (stranger !== undefined)
        throw new UsageError(`no driver "${stranger}"${nearest(stranger, names)}`)
    const suites = readdirSync(inProject(SUITES))
        .filter(file => file.endsWith(".test.ts"))
        .sort()
        .map(file => `${SUITES}/${file}`)
    const filesOf = new Map(suites.map(suite => [suite, sourcesOf([suite])]))
    return names
        .filter(name => only.length === 0 || only.includes(name))
        .map(driver => {
            const file = `${DRIVERS}/${driver}.ts`
            const own = suites.filter(suite => suite === `${SUITES}/${driver}.test.ts`)
            const isShared = !/\bimplements\b[^{]*\bSensor\b/.test(
                readFileSync(inProject(file), "utf8")
            )
            const others = suites.filter(
                suite => !own.includes(suite) && filesOf.get(suite)?.has(file) === true
            )
            return { driver, file, suites: isShared ? [...own, ...others] : own }
        })
}
