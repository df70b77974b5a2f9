/** Where a broker is, from the URL a person writes. Pure: both sides use it. */

export interface Broker {
    host: string
    port: number
    tls: boolean
}

/** `mqtt://host`, `mqtt://host:1883`, `mqtts://host:8883`, `mqtt://[::1]:1883`; undefined when it is none of these. */
export function parseBroker(url: string): Broker | undefined {
    const tls = url.startsWith("mqtts://")
    if (!tls && !url.startsWith("mqtt://")) return undefined
    let rest = url.slice(tls ? 8 : 7)
    if (rest.endsWith("/")) rest = rest.slice(0, -1)
    let host = rest
    let port = ""
    const bracket = rest.indexOf("]")
    if (rest.startsWith("[") && bracket > 0) {
        host = rest.slice(1, bracket)
        port = rest.slice(bracket + 1)
        if (port.length > 0 && !port.startsWith(":")) return undefined
        port = port.slice(1)
    } else {
        const colon = rest.indexOf(":")
        if (colon >= 0) {
            host = rest.slice(0, colon)
            port = rest.slice(colon + 1)
            if (port.length === 0) return undefined
        }
    }
    for (let i = 0; i < host.length; ++i) {
        const c = host.charCodeAt(i)
        // no space, control character, "/" or "@": a path or a password would be silently dropped
        if (c <= 0x20 || c === 0x2f || c === 0x40) return undefined
    }
    const number = port.length === 0 ? (tls ? 8883 : 1883) : portNumber(port)
    if (host.length === 0 || number < 1 || number > 65535) return undefined
    return { host, port: number, tls }
}

/** Digits only; -1 for anything else (parseInt would take "18x"). */
function portNumber(text: string): number {
    let value = 0
    for (let i = 0; i < text.length; ++i) {
        const digit = text.charCodeAt(i) - 0x30
        if (digit < 0 || digit > 9 || i > 4) return -1
        value = value * 10 + digit
    }
    return value
}
