import { describe, expect, test } from "@devicescript/test"
import { parseBroker } from "../../src/mqtt/broker"
import { backoffMs } from "../../src/mqtt/link"

function broker(url: string): string {
    const b = parseBroker(url)
    return b === undefined ? "refused" : `${b.tls ? "tls" : "tcp"} ${b.host} ${b.port}`
}

describe("mqtt link", () => {
    test("a broker is found at its URL", () => {
        expect(broker("mqtt://broker.local")).toBe("tcp broker.local 1883")
        expect(broker("mqtt://10.0.0.1:2000")).toBe("tcp 10.0.0.1 2000")
        expect(broker("mqtts://broker.local/")).toBe("tls broker.local 8883")
        expect(broker("mqtt://[::1]")).toBe("tcp ::1 1883")
        expect(broker("mqtt://[fe80::1]:1884")).toBe("tcp fe80::1 1884")
    })

    test("a URL that is none is refused, not guessed at", () => {
        for (const url of [
            "",
            "broker.local",
            "http://broker.local",
            "mqtt://",
            "mqtt://:1883",
            "mqtt://host:",
            "mqtt://host:0",
            "mqtt://host:65536",
            "mqtt://host:18x",
            "mqtt://host:-1",
            "mqtt://user:pw@host",
            "mqtt://host/path",
            "mqtt://ho st",
            "mqtt://[::1]x",
        ])
            if (broker(url) !== "refused") throw new Error(`took ${url}`)
    })

    // 1 s, 2 s, 4 s ... 256 s, 300 s: full jitter is anywhere below
    test("the wait doubles from 1 s to 5 min, and any part of it may be drawn", () => {
        expect(backoffMs(0, 0)).toBe(0)
        expect(backoffMs(0, 65535)).toBe(999)
        expect(backoffMs(0, 32768)).toBe(500)
        expect(backoffMs(3, 32768)).toBe(4000)
        expect(backoffMs(8, 32768)).toBe(128000)
        expect(backoffMs(9, 32768)).toBe(150000)
        expect(backoffMs(1000, 65535)).toBe(299995)
    })
})
