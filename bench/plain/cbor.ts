/** CBOR (RFC 8949) in plain style: any value, by what it is, each piece a buffer of its own. */

/** A map whose keys keep their order. */
export interface Pairs {
    pairs: any[][]
}

/** A number told to so many digits after the point. */
export interface Decimal {
    value: number
    decimals: number
}

export function encode(value: any): Buffer {
    if (typeof value === "number") return value < 0 ? head(0x20, -1 - value) : head(0x00, value)
    if (typeof value === "string") {
        const bytes = Buffer.from(value)
        return Buffer.concat(head(0x60, bytes.length), bytes)
    }
    if (Array.isArray(value))
        return Buffer.concat(head(0x80, value.length), together(value.map(each => encode(each))))
    if (value.pairs !== undefined) {
        const { pairs } = value as Pairs
        const encoded = pairs.map(pair => Buffer.concat(encode(pair[0]), encode(pair[1])))
        return Buffer.concat(head(0xa0, pairs.length), together(encoded))
    }
    if (value.decimals !== undefined) return decimal(value as Decimal)
    return Buffer.concat(head(0x40, value.length), value)
}

function decimal({ value, decimals }: Decimal): Buffer {
    let mantissa = value
    for (let i = 0; i < decimals; ++i) mantissa = mantissa * 10
    mantissa = Math.floor(mantissa + 0.5)
    let exponent = -decimals
    while (exponent < 0 && mantissa % 10 === 0) {
        mantissa = Math.idiv(mantissa, 10)
        exponent++
    }
    if (exponent === 0) return encode(mantissa)
    return Buffer.concat(Buffer.from([0xc4]), encode([exponent, mantissa]))
}

function together(parts: Buffer[]): Buffer {
    return parts.reduce((all, part) => Buffer.concat(all, part), hex``)
}

function head(major: number, argument: number): Buffer {
    if (argument < 24) return Buffer.from([major | argument])
    if (argument < 0x100) return Buffer.from([major | 24, argument])
    if (argument < 0x10000) return Buffer.from([major | 25, argument >> 8, argument & 0xff])
    if (argument < 0x100000000) return Buffer.concat(Buffer.from([major | 26]), word(argument))
    return Buffer.concat(
        Buffer.from([major | 27]),
        word(Math.floor(argument / 0x100000000)),
        word(argument)
    )
}

function word(value: number): Buffer {
    return Buffer.from([24, 16, 8, 0].map(shift => (value >>> shift) & 0xff))
}
