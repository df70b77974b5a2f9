import assert from "node:assert/strict"
import { test } from "node:test"
import { compile } from "../../image/compile"
import { Flash } from "../../sim/flash"
import { FLASH_BYTES, provision } from "../../sim/provision"
import { VmLayoutError, vmModule, wasmFromBundle } from "../../sim/vm/module"
import { Vm, type VmHost } from "../../sim/vm/vm"

/** A host that keeps what it is told. */
class Bench implements VmHost {
    timeMs = 0
    lines: string[] = []
    panics: number[] = []
    sockets: string[] = []
    readonly flashBytes = FLASH_BYTES

    constructor(readonly flash = new Flash()) {}

    nowMs = () => this.timeMs
    fillRandom = (bytes: Uint8Array) => void bytes.fill(7)
    loadFlash = () => this.flash.load()
    saveFlash = (image: Uint8Array) => this.flash.save(image)
    print = (line: string) => void this.lines.push(line)
    panic = (code: number) => void this.panics.push(code)
    sendFrame = () => {}
    answer = () => {}
    openSocket = (host: string, port: number, tls: boolean) => {
        this.sockets.push(`${tls ? "tls" : "tcp"} ${host}:${port}`)
        return 0
    }
    writeSocket = () => 0
    closeSocket = () => 0

    run(vm: Vm, ms: number): void {
        for (const endMs = this.timeMs + ms; this.timeMs < endMs; this.timeMs += 10) vm.process()
    }
}

const ID = "0123456789abcdef"

// What 2.16.4 has and nobody documents: when one of these changes, the simulator must be looked at.
test("the VM imports and exports what its host was written for", () => {
    const imports = WebAssembly.Module.imports(vmModule()).map(({ name }) => name)
    assert.equal(imports.length, 21)
    const exports = WebAssembly.Module.exports(vmModule()).map(({ name }) => name)
    for (const name of ["jd_em_process", "jd_em_devs_deploy", "jd_em_tcpsock_on_event"])
        assert.ok(exports.includes(name), name)
})

test("a bundle with another layout is one clear error", () => {
    for (const bundle of ["", `"runtime/devicescript-vm/built/devicescript-vm.js"(exports, x)`])
        assert.throws(
            () => wasmFromBundle(bundle),
            (e: Error) =>
                e instanceof VmLayoutError && /exactly 2\.16\.4; run "npm ci"/.test(e.message)
        )
})

test("the program and settings of a provisioned flash start, and speak to the broker they name", async () => {
    const { bytes } = await compile("src/main.ts")
    const flash = provision(bytes, { BROKER: "mqtt://node.test:1999" })
    const bench = new Bench(new Flash(flash))
    const vm = new Vm(bench, ID)
    vm.start()
    bench.run(vm, 10_000)
    assert.deepEqual(bench.panics, [])
    assert.deepEqual(bench.sockets, ["tcp node.test:1999"])
})

test("a setting names TLS, and one that is no URL leaves the node without a link but running", async () => {
    const { bytes } = await compile("src/main.ts")
    for (const [url, sockets] of [
        ["mqtts://node.test", ["tls node.test:8883"]],
        ["http://node.test", []],
    ] as [string, string[]][]) {
        const bench = new Bench(new Flash(provision(bytes, { BROKER: url })))
        const vm = new Vm(bench, ID)
        vm.start()
        bench.run(vm, 10_000)
        assert.deepEqual(bench.sockets, sockets)
        assert.deepEqual(bench.panics, [])
    }
})

test("booting writes no flash; the alarm for parts that are not there is written once", async () => {
    const { bytes } = await compile("src/main.ts")
    const bench = new Bench(new Flash(provision(bytes, { BROKER: "mqtt://node.test" })))
    const savesByBoot = [1, 2, 3].map(() => {
        const before = bench.flash.saves
        const vm = new Vm(bench, ID)
        vm.start()
        bench.run(vm, 10_000)
        return bench.flash.saves - before
    })
    assert.ok(savesByBoot[0] <= 1, `${savesByBoot[0]} saves at the first boot`)
    assert.deepEqual(savesByBoot.slice(1), [0, 0])
})

test("a setting longer than the store takes is refused before it is written", () => {
    assert.throws(
        () => provision(Buffer.alloc(8), { BROKER: `mqtt://${"x".repeat(300)}` }),
        /BROKER/
    )
})

test("an image that is none is refused", async () => {
    const { bytes } = await compile("src/main.ts")
    const wrongMagic = Buffer.from(bytes)
    wrongMagic[0] ^= 1
    for (const image of [Buffer.alloc(64), wrongMagic, bytes.subarray(0, 1024)]) {
        const vm = new Vm(new Bench(), ID)
        vm.start()
        assert.throws(() => vm.deploy(image), /refuses the image/)
    }
})

test("the host's time, randomness and globals are left alone", async () => {
    const before = [Object.getOwnPropertyNames(globalThis).length, process.exitCode]
    const { bytes } = await compile("src/main.ts")
    const runs = [1, 2].map(() => {
        const bench = new Bench(new Flash(provision(bytes, { BROKER: "mqtt://node.test" })))
        const vm = new Vm(bench, ID)
        vm.start()
        bench.run(vm, 5_000)
        return bench.lines.join("\n")
    })
    assert.equal(runs[0], runs[1])
    assert.deepEqual([Object.getOwnPropertyNames(globalThis).length, process.exitCode], before)
})
