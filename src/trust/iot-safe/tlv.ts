/** Fields of tag, length and value, as the applet's commands have them: tags of one byte, lengths of one to three [ISO 7816-4, 5.2.2]. */
import { IdentityError } from "../identity"

/** The value of the first field with this tag. @throws IdentityError garbled: a field is cut off, or there is none */
export function valueOf(fields: Buffer, tag: number): Buffer {
    let at = 0
    while (at < fields.length) {
        const found = fields[at]
        // A length of up to 127 in the byte itself, a longer one in the one or two bytes that it counts.
        const first = fields[at + 1]
        let length = first
        let from = at + 2
        if (first === 0x81) {
            length = fields[from]
            from += 1
        } else if (first === 0x82) {
            length = (fields[from] << 8) | fields[from + 1]
            from += 2
        }
        if (
            from > fields.length ||
            from + length > fields.length ||
            (first >= 0x80 && from === at + 2)
        )
            throw new IdentityError("garbled", `field ${tagText(found)} is cut off`)
        if (found === tag) return fields.slice(from, from + length)
        at = from + length
    }
    throw new IdentityError("garbled", `no field ${tagText(tag)}`)
}

/** A field; `value` has at most 127 bytes. */
export function field(tag: number, value: Buffer): Buffer {
    const bytes = Buffer.alloc(2 + value.length)
    bytes[0] = tag
    bytes[1] = value.length
    bytes.blitAt(2, value, 0, value.length)
    return bytes
}

function tagText(tag: number): string {
    return Buffer.from([tag]).toString("hex")
}
