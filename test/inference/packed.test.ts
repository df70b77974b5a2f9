import * as ds from "@devicescript/core"
import { describe, expect, test } from "../suite"
import { occupancy } from "../../models/occupancy/model"
import { occupancyVectors } from "../../models/occupancy/vectors"
import { PackedModel, crc32, nameHash } from "../../src/inference/packed"
import {
    ASKING_CASES,
    ASKING_HEX,
    BOOSTED_CASES,
    BOOSTED_HEX,
    BROKEN,
    FOREST_CASES,
    FOREST_HEX,
    OCCUPANCY_HEX,
    THREE,
} from "./packedCases"

const pause = async () => await ds.sleep(0)

function bytesOf(hexadecimal: string): Buffer {
    return Buffer.from(hexadecimal, "hex")
}

function mend(bytes: Buffer): void {
    const end = bytes.length - 4
    bytes.setAt(end, "u32", ~crc32(-1, bytes, 0, end) >>> 0)
}

async function expectCases(hexadecimal: string, cases: number[][]): Promise<void> {
    const model = new PackedModel(THREE)
    expect(await model.replace(bytesOf(hexadecimal), pause)).toBe("")
    for (const one of cases) {
        const answer = model.classify(one.slice(0, 3))
        if (answer !== one[3]) throw new Error(`${one[0]},${one[1]},${one[2]}: ${answer}`)
    }
}

describe("packed model", () => {
    test("its hash and its checksum are the published ones", () => {
        // FNV-1a of "foobar" by its authors is bf9cf968; the check value of CRC-32 is cbf43926.
        expect(nameHash("foobar") >>> 0).toBe(0xbf9cf968)
        expect(~crc32(-1, Buffer.from("123456789"), 0, 9) >>> 0).toBe(0xcbf43926)
    })

    test("answers occupancy's vectors as the generated one does", async () => {
        const model = new PackedModel(occupancy)
        expect(await model.replace(bytesOf(OCCUPANCY_HEX), pause)).toBe("")
        expect(model.name).toBe("occupancy")
        expect(model.inputs[0].measurand).toBe("illuminanceLuxes")
        expect(model.inputs[0].feature).toBe("last")
        expect(model.inputs[0].offset).toBe(773.1875)
        expect(model.inputs[0].step).toBe(0.0625)
        for (const vector of occupancyVectors) {
            const ticks = vector.slice(0, 1)
            expect(model.classify(ticks)).toBe(vector[1])
            expect(model.classify(ticks)).toBe(occupancy.classify(ticks))
        }
    })

    test("asks surrogates in turn, and has a stated answer when all are missing", async () => {
        await expectCases(ASKING_HEX, ASKING_CASES)
    })

    test("a forest votes", async () => {
        await expectCases(FOREST_HEX, FOREST_CASES)
    })

    test("trees vote by their weights", async () => {
        await expectCases(BOOSTED_HEX, BOOSTED_CASES)
    })

    test("until it is replaced it is the one the program was built with", async () => {
        const model = new PackedModel(THREE)
        expect(model.classify([0, 0, 0])).toBe(1)
        expect(await model.replace(bytesOf(OCCUPANCY_HEX), pause)).toBe("classes")
        expect(model.classify([0, 0, 0])).toBe(1)
    })

    test("what is wrong with it has a name, and the old model stays", async () => {
        const model = new PackedModel(THREE)
        await model.replace(bytesOf(FOREST_HEX), pause)
        const { inputs } = model
        for (const broken of BROKEN) {
            const bytes = bytesOf(ASKING_HEX)
            for (let i = 0; i < broken.bytes.length; ++i) bytes[broken.at + i] = broken.bytes[i]
            mend(bytes)
            const reason = await model.replace(bytes, pause)
            if (reason !== broken.reason)
                throw new Error(`${broken.bytes[0]} at ${broken.at}: ${reason}`)
            expect(model.inputs === inputs).toBe(true)
            expect(model.classify([1, 0, 0])).toBe(2)
        }
    })

    test("cut short anywhere, or with one bit altered, it is refused", async () => {
        const model = new PackedModel(occupancy)
        const whole = bytesOf(OCCUPANCY_HEX)
        for (let length = 0; length < whole.length; ++length)
            expect(await model.replace(whole.slice(0, length), pause)).toBe("truncated")
        for (let bit = 0; bit < whole.length * 8; ++bit) {
            const bytes = bytesOf(OCCUPANCY_HEX)
            bytes[bit >> 3] ^= 1 << (bit & 7)
            const reason = await model.replace(bytes, pause)
            if (reason === "") throw new Error(`bit ${bit}`)
            if (bit >= 14 * 8) expect(reason).toBe("altered")
        }
        expect(await model.replace(whole, pause)).toBe("")
    })

    test("one of 24 kB is checked within the VM's budget", async () => {
        // A root, then leaves of class 0: 4,000 nodes.
        const nodes = 4000
        const bytes = Buffer.alloc(38 + nodes * 6 + 4)
        bytes.blitAt(0, bytesOf(OCCUPANCY_HEX), 0, 38)
        bytes.setAt(12, "u16", nodes)
        bytes.setAt(34, "u16", 38)
        for (let i = 0; i < nodes; ++i) {
            bytes[38 + i * 6] = 255
            if (i % 100 === 0) await pause()
        }
        let crc = -1
        for (let at = 0; at < bytes.length - 4; at += 100) {
            crc = crc32(crc, bytes, at, Math.min(100, bytes.length - 4 - at))
            await pause()
        }
        bytes.setAt(bytes.length - 4, "u32", ~crc >>> 0)
        const model = new PackedModel(occupancy)
        expect(await model.replace(bytes, pause)).toBe("")
        expect(model.classify([0])).toBe(0)
    })
})
