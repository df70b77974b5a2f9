/** What Motewise can use of this machine, what for, and how to get it where it is missing. */
import { existsSync } from "node:fs"
import { release } from "node:os"
import { uf2Drives, type Uf2Drive } from "../flasher/uf2-drive"
import { ourBoards } from "../image/boards"
import { compile } from "../image/compile"
import { inProject } from "../image/project"
import { findProgram } from "./programs"
import { serialPorts, type SerialPort } from "./serial-ports"

export interface Check {
    name: string
    /** What it is for. */
    purpose: string
    /** Nothing works without it; the others are for one thing each. */
    required: boolean
    ok: boolean
    /** What was found. */
    found: string
    /** What to do where it is missing, a command where there is one; empty when all is well. */
    remedy: string
}

const NODE_OLDEST = [20, 19]

type System = "debian" | "macos" | "windows" | "linux"

/** What this machine installs programs with. */
export function systemOf(platform: string, hasApt: boolean): System {
    if (platform === "darwin") return "macos"
    if (platform === "win32") return "windows"
    return hasApt ? "debian" : "linux"
}

/** Every check, the required ones first. The compiler's takes 3 s the first time. */
export async function checkMachine(): Promise<Check[]> {
    const system = systemOf(process.platform, findProgram("apt-get") !== undefined)
    return [
        checkNode(process.versions.node),
        await checkCompiler(),
        checkPrograms(
            "esptool",
            "to write an image that motewise flash --out made",
            ["esptool", "esptool.py"],
            () => "python3 -m pip install esptool"
        ),
        await checkSerialLibrary(() => import("serialport")),
        checkSerial(serialPorts(), process.platform, uf2Drives()),
        checkPrograms(
            "mosquitto",
            "a broker for your network, and the interoperation tests",
            ["mosquitto"],
            () => install(system, "mosquitto", "EclipseFoundation.Mosquitto")
        ),
        checkPrograms(
            "mosquitto_sub",
            "to listen to a broker from a terminal",
            ["mosquitto_sub"],
            () =>
                system === "debian"
                    ? "sudo apt-get install mosquitto-clients"
                    : install(system, "mosquitto", "EclipseFoundation.Mosquitto")
        ),
        checkPrograms("openssl", "the TLS tests' certificates", ["openssl"], () =>
            install(system, "openssl", "ShiningLight.OpenSSL")
        ),
        checkPrograms(
            "chromium",
            "devtools, to reach a board over USB from the browser",
            ["chromium", "chromium-browser", "google-chrome", "chrome", "msedge", "microsoft-edge"],
            () => install(system, "chromium", "Google.Chrome"),
            ["/Applications/Google Chrome.app", "/Applications/Chromium.app"]
        ),
    ]
}

export function checkNode(version: string): Check {
    const [major, minor] = version.split(".").map(Number)
    const ok = major > NODE_OLDEST[0] || (major === NODE_OLDEST[0] && minor >= NODE_OLDEST[1])
    return {
        name: "node",
        purpose: "runs everything on this side",
        required: true,
        ok,
        found: `${version} on ${process.platform} ${release()}`,
        remedy: ok ? "" : `Node.js ${NODE_OLDEST.join(".")} or newer, from https://nodejs.org`,
    }
}

async function checkCompiler(): Promise<Check> {
    const check = {
        name: "compiler",
        purpose: "DeviceScript's compiler, from npm",
        required: true,
    }
    try {
        const { bytes } = await compile("src/main.ts")
        const found = `src/main.ts compiles to ${bytes.length} B; ${ourBoards().length} boards of ours`
        return { ...check, ok: true, found, remedy: "" }
    } catch (e) {
        const [found] = (e as Error).message.split("\n")
        const remedy = existsSync(inProject("node_modules"))
            ? "mend src/main.ts (npx motewise build says more), or npm ci"
            : "npm ci"
        return { ...check, ok: false, found, remedy }
    }
}

/** @param places where it may be, beside the path */
function checkPrograms(
    name: string,
    purpose: string,
    programs: string[],
    remedy: () => string,
    places: string[] = []
): Check {
    const path = findProgram(...programs) ?? places.find(place => existsSync(place))
    return {
        name,
        purpose,
        required: false,
        ok: path !== undefined,
        found: path ?? "not found",
        remedy: path === undefined ? remedy() : "",
    }
}

/** It is built where it is installed, and npm goes on without it. @param load for tests */
export async function checkSerialLibrary(load: () => Promise<unknown>): Promise<Check> {
    const check = {
        name: "serialport",
        purpose: "npm package, optional: to write an ESP32 and to hear a board (motewise flash)",
        required: false,
    }
    try {
        await load()
        return { ...check, ok: true, found: "installed", remedy: "" }
    } catch {
        return {
            ...check,
            ok: false,
            found: "not installed, or not built for this machine",
            remedy: "npm ci where there are make, a C++ compiler and python3; until then motewise flash --out FILE, and esptool",
        }
    }
}

/** @param drives of RP2040s that wait for a program */
export function checkSerial(ports: SerialPort[], platform: string, drives: Uf2Drive[] = []): Check {
    const check = {
        name: "board",
        purpose: "to flash, by its serial port or an RP2040's boot drive (motewise flash)",
        required: false,
    }
    if (platform === "win32")
        return { ...check, ok: true, found: "Windows gives each its COM number", remedy: "" }
    if (ports.length + drives.length === 0)
        return {
            ...check,
            ok: false,
            found: "no board is attached",
            remedy: "plug one in with a cable that carries data, an RP2040 with BOOTSEL held, then ask again",
        }
    const found = [
        ...ports.map(({ path, isOurs }) => (isOurs ? path : `${path} (not ours)`)),
        ...drives.map(({ path, boardId }) => `${path} (${boardId})`),
    ].join(", ")
    const locked = ports.find(({ isOurs }) => !isOurs)
    return {
        ...check,
        ok: locked === undefined,
        found,
        remedy:
            locked === undefined
                ? ""
                : platform === "linux"
                  ? `sudo usermod -aG $(stat -c %G ${locked.path}) $USER, then log in again`
                  : `sudo chmod a+rw ${locked.path}`,
    }
}

function install(system: System, packageName: string, wingetId: string): string {
    if (system === "macos") return `brew install ${packageName}`
    if (system === "windows") return `winget install ${wingetId}`
    if (system === "debian") return `sudo apt-get install ${packageName}`
    return `your system's package ${packageName}`
}
