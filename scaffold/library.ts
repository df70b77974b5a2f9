/** A driver as an npm package of its own: DeviceScript takes its source from node_modules when package.json says that it is a library. */
import { readFileSync } from "node:fs"
import { inProject } from "../image/project"
import type { NewDriver } from "./driver"
import { classNameOf, driverText } from "./templates"

export function packageNameOf(name: string): string {
    return `motewise-driver-${name}`
}

/** By path, relative to the package. */
export function libraryFiles(driver: NewDriver): Map<string, string> {
    const { name } = driver
    const shared = (file: string) => readFileSync(inProject("src/drivers", file), "utf8")
    return new Map([
        ["package.json", manifest(name)],
        // DeviceScript's compiler looks for it wherever it is run.
        ["devsconfig.json", "{}\n"],
        ["README.md", readme(name)],
        ["src/index.ts", `export * from "./${name}"\n`],
        [`src/${name}.ts`, driverText(driver)],
        // What drivers share, as copies: a package can not import from somebody's firmware.
        ["src/registers.ts", shared("registers.ts")],
        ["src/sensor.ts", shared("sensor.ts")],
    ])
}

function manifest(name: string): string {
    return JSON.stringify({
        name: packageNameOf(name),
        version: "0.1.0",
        description: `TODO maker and part: a driver for DeviceScript and Motewise`,
        license: "MIT",
        keywords: ["devicescript", "motewise"],
        main: "./src/index.ts",
        files: ["src/*.ts", "devsconfig.json"],
        devicescript: { library: true },
    })
}

function readme(name: string): string {
    const className = classNameOf(name)
    return `# ${packageNameOf(name)}

TODO maker and part: a driver for [DeviceScript](https://microsoft.github.io/devicescript) and Motewise.

In a Motewise checkout: \`npm install <this folder, or the file that npm pack makes of it>\`, then in a program

\`\`\`ts
import { ${className} } from "${packageNameOf(name)}"

const part = new ${className}(bus, deviceClock)
\`\`\`

and among the node's \`parts\`: \`{ sensor: part, measurands: [...] }\`. A fault is any error that has a \`fault\` of the six that Motewise
knows, as \`SensorError\` in src/sensor.ts has.
`
}
