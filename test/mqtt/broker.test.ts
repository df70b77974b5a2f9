import { describe, expect, test } from "../suite"
import { parseBroker } from "../../src/mqtt/broker"

function broker(url: string): string {
    const b = parseBroker(url)
    return b === undefined ? "refused" : `${b.tls ? "tls" : "tcp"} ${b.host} ${b.port}`
}

describe("mqtt broker", () => {
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
})
