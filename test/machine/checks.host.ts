/** What `motewise doctor` finds on machines we do not have. */
import assert from "node:assert/strict"
import { chmodSync, mkdtempSync, writeFileSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { test } from "node:test"
import { checkNode, checkSerial, checkSerialLibrary, systemOf } from "../../machine/checks"
import { findProgram } from "../../machine/programs"
import { serialPorts } from "../../machine/serial-ports"
import { motewise } from "../cli/run"

test("a Node.js older than 20.19 will not do", () => {
    for (const version of ["20.19.0", "20.20.2", "22.0.0"]) {
        assert.equal(checkNode(version).ok, true, version)
        assert.equal(checkNode(version).remedy, "")
    }
    for (const version of ["20.18.9", "18.20.0"]) {
        assert.equal(checkNode(version).ok, false, version)
        assert.match(checkNode(version).remedy, /20\.19 or newer/)
    }
})

test("serial ports are those a board may hang on", () => {
    const folder = mkdtempSync(join(tmpdir(), "motewise-dev-"))
    for (const name of ["ttyUSB0", "ttyACM1", "ttyS0", "tty", "cu.usbserial-1410", "null"])
        writeFileSync(join(folder, name), "")
    const ports = serialPorts(folder)
    assert.deepEqual(
        ports.map(({ path }) => path.slice(folder.length + 1)),
        ["cu.usbserial-1410", "ttyACM1", "ttyUSB0"]
    )
    assert.ok(
        ports.every(({ isOurs }) => isOurs),
        "we made them"
    )
    assert.deepEqual(serialPorts(join(folder, "nowhere")), [])
})

test("no port, a port of somebody else's, and one that is ours, are told apart", () => {
    const port = (isOurs: boolean) => ({ path: "/dev/ttyUSB0", isOurs, group: 20 })
    assert.match(checkSerial([], "linux").remedy, /plug one in .* an RP2040 with BOOTSEL held/)
    const drive = checkSerial([], "linux", [{ path: "/media/me/RPI-RP2", boardId: "RPI-RP2" }])
    assert.deepEqual([drive.ok, drive.found], [true, "/media/me/RPI-RP2 (RPI-RP2)"])
    assert.equal(checkSerial([port(true)], "linux").ok, true)
    const locked = checkSerial([port(true), { ...port(false), path: "/dev/ttyACM0" }], "linux")
    assert.equal(locked.ok, false)
    assert.match(locked.remedy, /usermod -aG \$\(stat -c %G \/dev\/ttyACM0\) \$USER/)
    assert.match(checkSerial([port(false)], "darwin").remedy, /chmod a\+rw \/dev\/ttyUSB0/)
})

test("a machine without apt-get is not told to use it", () => {
    assert.equal(systemOf("linux", true), "debian")
    assert.equal(systemOf("linux", false), "linux")
    assert.equal(systemOf("darwin", false), "macos")
    assert.equal(systemOf("win32", false), "windows")
})

test("a program is found on the path, and nowhere else", () => {
    const folder = mkdtempSync(join(tmpdir(), "motewise-path-"))
    writeFileSync(join(folder, "esptool.py"), "")
    chmodSync(join(folder, "esptool.py"), 0o755)
    const path = process.env.PATH
    try {
        process.env.PATH = folder
        assert.equal(findProgram("esptool", "esptool.py"), join(folder, "esptool.py"))
        assert.equal(findProgram("esptoo"), undefined)
    } finally {
        process.env.PATH = path
    }
})

test("the command tells all of it, and fails only for what nothing works without", () => {
    const { code, out } = motewise("doctor", "--json")
    assert.equal(code, 0)
    const { ok, checks } = JSON.parse(out)
    assert.equal(ok, true)
    assert.deepEqual(
        checks
            .filter(({ required }: { required: boolean }) => required)
            .map(({ name }: { name: string }) => name),
        ["node", "compiler"]
    )
    for (const check of checks) assert.equal(check.remedy === "", check.ok, check.name)
})

test("the package for serial ports is optional: without it, it is told what is left", async () => {
    const there = await checkSerialLibrary(async () => ({}))
    assert.deepEqual([there.ok, there.remedy], [true, ""])
    const missing = await checkSerialLibrary(async () => {
        throw Object.assign(new Error("x"), { code: "ERR_MODULE_NOT_FOUND" })
    })
    assert.deepEqual([missing.ok, missing.required], [false, false])
    assert.match(missing.remedy, /npm ci .*--out FILE, and esptool/)
})
