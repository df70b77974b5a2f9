/** Whether a text is well-formed XML 1.0, as far as what we write goes: one root, tags in pairs, attributes in quotes and once, no stray < or &. */

const NAME = "[A-Za-z_][\\w.:-]*"
const ATTRIBUTE = new RegExp(`^\\s+(${NAME})="([^"<]*)"`)
const OPENING = new RegExp(`^<(${NAME})((?:\\s+${NAME}="[^"<]*")*)\\s*(/?)>`)
const CLOSING = new RegExp(`^</(${NAME})\\s*>`)
const REFERENCE = /^&(amp|lt|gt|quot|apos|#\d+);/

/** What is wrong, and where; undefined when nothing is. */
export function xmlFault(text: string): string | undefined {
    const control = /[\u0000-\u0008\u000b\u000c\u000e-\u001f\ufffe\uffff]/.exec(text)
    if (control !== null) return `a character XML has not at ${control.index}`
    const open: string[] = []
    let roots = 0
    let at = 0
    while (at < text.length) {
        const rest = text.slice(at, at + 20000)
        const here = `at ${at}: ${JSON.stringify(rest.slice(0, 40))}`
        if (rest[0] === "&") {
            const reference = REFERENCE.exec(rest)
            if (reference === null) return `& that is no reference ${here}`
            at += reference[0].length
        } else if (rest.startsWith("</")) {
            const closing = CLOSING.exec(rest)
            if (closing === null || open.pop() !== closing[1]) return `no pair ${here}`
            at += closing[0].length
        } else if (rest[0] === "<") {
            const opening = OPENING.exec(rest)
            if (opening === null) return `no tag ${here}`
            const fault = attributeFault(opening[2])
            if (fault !== undefined) return `${fault} ${here}`
            if (open.length === 0 && ++roots > 1) return `a second root ${here}`
            if (opening[3] === "") open.push(opening[1])
            at += opening[0].length
        } else {
            if (open.length === 0 && rest[0].trim() !== "") return `text outside ${here}`
            ++at
        }
    }
    return open.length === 0 && roots === 1 ? undefined : `${open.length} open, ${roots} roots`
}

function attributeFault(attributes: string): string | undefined {
    const names = new Set<string>()
    let rest = attributes
    while (rest.trim() !== "") {
        const match = ATTRIBUTE.exec(rest)
        if (match === null) return "no attribute"
        const [whole, name, value] = match
        if (names.has(name)) return `${name} twice`
        names.add(name)
        if (/&(?!(amp|lt|gt|quot|apos|#\d+);)/.test(value)) return "& that is no reference"
        rest = rest.slice(whole.length)
    }
    return undefined
}
