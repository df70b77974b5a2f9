/**
 * What a program puts on its bus, read from its source: which drivers it constructs, at which addresses, and which measurands each
 * serves. The simulator seats the same parts, and what cannot work is refused before it is compiled.
 */
import { existsSync, readFileSync } from "node:fs"
import { basename, dirname, join, relative } from "node:path"
import ts from "typescript"
import { inProject, ROOT } from "./project"
import { sourcesOf } from "./sources"
import { UPSTREAM_DRIVERS } from "./upstream-drivers"

/** A driver that the program constructs. */
export interface WiredPart {
    /** The driver's file name, such as "sht4x". */
    part: string
    /** The 7-bit address; undefined when the source does not tell. */
    address: number | undefined
    at: Place
}

/** A measurand that the node serves, and who from. */
export interface Served {
    measurand: string
    /** The part's name where it is known, else what the source says. */
    by: string
    at: Place
}

/** A measurand that a report policy names. */
export interface Reported {
    measurand: string
    at: Place
}

/** An import from drivers/ that leads nowhere. */
export interface MissingDriver {
    part: string
    at: Place
}

/** Where in a source. */
export interface Place {
    file: string
    line: number
}

export interface Wiring {
    parts: WiredPart[]
    served: Served[]
    reported: Reported[]
    missing: MissingDriver[]
}

/** A class with a parameter called `address`. */
interface Driver {
    part: string
    parameter: number
    defaultAddress: number | undefined
}

/** @param entry relative to the project's root */
export function wiringOf(entry: string): Wiring {
    const wiring: Wiring = { parts: [], served: [], reported: [], missing: [] }
    for (const [path, text] of sourcesOf([entry]))
        if (!isDriverFile(path)) readSource(path, text, wiring)
    return wiring
}

function isDriverFile(path: string): boolean {
    return dirname(path).split(/[\\/]/).includes("drivers")
}

function readSource(path: string, text: string, wiring: Wiring): void {
    const source = ts.createSourceFile(path, text, ts.ScriptTarget.ES2022, true)
    const place = (node: ts.Node): Place => ({
        file: path,
        line: source.getLineAndCharacterOfPosition(node.getStart()).line + 1,
    })
    const drivers = new Map<string, Driver>()
    const numbers = new Map<string, number>()
    /** By variable: which part it is. */
    const variables = new Map<string, string>()

    const addressOf = (driver: Driver, made: ts.NewExpression): number | undefined => {
        const argument = made.arguments?.[driver.parameter]
        if (argument === undefined || argument.getText() === "undefined")
            return driver.defaultAddress
        return ts.isIdentifier(argument) ? numbers.get(argument.text) : numberOf(argument)
    }
    const nameOf = (made: ts.Expression): string => {
        if (ts.isIdentifier(made)) return variables.get(made.text) ?? made.text
        if (ts.isNewExpression(made))
            return drivers.get(made.expression.getText())?.part ?? made.expression.getText()
        return made.getText()
    }
    const visit = (node: ts.Node): void => {
        if (ts.isImportDeclaration(node) && ts.isStringLiteral(node.moduleSpecifier)) {
            const target = node.moduleSpecifier.text
            for (const name of importedNames(node)) {
                const found = driverOf(path, target, name.imported)
                if (found !== undefined) drivers.set(name.local, found)
            }
            if (leadsNowhere(path, target))
                wiring.missing.push({ part: basename(target), at: place(node) })
        } else if (ts.isVariableDeclaration(node) && node.initializer !== undefined) {
            const value = numberOf(node.initializer)
            if (value !== undefined) numbers.set(node.name.getText(), value)
            if (ts.isNewExpression(node.initializer))
                variables.set(node.name.getText(), nameOf(node.initializer))
        }
        if (ts.isNewExpression(node)) {
            const driver = drivers.get(node.expression.getText())
            if (driver !== undefined)
                wiring.parts.push({
                    part: driver.part,
                    address: addressOf(driver, node),
                    at: place(node),
                })
        }
        if (ts.isNewExpression(node) || ts.isCallExpression(node)) {
            const upstream = upstreamDriver(node)
            if (upstream !== undefined) wiring.parts.push({ ...upstream, at: place(node) })
        }
        const plan = ts.isObjectLiteralExpression(node) ? planOf(node) : undefined
        if (plan !== undefined)
            for (const measurand of plan.measurands)
                wiring.served.push({
                    measurand: measurand.text,
                    by: nameOf(plan.sensor),
                    at: place(measurand),
                })
        for (const name of policyNames(node))
            wiring.reported.push({ measurand: name.text, at: place(name) })
        ts.forEachChild(node, visit)
    }
    visit(source)
}

/** `{ sensor, measurands: ["..."] }` */
function planOf(
    node: ts.ObjectLiteralExpression
): { sensor: ts.Expression; measurands: ts.StringLiteral[] } | undefined {
    const values = new Map<string, ts.Expression>()
    for (const property of node.properties) {
        if (ts.isPropertyAssignment(property))
            values.set(property.name.getText(), property.initializer)
        if (ts.isShorthandPropertyAssignment(property))
            values.set(property.name.text, property.name)
    }
    const sensor = values.get("sensor")
    const list = values.get("measurands")
    if (sensor === undefined || list === undefined || !ts.isArrayLiteralExpression(list))
        return undefined
    return { sensor, measurands: list.elements.filter(ts.isStringLiteral) }
}

/** Of `measurands: { name: "summary", ... }`. */
function policyNames(node: ts.Node): (ts.Identifier | ts.StringLiteral)[] {
    if (!ts.isPropertyAssignment(node) || node.name.getText() !== "measurands") return []
    if (!ts.isObjectLiteralExpression(node.initializer)) return []
    return node.initializer.properties
        .flatMap(({ name }) => name ?? [])
        .filter(name => ts.isIdentifier(name) || ts.isStringLiteral(name))
}

function importedNames(node: ts.ImportDeclaration): { imported: string; local: string }[] {
    const bindings = node.importClause?.namedBindings
    if (bindings === undefined || !ts.isNamedImports(bindings)) return []
    return bindings.elements.map(({ name, propertyName }) => ({
        imported: propertyName?.text ?? name.text,
        local: name.text,
    }))
}

function leadsNowhere(from: string, target: string): boolean {
    if (!target.startsWith(".")) return false
    const path = relative(ROOT, inProject(dirname(from), target))
    return isDriverFile(path) && fileOf(path) === undefined
}

/** The driver class that a module exports under this name. */
function driverOf(from: string, target: string, name: string): Driver | undefined {
    const path = target.startsWith(".")
        ? fileOf(relative(ROOT, inProject(dirname(from), target)))
        : libraryFile(target)
    return path === undefined ? undefined : exportedDriver(path, name)
}

function exportedDriver(path: string, name: string): Driver | undefined {
    const source = ts.createSourceFile(
        path,
        readFileSync(inProject(path), "utf8"),
        ts.ScriptTarget.ES2022,
        true
    )
    for (const statement of source.statements) {
        if (ts.isClassDeclaration(statement) && statement.name?.text === name)
            return driverFrom(statement, basename(path, ".ts"))
        // A library's index hands on what its other files export.
        if (ts.isExportDeclaration(statement) && statement.moduleSpecifier !== undefined) {
            const target = (statement.moduleSpecifier as ts.StringLiteral).text
            const found = target.startsWith(".") ? driverOf(path, target, name) : undefined
            if (found !== undefined) return found
        }
    }
    return undefined
}

function driverFrom(declaration: ts.ClassDeclaration, part: string): Driver | undefined {
    const parameters = declaration.members.find(ts.isConstructorDeclaration)?.parameters
    const parameter = parameters?.findIndex(({ name }) => name.getText() === "address") ?? -1
    if (parameters === undefined || parameter < 0) return undefined
    const { initializer } = parameters[parameter]
    return {
        part,
        parameter,
        defaultAddress: initializer === undefined ? undefined : numberOf(initializer),
    }
}

/** `startAHT20()`, `new SSD1306Driver({ devAddr: 0x3c, ... })` */
function upstreamDriver(
    made: ts.NewExpression | ts.CallExpression
): { part: string; address: number } | undefined {
    const name = made.expression.getText()
    if (!Object.hasOwn(UPSTREAM_DRIVERS, name)) return undefined
    const { part, address } = UPSTREAM_DRIVERS[name]
    const [options] = made.arguments ?? []
    if (options === undefined || !ts.isObjectLiteralExpression(options)) return { part, address }
    const given = options.properties
        .filter(ts.isPropertyAssignment)
        .find(property => ["address", "devAddr"].includes(property.name.getText()))
    return { part, address: (given && numberOf(given.initializer)) ?? address }
}

function numberOf(node: ts.Expression): number | undefined {
    return ts.isNumericLiteral(node) ? Number(node.text) : undefined
}

function fileOf(path: string): string | undefined {
    return [`${path}.ts`, join(path, "index.ts")].find(file => existsSync(inProject(file)))
}

/** The source of an npm package that says it is a DeviceScript library. */
function libraryFile(name: string): string | undefined {
    const manifest = inProject("node_modules", name, "package.json")
    if (name.startsWith("@devicescript/") || !existsSync(manifest)) return undefined
    const { main, devicescript } = JSON.parse(readFileSync(manifest, "utf8"))
    const path = join("node_modules", name, main ?? "src/index.ts")
    return devicescript?.library === true && existsSync(inProject(path)) ? path : undefined
}
