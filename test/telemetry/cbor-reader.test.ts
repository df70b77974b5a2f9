import { describe, expect, test } from "../suite"
import { CborReader } from "../../src/telemetry/cbor-reader"
import { expectBytes } from "../expect"

/** In hex; "failed" when it is none, or something is left. */
function byteString(bytes: Buffer, lengthMax: number): string {
    const reader = new CborReader(bytes)
    const value = reader.byteString(lengthMax)
    return reader.isDone() ? value.toString("hex") : "failed"
}

describe("cbor reader", () => {
    // RFC 8949 appendix A
    test("byte strings and texts are RFC 8949's", () => {
        expect(byteString(hex`40`, 0)).toBe("")
        expect(byteString(hex`4401020304`, 4)).toBe("01020304")
        const reader = new CborReader(hex`8344010203046449455446 01`)
        expect(reader.array()).toBe(3)
        expectBytes(reader.byteString(20), "01020304")
        expect(reader.text(4)).toBe("IETF")
        expect(reader.unsigned()).toBe(1)
        expect(reader.isDone()).toBe(true)
    })

    test("a byte string of two bytes of length is one", () => {
        const bytes = Buffer.concat(hex`590100`, Buffer.alloc(256))
        expect(byteString(bytes, 256).length).toBe(512)
        expect(byteString(bytes, 255)).toBe("failed")
    })

    test("a byte string that is too long, cut short, or something else is none", () => {
        expect(byteString(hex`4401020304`, 3)).toBe("failed")
        expect(byteString(hex`44010203`, 4)).toBe("failed")
        expect(byteString(hex`6449455446`, 4)).toBe("failed")
        expect(byteString(hex`5f4101ff`, 4)).toBe("failed")
        expect(byteString(hex`5bffffffffffffffff00`, 4)).toBe("failed")
        expect(byteString(hex``, 4)).toBe("failed")
        expect(byteString(hex`440102030405`, 4)).toBe("failed")
    })

    test("of what is cut short nothing is given out, and it is known at once", () => {
        const reader = new CborReader(hex`44010203`)
        expect(reader.byteString(4).length).toBe(0)
        expect(reader.failed).toBe(true)
        const text = new CborReader(hex`64494554`)
        expect(text.text(4)).toBe("")
        expect(text.failed).toBe(true)
    })

    test("what was read stays what it was when the message is changed", () => {
        const bytes = hex`4401020304`.slice(0)
        const value = new CborReader(bytes).byteString(4)
        bytes[1] = 9
        expectBytes(value, "01020304")
    })
})
