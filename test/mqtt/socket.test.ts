import * as ds from "@devicescript/core"
import { beforeEach, describe, expect, test } from "../suite"
import { Socket } from "../../src/mqtt/socket"
import { expectBytes } from "../expect"
import { wire } from "./wire"

async function opened(): Promise<Socket> {
    wire.onOpen = () => wire.event("open")
    return await Socket.open("h", 1883, false, 1000)
}

/** The message of what the body throws. */
async function thrownBy(body: () => Promise<any>): Promise<string> {
    try {
        await body()
    } catch (e) {
        return (e as Error).message
    }
    return "nothing"
}

describe("socket", () => {
    beforeEach(() => {
        wire.event("close") // of the test before
        wire.reset()
    })

    test("a negative port is TLS", async () => {
        wire.onOpen = () => wire.event("open")
        await Socket.open("h", 8883, true, 1000)
        expect(wire.opened.join(" ")).toBe("h:-8883")
    })

    test("a server that speaks before we listen is heard", async () => {
        wire.onOpen = () => {
            wire.event("open")
            wire.says(hex`01`)
            wire.says(hex`02`)
        }
        const socket = await Socket.open("h", 1883, false, 1000)
        expectBytes(await socket.receive(10), "01")
        expectBytes(await socket.receive(10), "02")
        expect(await socket.receive(10)).toBe(undefined)
        expect(socket.closedBecause).toBe(undefined)
    })

    test("an attempt ends by its timeout, an error, or a close, with the reason", async () => {
        const open = async () => await Socket.open("h", 1883, false, 1000)
        const fromMs = ds.millis()
        expect(await thrownBy(open)).toBe("no answer")
        expect(ds.millis() - fromMs >= 1000).toBe(true)
        expect(wire.closes).toBe(1)
        wire.onOpen = () => wire.event("error", "connection refused")
        expect(await thrownBy(open)).toBe("connection refused")
        wire.onOpen = () => wire.event("close")
        expect(await thrownBy(open)).toBe("closed by the peer")
        wire.onOpen = undefined
        wire.openCode = -7
        expect(await thrownBy(open)).toBe("error -7")
    })

    test("a reason loses the end of its C string", async () => {
        const socket = await opened()
        wire.event("error", "certificate has expired\0")
        expect(socket.closedBecause).toBe("certificate has expired")
    })

    test("what came before the end is read before the end is told", async () => {
        const socket = await opened()
        wire.says(hex`20020005`)
        wire.event("close")
        expectBytes(await socket.receive(10), "20020005")
        expect(await socket.receive(10)).toBe(undefined)
        expect(socket.closedBecause).toBe("closed by the peer")
    })

    test("8 kB unread are kept, more close the socket", async () => {
        const socket = await opened()
        for (let i = 0; i < 8; ++i) wire.says(Buffer.alloc(1024))
        expect(socket.closedBecause).toBe(undefined)
        await socket.receive(10)
        wire.says(Buffer.alloc(1024))
        expect(socket.closedBecause).toBe(undefined)
        wire.says(Buffer.alloc(1))
        expect(socket.closedBecause).toBe("the peer sends faster than we read")
        expect(wire.closes).toBe(1)
        wire.says(Buffer.alloc(1024)) // to nobody
    })

    test("a full queue is waited for, and the bytes go once", async () => {
        const socket = await opened()
        wire.busy = 3
        const fromMs = ds.millis()
        await socket.send(hex`c000`)
        expect(wire.written.join(" ")).toBe("c000")
        expect(ds.millis() - fromMs >= 30).toBe(true)
    })

    test("a queue that stays full for 2 s, or any other refusal, closes the socket", async () => {
        let socket = await opened()
        wire.busy = 1000
        expect(await thrownBy(async () => await socket.send(hex`c000`))).toBe("send queue full")
        expect(wire.busy).toBe(800)
        wire.busy = 0
        socket = await opened()
        wire.writeCode = -10
        expect(await thrownBy(async () => await socket.send(hex`c000`))).toBe("send error -10")
        expect(await thrownBy(async () => await socket.send(hex`c000`))).toBe("send error -10")
    })

    test("wake ends a receive, the next one if none waits", async () => {
        const socket = await opened()
        socket.wake()
        const fromMs = ds.millis()
        expect(await socket.receive(1000)).toBe(undefined)
        expect(ds.millis() - fromMs < 500).toBe(true)
        const later = async () => {
            await ds.sleep(100)
            socket.wake()
        }
        later.start()
        expect(await socket.receive(5000)).toBe(undefined)
        expect(ds.millis() - fromMs < 1000).toBe(true)
    })

    test("another socket closes the one before, and what was still to come is not taken for its own", async () => {
        const before = await opened()
        const fromMs = ds.millis()
        const socket = await opened()
        expect(before.closedBecause).toBe("another was opened")
        expect(ds.millis() - fromMs >= 20).toBe(true)
        expect(socket.closedBecause).toBe(undefined)
    })

    test("a second open is not ours to trust", async () => {
        const socket = await opened()
        wire.event("open")
        expect(socket.closedBecause).toBe("opened twice")
    })

    test("data for which the runtime found no memory close the socket", async () => {
        const socket = await opened()
        wire.event("data")
        expect(socket.closedBecause).toBe("no memory for what came")
    })
})
