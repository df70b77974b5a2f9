import { beforeEach, describe, expect, test } from "../suite"
import { CborWriter } from "../../src/telemetry/cbor"
import { expectBytes } from "../expect"

let cbor: CborWriter

function written(): Buffer {
    return cbor.bytes.slice(0, cbor.length)
}

function expectInteger(value: number, hex: string): void {
    cbor.start()
    cbor.integer(value)
    expectBytes(written(), hex)
}

function expectDecimal(value: number, decimals: number, hex: string): void {
    cbor.start()
    cbor.decimal(value, decimals)
    expectBytes(written(), hex)
}

describe("cbor", () => {
    beforeEach(() => {
        cbor = new CborWriter(Buffer.alloc(32))
    })

    // RFC 8949 appendix A
    test("integers take the fewest bytes", () => {
        expectInteger(0, "00")
        expectInteger(23, "17")
        expectInteger(24, "1818")
        expectInteger(100, "1864")
        expectInteger(1000, "1903e8")
        expectInteger(1000000, "1a000f4240")
        expectInteger(1000000000000, "1b000000e8d4a51000")
        expectInteger(-1, "20")
        expectInteger(-10, "29")
        expectInteger(-100, "3863")
        expectInteger(-1000, "3903e7")
    })

    // the edges between the forms: RFC 8949 section 3
    test("each form begins where the one before ends", () => {
        expectInteger(255, "18ff")
        expectInteger(256, "190100")
        expectInteger(65535, "19ffff")
        expectInteger(65536, "1a00010000")
        expectInteger(2147483648, "1a80000000")
        expectInteger(4294967295, "1affffffff")
        expectInteger(4294967296, "1b0000000100000000")
        expectInteger(-24, "37")
        expectInteger(-25, "3818")
    })

    test("texts and byte strings are RFC 8949's", () => {
        cbor.text("IETF")
        expectBytes(written(), "6449455446")
        cbor.start()
        cbor.text("\u00fc")
        expectBytes(written(), "62c3bc")
        cbor.start()
        cbor.text("")
        expectBytes(written(), "60")
        cbor.start()
        cbor.byteString(hex`01020304`)
        expectBytes(written(), "4401020304")
    })

    test("arrays and maps are RFC 8949's", () => {
        cbor.array(3)
        cbor.integer(1)
        cbor.integer(2)
        cbor.integer(3)
        expectBytes(written(), "83010203")
        cbor.start()
        cbor.map(2)
        cbor.integer(1)
        cbor.integer(2)
        cbor.integer(3)
        cbor.integer(4)
        expectBytes(written(), "a201020304")
    })

    test("a decimal is RFC 8949's decimal fraction", () => {
        expectDecimal(273.15, 2, "c48221196ab3") // section 3.4.4
        expectDecimal(21.7, 1, "c4822018d9")
        expectDecimal(-0.5, 1, "c4822024")
    })

    test("a decimal that is an integer is written as one", () => {
        expectDecimal(21, 1, "15")
        expectDecimal(0, 1, "00")
        expectDecimal(1000, 2, "1903e8")
        expectDecimal(749.2, 0, "1902ed")
    })

    test("a decimal is rounded, not cut", () => {
        expectDecimal(21.04, 1, "15")
        expectDecimal(21.06, 1, "c4822018d3")
        expectDecimal(-21.06, 1, "c4822038d2")
        expectDecimal(0.96, 1, "01")
    })

    test("what does not fit is noticed, and nothing is overrun", () => {
        cbor = new CborWriter(Buffer.alloc(4))
        cbor.text("abc")
        expect(cbor.fits()).toBe(true)
        cbor.integer(1)
        expect(cbor.fits()).toBe(false)
        cbor.text("abcdef")
        expectBytes(cbor.bytes, "63616263")
    })
})
